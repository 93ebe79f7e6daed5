// SPDX-License-Identifier: Apache-2.0

/// Calls that no operation makes yet and scripts make by `pve.api`: what each needs.
///
/// A row moves to its operation's table when there is one; a test keeps changes from standing in both (pve-facts §2).
public enum RawEndpoints {
    /// All rows.
    public static let rows: [Endpoint] = guests

    private static let guests = [
        row(
            "POST", "/nodes/{node}/{kind}", "guest.create",
            [
                PrivilegeNeed(["VM.Allocate"], at: .newGuest), space,
                PrivilegeNeed(["SDN.Use"], at: ACLPath("/sdn/zones/{zone}"), when: "for its network bridges"),
            ]),
        row(
            "PUT", "/nodes/{node}/{kind}/{vmid}/config", "guest.config",
            [
                PrivilegeNeed(
                    [
                        "VM.Config.Options", "VM.Config.CPU", "VM.Config.Memory", "VM.Config.Network",
                        "VM.Config.HWType", "VM.Config.Disk", "VM.Config.CDROM", "VM.Config.Cloudinit",
                    ], at: .guest)
            ]),
        row(
            "PUT", "/nodes/{node}/{kind}/{vmid}/resize", "disk.resize",
            [.guest("VM.Config.Disk"), PrivilegeNeed(["Datastore.AllocateSpace"], at: .storage)]),
    ]

    private static let space = PrivilegeNeed(["Datastore.AllocateSpace"], at: .storage)

    private static func row(
        _ method: String, _ path: String, _ action: String, _ needs: [PrivilegeNeed]
    ) -> Endpoint {
        Endpoint(method: method, path: path, action: action, needs: needs)
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Calls that no operation makes yet and scripts make by `pve.api`: what each needs.
///
/// A row moves to its operation's table when there is one; a test keeps changes from standing in both (pve-facts §2).
public enum RawEndpoints {
    /// All rows.
    public static let rows: [Endpoint] = guests + snapshots + backups + cluster

    private static let guests = [
        row(
            "POST", "/nodes/{node}/{kind}/{vmid}/migrate", "guest.migrate",
            [
                .guest("VM.Migrate"), .guest("VM.Config.Disk", when: "with another target storage"),
                PrivilegeNeed(
                    ["Datastore.AllocateSpace"], at: .storage, when: "with another target storage"),
            ])
    ]

    private static let snapshots = [
        row("DELETE", "/nodes/{node}/{kind}/{vmid}/snapshot/{snapname}", "snapshot.delete", [.guest("VM.Snapshot")]),
        row(
            "POST", "/nodes/{node}/{kind}/{vmid}/snapshot/{snapname}/rollback", "snapshot.rollback",
            [PrivilegeNeed(["VM.Snapshot", "VM.Snapshot.Rollback"], at: .guest)]),
    ]

    private static let backups = [
        row(
            "POST", "/nodes/{node}/vzdump", "backup.create",
            [.guest("VM.Backup"), PrivilegeNeed(["Datastore.AllocateSpace"], at: .storage)]),
        row(
            "DELETE", "/nodes/{node}/storage/{storage}/content/{volume}", "backup.delete",
            [PrivilegeNeed(["Datastore.AllocateSpace"], at: .storage), .guest("VM.Backup")]),
        row(
            "GET", "/nodes/{node}/storage/{storage}/content", "read.storage",
            [
                PrivilegeNeed(["Datastore.Audit", "Datastore.AllocateSpace"], at: .storage),
                PrivilegeNeed(
                    ["Datastore.AllocateSpace"], at: .storage, lack: .hidden, when: "to see backups"),
                PrivilegeNeed(["VM.Backup"], at: .guest, lack: .hidden, when: "to see backups"),
            ]),
    ]

    private static let cluster = [
        row("GET", "/cluster/status", "read.cluster", [PrivilegeNeed(["Sys.Audit"], at: .root)]),
        row("GET", "/nodes/{node}/status", "read.node", [PrivilegeNeed(["Sys.Audit"], at: .node)]),
        row(
            "DELETE", "/nodes/{node}/tasks/{upid}", "task.stop",
            [PrivilegeNeed(["Sys.Modify"], at: .node, when: "for tasks that others started")]),
    ]

    private static func row(
        _ method: String, _ path: String, _ action: String, _ needs: [PrivilegeNeed]
    ) -> Endpoint {
        Endpoint(method: method, path: path, action: action, needs: needs)
    }
}

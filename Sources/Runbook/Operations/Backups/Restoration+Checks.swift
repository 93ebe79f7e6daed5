// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Policy
internal import Proxmox

/// What a backup holds, and whether there is a place for it.
extension Restoration {
    /// The configuration that the backup holds; nil for who may not read it and of archives that hold none, of which the
    /// task tells what is wrong.
    func configuration() async -> JSONObject? {
        let request = try? APICall.get(
            "nodes", node.rawValue, "vzdump", "extractconfig",
            parameters: [("volume", .text(backup.volume.description))])
        guard let request else { return nil }
        return try? await call.gate.read(request) { client throws(Failure) in
            try await client.configuration(in: backup, asSeenBy: node)
        }
    }

    func newGuest(_ vmid: VMID, _ config: JSONObject) -> PolicyGuest {
        let tags = (config["tags"]?.perlText ?? "").split { $0 == ";" || $0 == "," || $0 == " " }.map(String.init)
        let name = options.text("name") ?? config[kind == .qemu ? "name" : "hostname"]?.perlText ?? ""
        return PolicyGuest(
            vmid: vmid.rawValue, name: name, node: node.rawValue, pool: options.text("pool") ?? "", tags: tags,
            kind: kind, status: "stopped", isTemplate: config["template"]?.perlBool ?? false, lock: "",
            haState: "")
    }

    /// The storage to name in the call, once it is known that the disks have a place.
    func fittingStorage(_ config: JSONObject?) async throws(Failure) -> String? {
        let content = kind == .qemu ? "images" : "rootdir"
        let check = try await StorageCheck.read(node, call)
        let disks = GuestDisks.of(config ?? JSONObject(), kind).filter { $0.isMovable }
        if let name = options.text("storage") {
            let bytes = disks.reduce(0) { sum, disk in
                let (next, overflow) = sum.addingReportingOverflow(disk.size ?? 0)
                return overflow ? sum : next
            }
            try check.require(name, holds: content, bytes: kind == .lxc ? 0 : bytes) {
                .parameter("options.storage", $0, hint: $1)
            }
            return name
        }
        for name in Set(disks.compactMap(\.storage?.rawValue)).sorted() {
            try check.require(name, holds: content) {
                .parameter("options.storage", "is needed: the backup \($0)", hint: $1)
            }
        }
        // For a container Proxmox does not go by the backup but takes `local` (PVE::API2::LXC).
        return kind == .lxc ? disks.first { $0.key == "rootfs" }?.storage?.rawValue : nil
    }
}

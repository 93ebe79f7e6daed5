// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox
internal import Text

/// Says what stands in the way of a migration; a pure function of what was read.
struct MigrationJudge {
    let sight: MigrationSight
    let target: MigrationTarget
    let options: MigrationOptions

    var guest: GuestFacts { sight.guest }

    /// Everything that would make it fail, the gravest first; empty where nothing is known to.
    func reasons() -> [MigrationReason] {
        if let reason = place() { return [reason] }
        return state() + services() + devices() + localDisks() + storages() + snapshots() + memory()
    }

    /// What no other value of an option would help with: there is nowhere to go.
    func place() -> MigrationReason? {
        guard target.node != guest.node else {
            return MigrationReason(.place, "is where the guest is already", field: "target")
        }
        guard let row = target.row else {
            let names = sight.nodes.compactMap(\.node?.rawValue).sorted()
            return MigrationReason(
                .node, "is no node of this cluster",
                hint: Spelling.suggestion(for: target.node.rawValue, among: names)
                    ?? "its nodes are " + names.joined(separator: ", "), field: "target")
        }
        if row.status != "online" {
            return MigrationReason(.node, "is a node that is \(row.status ?? "unknown")", field: "target")
        }
        if sight.nodes.first(where: { $0.node == guest.node })?.status == "offline" {
            return MigrationReason(
                .node, "its own node \(guest.node) is offline",
                hint: "high availability recovers its guests; others wait until the node is back")
        }
        return nil
    }

    private func state() -> [MigrationReason] {
        var reasons: [MigrationReason] = []
        if let lock = guest.lock {
            reasons.append(
                MigrationReason(.lock, "it is locked (\(lock))", hint: "wait until what holds it has ended"))
        }
        guard !guest.isStopped else { return reasons }
        if guest.kind == .lxc, !options.restart {
            reasons.append(
                MigrationReason(
                    .state, "is needed: a running container is shut down here and started there",
                    hint: "pass restart = true, or stop it first", field: "options.restart"))
        }
        if guest.kind == .qemu, options.online == false {
            reasons.append(
                MigrationReason(
                    .state, "is false, but the guest is \(guest.state)",
                    hint: "leave it out to move it as it runs, or shut it down first", field: "options.online"))
        }
        return reasons
    }

    private func services() -> [MigrationReason] {
        var reasons: [MigrationReason] = []
        if guest.isHAManaged, guest.haState == "error" {
            reasons.append(
                MigrationReason(
                    .ha, "high availability has given it up (state error)",
                    hint: "disable the HA resource, repair the guest, then enable it again"))
        }
        if let nodes = sight.placement?.nodes, !nodes.contains(target.node) {
            let source = sight.placement?.group.map { "its HA group \($0)" } ?? "a rule of high availability"
            let names = nodes.map(\.rawValue).sorted().joined(separator: ", ")
            reasons.append(
                MigrationReason(.ha, "\(source) keeps it on \(names)", hint: "choose one of these, or change the group")
            )
        }
        let blocking = sight.preconditions?.obstacles[target.node]?.services ?? []
        if !blocking.isEmpty {
            reasons.append(
                MigrationReason(.ha, "a rule keeps it away from \(blocking.joined(separator: ", ")), which is there"))
        }
        return reasons
    }

    private func devices() -> [MigrationReason] {
        var reasons: [MigrationReason] = []
        let devices = sight.localResources
        if !devices.isEmpty {
            reasons.append(
                MigrationReason(
                    .device, "it uses what only \(guest.node) has: \(devices.joined(separator: ", "))",
                    hint: "take it out of the guest's configuration first"))
        }
        let fixed = guest.isStopped ? [] : sight.preconditions?.fixedResources ?? []
        if !fixed.isEmpty {
            reasons.append(
                MigrationReason(
                    .device,
                    "it runs with mapped devices that cannot move while it runs: "
                        + fixed.joined(separator: ", "), hint: "shut it down first"))
        }
        let missing = sight.preconditions?.obstacles[target.node]?.resources ?? []
        if !missing.isEmpty {
            reasons.append(
                MigrationReason(
                    .device, "\(target.node) has no mapping for \(missing.joined(separator: ", "))", field: "target"))
        }
        for disk in sight.disks where disk.medium == .cdrom {
            guard let volume = disk.volume, sight.isLocal(volume.storage) else { continue }
            reasons.append(
                MigrationReason(
                    .cdrom, "the CD drive \(disk.key) holds \(volume), which only \(guest.node) has",
                    hint: "eject it: \(disk.key) = \"none,media=cdrom\""))
        }
        return reasons
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Proxmox

/// How a guest is to be moved.
struct MigrationOptions: Sendable {
    var online: Bool?
    var restart: Bool
    var withLocalDisks: Bool
    var storages: StorageMap
    /// KiB a second.
    var bandwidth: Int?
    /// Seconds that a container gets to shut down.
    var shutdownTimeout: Int?

    init(_ options: Arguments) throws(Failure) {
        online = options.flag("online")
        restart = options.flag("restart") ?? false
        withLocalDisks = options.flag("with_local_disks") ?? false
        storages = try StorageMap(options.value("target_storage"), field: "options.target_storage")
        bandwidth = options.integer("bwlimit")
        shutdownTimeout = options.integer("shutdown_timeout")
    }

    /// Refuses what cannot be meant for such a guest.
    func check(for guest: GuestFacts) throws(Failure) {
        if guest.kind == .lxc {
            if online == true {
                throw .parameter(
                    "options.online", "is for virtual machines; \(guest.vmid) is a container",
                    hint: "restart = true moves a running container: it is shut down here and started there")
            }
        } else {
            for (name, isGiven) in [("restart", restart), ("shutdown_timeout", shutdownTimeout != nil)] where isGiven {
                throw .parameter("options.\(name)", "is for containers; \(guest.vmid) is a virtual machine")
            }
            if online == true, guest.isStopped {
                throw .parameter(
                    "options.online", "is true, but guest \(guest.vmid) is stopped",
                    hint: "leave it out: a stopped guest moves offline, a running one online")
            }
        }
        if shutdownTimeout != nil, !restart {
            throw .parameter("options.shutdown_timeout", "goes with restart = true only")
        }
        guard guest.isHAManaged, guest.haState != "ignored" else { return }
        for (name, isGiven) in [("target_storage", !storages.isEmpty), ("bwlimit", bandwidth != nil)] where isGiven {
            throw .parameter(
                "options.\(name)", "has no effect: high availability moves guest \(guest.vmid) by its own rules",
                hint: "leave it out, or take the guest out of high availability for the time")
        }
    }

    /// The parameters of the call.
    func parameters(for guest: GuestFacts, to target: NodeName) -> [(name: String, value: APIParameter)] {
        var list: [(name: String, value: APIParameter)] = [("target", .text(target.rawValue))]
        if guest.kind == .qemu {
            if !guest.isStopped { list.append(("online", .boolean(true))) }
            if withLocalDisks { list.append(("with-local-disks", .boolean(true))) }
        } else if restart, !guest.isStopped {
            list.append(("restart", .boolean(true)))
            if let shutdownTimeout { list.append(("timeout", .integer(shutdownTimeout))) }
        }
        if let text = storages.text {
            list.append((guest.kind == .qemu ? "targetstorage" : "target-storage", .text(text)))
        }
        if let bandwidth { list.append(("bwlimit", .integer(bandwidth))) }
        return list
    }
}

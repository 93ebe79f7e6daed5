// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

/// What scripts see of a check before a migration.
struct MigrationRecord {
    let sight: MigrationSight
    let options: MigrationOptions

    /// What does not depend on where the guest goes.
    var common: JSONObject {
        let guest = sight.guest
        var object = JSONObject([
            ("vmid", JSONValue(guest.vmid.rawValue)), ("name", .string(guest.name)),
            ("node", .string(guest.node.rawValue)), ("kind", .string(guest.kind.rawValue)),
            ("status", .string(guest.state)), ("running", .bool(!guest.isStopped)),
            ("memory", JSONValue(sight.memory)),
            ("local_disks", .array(sight.localDisks.map(disk))),
            ("local_resources", .array(sight.localResources.map(JSONValue.string))),
            ("snapshots", .array(sight.snapshots.map(JSONValue.string))),
        ])
        if let lock = guest.lock { object["lock"] = .string(lock) }
        if guest.isHAManaged { object["ha"] = .object(services) }
        return object
    }

    private var services: JSONObject {
        var object = JSONObject([("managed", true)])
        object["state"] = (sight.guest.haState ?? sight.placement?.request).map(JSONValue.string)
        object["group"] = sight.placement?.group.map(JSONValue.string)
        object["nodes"] = sight.placement?.nodes.map { nodes in
            .array(nodes.map(\.rawValue).sorted().map(JSONValue.string))
        }
        return object
    }

    private func disk(_ disk: GuestDisk) -> JSONValue {
        var object = JSONObject([
            ("key", .string(disk.key)), ("volid", .string(disk.file)), ("medium", .string(disk.medium.rawValue)),
        ])
        if let storage = disk.storage {
            object["storage"] = .string(storage.rawValue)
            object["target_storage"] = .string(options.storages.target(of: storage).rawValue)
        }
        object["size"] = sight.size(of: disk).map { JSONValue($0) }
        return .object(object)
    }

    /// What is so of one node.
    func of(_ target: MigrationTarget) -> JSONObject {
        let reasons = MigrationJudge(sight: sight, target: target, options: options).reasons()
        var place = JSONObject([
            ("node", .string(target.node.rawValue)), ("status", .string(target.row?.status ?? "unknown")),
        ])
        place["memory_free"] = target.freeMemory.map { JSONValue($0) }
        for (name, key) in [("maxmem", "memory"), ("maxcpu", "cpus"), ("cpu", "cpu")] {
            place[key] = target.row?.members[name]
        }
        if let storages = target.storages {
            place["storages"] = .object(
                JSONObject(
                    storages.filter { $0.isEnabled && $0.isActive }.map { storage in
                        (storage.storage.rawValue, storage.available.map { JSONValue($0) } ?? .null)
                    }))
        }
        return JSONObject([
            ("allowed", .bool(reasons.isEmpty)), ("reasons", .array(reasons.map(\.json))), ("target", .object(place)),
        ])
    }
}

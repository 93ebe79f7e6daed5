// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

extension EndpointTable {
    private static let members: [Parameter] = [
        .flag("allow-move"), .string("comment"), .flag("delete"), .string("storage"), .string("vms", .vmidList),
    ]
    private static let name = Parameter.string("poolid", optional: false, .poolID)

    static let poolEndpoints = [
        Endpoint(
            "GET", "pools",
            takes: [.string("poolid", .poolID), .choice("type", ["qemu", "lxc", "storage"])], handler: Pools.list),
        Endpoint("GET", "pools/{poolid}", takes: [.choice("type", ["qemu", "lxc", "storage"])]) {
            (state, call) throws(Refusal) in Reply(try Pools.show(state, call))
        },
        Endpoint("POST", "pools", protected: true, takes: [name, .string("comment")], handler: Pools.create),
        Endpoint(
            "PUT", "pools", .privilege("/pool/{poolid}", ["Pool.Allocate"]), protected: true,
            takes: [name] + members, handler: Pools.update),
        Endpoint(
            "PUT", "pools/{poolid}", .privilege("/pool/{poolid}", ["Pool.Allocate"]), protected: true,
            takes: members, handler: Pools.update),
        Endpoint(
            "DELETE", "pools", .privilege("/pool/{poolid}", ["Pool.Allocate"]), protected: true, takes: [name],
            handler: Pools.delete),
        Endpoint(
            "DELETE", "pools/{poolid}", .privilege("/pool/{poolid}", ["Pool.Allocate"]), protected: true,
            handler: Pools.delete),
    ]
}

/// Answers about pools, and their changes.
enum Pools {
    static func list(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        if call["poolid"] != nil { return Reply([try show(state, call)]) }
        let visible = state.pools.filter { state.may(call.identity, "Pool.Audit", "/pool/\($0.id)") }
        return Reply(
            .array(
                visible.map { pool in
                    var row = JSONObject([("poolid", .string(pool.id))])
                    if let comment = pool.comment { row["comment"] = .string(comment) }
                    return .object(row)
                }))
    }

    static func show(_ state: ClusterState, _ call: Call) throws(Refusal) -> JSONValue {
        let id = call["poolid"] ?? ""
        try state.demand(call.identity, "Pool.Audit", "/pool/\(id)")
        let pool = try state.pool(id)
        let type = call["type"]
        var members = state.guestList.filter { $0.pool == id && (type ?? $0.kind.rawValue) == $0.kind.rawValue }.map {
            guest -> JSONValue in
            var row = GuestFigures(guest: guest, now: state.now).resource(pool: false)
            for key in ["tags", "lock", "hastate"] { row[key] = nil }
            return .object(row)
        }
        if type == nil || type == "storage" {
            members += pool.storages.compactMap { name in
                state.storages.first { $0.name == name }.map {
                    [
                        "id": .string("storage/\(state.localNode)/\(name)"), "type": "storage",
                        "storage": .string(name), "node": .string(state.localNode), "status": "available",
                        "plugintype": .string($0.plugin), "content": .string($0.content.joined(separator: ",")),
                        "shared": $0.shared ? 1 : 0, "disk": JSONValue($0.used), "maxdisk": JSONValue($0.size),
                    ]
                }
            }
        }
        var row = JSONObject([("poolid", .string(id)), ("members", .array(members))])
        if let comment = pool.comment { row["comment"] = .string(comment) }
        return .object(row)
    }

    private static func demandQuorum(_ state: ClusterState, _ what: String) throws(Refusal) {
        if !state.quorate { throw .failed("\(what) pool failed: cfs-lock 'file-user_cfg' error: no quorum!") }
    }

    static func create(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        let id = call["poolid"] ?? ""
        try state.demand(call.identity, "Pool.Allocate", "/pool/\(id)")
        try demandQuorum(state, "create")
        if state.pools.contains(where: { $0.id == id }) {
            throw .failed("create pool failed: pool '\(id)' already exists")
        }
        if let slash = id.lastIndex(of: "/"), !state.pools.contains(where: { $0.id == id[..<slash] }) {
            throw .failed("create pool failed: parent '\(id[..<slash])' of pool '\(id)' does not exist")
        }
        state.pools.append(SimulatedPool(id, comment: call["comment"]))
        return .null
    }

    static func update(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        let id = call["poolid"] ?? ""
        try demandQuorum(state, "update")
        guard let index = state.pools.firstIndex(where: { $0.id == id }) else {
            throw .failed("update pool failed: pool '\(id)' does not exist")
        }
        if let comment = call["comment"] { state.pools[index].comment = comment }
        for vmid in call.list("vms").compactMap({ Int($0) }) {
            guard let guest = state.guests[vmid] else { continue }
            if call.flag("delete") {
                if guest.pool != id { throw .failed("update pool failed: VM \(vmid) is not a pool member") }
                state.guests[vmid]?.pool = nil
                continue
            }
            if let other = guest.pool {
                if other == id { throw .failed("update pool failed: VM \(vmid) is already a pool member") }
                if !call.flag("allow-move") {
                    throw .failed(
                        "update pool failed: VM \(vmid) belongs already to pool '\(other)' and 'allow-move' is not set")
                }
            }
            state.guests[vmid]?.pool = id
        }
        for name in call.list("storage") {
            state.pools[index].storages.removeAll { $0 == name }
            if !call.flag("delete") { state.pools[index].storages.append(name) }
        }
        return .null
    }

    static func delete(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        let id = call["poolid"] ?? ""
        try demandQuorum(state, "delete")
        guard let pool = state.pools.first(where: { $0.id == id }) else {
            throw .failed("delete pool failed: pool '\(id)' does not exist")
        }
        if let child = state.pools.first(where: { $0.id.hasPrefix(id + "/") }) {
            throw .failed("delete pool failed: pool '\(id)' is not empty (contains pool '\(child.id)')")
        }
        let guests = state.guestList.filter { $0.pool == id }.map { "VM \($0.vmid)" }
        if let first = guests.first ?? pool.storages.first.map({ "storage \($0)" }) {
            throw .failed("delete pool failed: pool '\(id)' is not empty (contains \(first))")
        }
        state.pools.removeAll { $0.id == id }
        return .null
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Policy
internal import Proxmox

/// Pools and their members.
///
/// A pool's name may hold `/`, which cannot stand in a path, so it always goes as a parameter (pve-facts §6).
enum PoolHandlers {
    static let all: [String: OperationHandlers.Handler] = [
        "pools": pools,
        "pool": pool,
        "pool_add": add,
        "pool_remove": remove,
        "pool_create": create,
        "pool_delete": delete,
    ]

    static func pools(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let rows = try await call.read("pools").array ?? []
        let pools = rows.compactMap { row in row["poolid"]?.perlText.map { ($0, row["comment"]) } }.sorted {
            $0.0 < $1.0
        }
        return .array(
            pools.map { id, comment in
                ["pool": .string(id), "comment": comment ?? .null]
            })
    }

    static func pool(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let id = call.arguments.text("pool") ?? ""
        let found = try await PoolMembers(call, id)
        let guests = GuestRecords.all(try await call.guests()) { found.vmids.contains($0.row.vmid?.rawValue ?? 0) }
        let below = try await call.read("pools").array ?? []
        var object = JSONObject([("pool", .string(id))])
        object["comment"] = found.comment.map(JSONValue.string)
        object["guests"] = guests
        object["storages"] = .array(found.storages.sorted().map(JSONValue.string))
        object["pools"] = .array(
            below.compactMap { $0["poolid"]?.perlText }.filter { PoolID($0)?.parent == id }.sorted().map(
                JSONValue.string))
        return .object(object)
    }

    static func add(_ call: OperationCall) async throws(Failure) -> JSONValue { try await change(call, removes: false) }
    static func remove(_ call: OperationCall) async throws(Failure) -> JSONValue {
        try await change(call, removes: true)
    }

    /// Asks only for what is not so already: Proxmox refuses the rest, and with it everything.
    private static func change(_ call: OperationCall, removes: Bool) async throws(Failure) -> JSONValue {
        let members = call.arguments.options("members")
        let id = call.arguments.text("pool") ?? ""
        let vmids = Set((members.value("guests")?.array ?? []).compactMap(\.perlInteger)).sorted()
        let storages = Set((members.value("storages")?.array ?? []).compactMap(\.string)).sorted()
        guard !vmids.isEmpty || !storages.isEmpty else {
            throw .parameter("members", "names neither guests nor storages", hint: "{ guests = { 101, 102 } }")
        }
        let before = try await PoolMembers(call, id)
        let guests = vmids.filter { before.vmids.contains($0) == removes }
        let volumes = storages.filter { before.storages.contains($0) == removes }
        let word = removes ? "removed" : "added"
        guard !guests.isEmpty || !volumes.isEmpty else {
            return .object(JSONObject([("changed", false), ("pool", .string(id)), (word, .array([]))]))
        }
        var parameters: [(name: String, value: APIParameter)] = [("poolid", .text(id))]
        if !guests.isEmpty { parameters.append(("vms", .text(guests.map(String.init).joined(separator: ",")))) }
        if !volumes.isEmpty { parameters.append(("storage", .text(volumes.joined(separator: ",")))) }
        if removes { parameters.append(("delete", .boolean(true))) }
        if members.flag("move") == true { parameters.append(("allow-move", .boolean(true))) }
        var change = try await call.change(APICall(.put, try APIPath("pools"), parameters))
        // Proxmox takes the number of a guest that is not there without a word.
        if let missing = change.others.compactMap(\.vmid).first {
            var failure = Failure(.notFound, "there is no guest \(missing)")
            failure.vmid = missing
            throw failure
        }
        change.report = { _ throws(Failure) in
            let now = try await PoolMembers(call.environment.client, id)
            guard guests.allSatisfy({ now.vmids.contains($0) != removes }),
                volumes.allSatisfy({ now.storages.contains($0) != removes })
            else { throw Failure(.taskFailed, "pool \(id) does not have the members that were asked for") }
            return JSONObject([
                ("pool", .string(id)), ("verified", true),
                (word, .array(guests.map { JSONValue($0) } + volumes.map(JSONValue.string))),
            ])
        }
        return try await call.gate.change(change).json(change)
    }

    static func create(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let id = call.arguments.text("pool") ?? ""
        var parameters: [(name: String, value: APIParameter)] = [("poolid", .text(id))]
        if let comment = call.arguments.options().text("comment") { parameters.append(("comment", .text(comment))) }
        return try await make(call, APICall(.post, try APIPath("pools"), parameters), id, exists: true)
    }

    static func delete(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let id = call.arguments.text("pool") ?? ""
        return try await make(call, APICall(.delete, try APIPath("pools"), [("poolid", .text(id))]), id, exists: false)
    }

    private static func make(
        _ call: OperationCall, _ request: APICall, _ id: String, exists: Bool
    ) async throws(Failure) -> JSONValue {
        var change = try await call.change(request)
        change.report = { _ throws(Failure) in
            let rows = try await call.environment.client.send(.get("pools")).data.array ?? []
            guard rows.contains(where: { $0["poolid"]?.perlText == id }) == exists else {
                throw Failure(.taskFailed, "pool \(id) is \(exists ? "not there" : "still there")")
            }
            return JSONObject([("pool", .string(id)), ("verified", true)])
        }
        return try await call.gate.change(change).json(change)
    }
}

/// What a pool holds.
struct PoolMembers {
    var comment: String?
    var vmids: Set<Int> = []
    var storages: Set<String> = []

    /// Reads a pool through the Gate.
    init(_ call: OperationCall, _ id: String) async throws(Failure) {
        let request = try Self.request(id)
        let answer = try await call.gate.read(request) { client throws(Failure) in try await client.send(request).data }
        try self.init(answer, id)
    }

    /// Reads a pool for a change that has been let through.
    init(_ client: ProxmoxClient, _ id: String) async throws(Failure) {
        try self.init(try await client.send(try Self.request(id)).data, id)
    }

    private static func request(_ id: String) throws(Failure) -> APICall {
        try .get("pools", parameters: [("poolid", .text(id))])
    }

    private init(_ answer: JSONValue, _ id: String) throws(Failure) {
        guard let pool = answer.array?.first else {
            throw Failure(.notFound, "there is no pool \(id)", hint: "pve.pools() tells which there are")
        }
        comment = pool["comment"]?.perlText
        for row in pool["members"]?.array ?? [] {
            if let vmid = row["vmid"]?.perlInteger { vmids.insert(vmid) }
            if row["type"]?.string == "storage", let name = row["storage"]?.perlText { storages.insert(name) }
        }
    }
}

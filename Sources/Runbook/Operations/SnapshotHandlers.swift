// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Journal
internal import Model
internal import Proxmox
internal import Text

/// Snapshots.
enum SnapshotHandlers {
    static let all: [String: OperationHandlers.Handler] = [
        "snapshot": snapshot,
        "snapshots": snapshots,
        "snapshot_tree": snapshotTree,
        "snapshot_rollback": rollback,
        "snapshot_delete": delete,
    ]

    static func snapshots(_ call: OperationCall) async throws(Failure) -> JSONValue {
        try await tree(call, try await call.gate.resolve(try call.arguments.guest())).json
    }

    static func snapshotTree(_ call: OperationCall) async throws(Failure) -> JSONValue {
        .string(try await tree(call, try await call.gate.resolve(try call.arguments.guest())).text)
    }

    static func rollback(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let guest = try await call.gate.resolve(try call.arguments.guest(), on: call.arguments.node())
        let endpoint = try call.endpoint()
        let rollback = SnapshotRollback(
            call: call, name: try call.arguments.snapshot(), starts: call.arguments.options().flag("start") ?? false)
        let change = try await rollback.change(guest, endpoint)
        return try await call.gate.change(change).json(change)
    }

    static func delete(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let options = call.arguments.options()
        let guest = try await call.gate.resolve(try call.arguments.guest(), on: call.arguments.node())
        let endpoint = try call.endpoint()
        let name = try call.arguments.snapshot()
        let snapshot = try find(name.rawValue, in: try await tree(call, guest), guest)
        var change = Change(
            endpoint: endpoint, call: APICall(.delete, try guest.reference.path("snapshot", snapshot.name)),
            guest: guest, timeout: call.timeout,
            waits: call.waits)
        if options.flag("force") == true { change.call.parameters.append(.init("force", .boolean(true))) }
        change.consequences = consequences(ofDeleting: snapshot, call)
        change.weigh = { (guest) throws(Failure) in
            consequences(ofDeleting: try find(name.rawValue, in: try await tree(call, guest), guest), call)
        }
        return try await call.gate.change(change).json(change)
    }

    private static func consequences(ofDeleting snapshot: GuestSnapshot, _ call: OperationCall) -> [String] {
        guard let time = snapshot.time else { return [] }
        let age = TimeText.span(Int(call.environment.now()) - time)
        return ["the way back to \(TimeText.moment(time)) is gone (\(age) ago)"]
    }

    /// The snapshots of a guest, read through the Gate.
    static func tree(_ call: OperationCall, _ guest: GuestFacts) async throws(Failure) -> SnapshotTree {
        let request = APICall(.get, try guest.reference.path("snapshot"))
        return try await call.gate.read(request) { client throws(Failure) in
            try await client.snapshots(of: guest.reference)
        }
    }

    /// The snapshot of that name, or an error that says which there are.
    static func find(
        _ name: String, in tree: SnapshotTree, _ guest: GuestFacts
    ) throws(Failure) -> GuestSnapshot {
        if let snapshot = tree[name] { return snapshot }
        let names = tree.snapshots.map(\.name)
        var failure = Failure(.notFound, "guest \(guest.vmid) has no snapshot \(name); nothing was sent").about(guest)
        failure.hint =
            names.isEmpty
            ? "it has no snapshot at all"
            : Spelling.suggestion(for: name, among: names) ?? "it has " + names.joined(separator: ", ")
        throw failure
    }

    static func snapshot(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let arguments = call.arguments
        let options = arguments.options()
        let guest = try await call.gate.resolve(try arguments.guest(), on: arguments.node())
        let endpoint = try call.endpoint()
        if options.flag("vmstate") == true, guest.kind == .lxc {
            throw .parameter("options.vmstate", "is for virtual machines; \(guest.vmid) is a container")
        }
        var parameters: [(name: String, value: APIParameter)] = []
        if let description = options.text("description") { parameters.append(("description", .text(description))) }
        if options.flag("vmstate") == true { parameters.append(("vmstate", .boolean(true))) }
        let draw = try name(call, options, guest)
        let change = Change(
            endpoint: endpoint, call: APICall(.post, try guest.reference.path("snapshot"), parameters), guest: guest,
            complete: { (change) throws(Failure) in
                let name = try await draw()
                change.snapshot = name
                change.call.parameters.append(.init("snapname", .text(name.rawValue)))
            },
            timeout: call.timeout,
            waits: call.waits)
        return try await call.gate.change(change).json(change)
    }

    /// The given name, or the way to the next one by the convention; each cluster has a counter of its own.
    private static func name(
        _ call: OperationCall, _ options: Arguments, _ guest: GuestFacts
    ) throws(Failure) -> @Sendable () async throws(Failure) -> SnapshotName {
        let number = options.integer("change_number")
        if let given = options.text("name") {
            if number != nil {
                throw .parameter("options.change_number", "is for the convention; the name is given")
            }
            guard let name = SnapshotName(given) else { throw .parameter("options.name", "is no snapshot name") }
            return { name }
        }
        let environment = call.environment
        let naming = environment.settings.snapshotNaming
        let run = call.gate.run
        return { () throws(Failure) in
            var drawn = number ?? 0
            if number == nil, naming.usesNumber {
                drawn = try await run.journal().nextNumber(
                    counter: "snapshot/\(environment.clusterName)", first: naming.firstNumber)
            }
            return try naming.name(
                number: drawn, vmid: guest.vmid, guestName: guest.name, seconds: Int(environment.scriptTime()))
        }
    }
}

extension Arguments {
    /// The snapshot, which must have been declared as required.
    fileprivate func snapshot() throws(Failure) -> SnapshotName {
        guard case .snapshotName(let name) = self["name"] else { throw .parameter("name", "must be a snapshot name") }
        return name
    }
}

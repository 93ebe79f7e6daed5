// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Journal
internal import Model
internal import Proxmox

/// Snapshots.
enum SnapshotHandlers {
    static let all: [String: OperationHandlers.Handler] = [
        "snapshot": snapshot
    ]

    static func snapshot(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let arguments = call.arguments
        let options = arguments.options()
        let guest = try await call.gate.resolve(try arguments.guest(), on: arguments.node())
        guard let endpoint = call.operation.endpoints.first else { throw Failure(.unsupported, "no endpoint") }
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
            timeout: options.seconds("timeout") ?? call.environment.settings.taskTimeout,
            waits: options.flag("wait") ?? true)
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
                number: drawn, vmid: guest.vmid, guestName: guest.name, seconds: Int(environment.now()))
        }
    }
}

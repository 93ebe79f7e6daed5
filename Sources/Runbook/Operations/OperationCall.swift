// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

/// One call of an operation, its arguments checked.
struct OperationCall: Sendable {
    let operation: Operation
    let arguments: Arguments
    let environment: RunEnvironment
    let gate: Gate

    /// The arguments that are not known because the run is only planned; guesses stand in their place.
    var unknowns: [UnknownArgument] { gate.run.notes.unknowns }

    /// How long to wait for a task: what the script says, or what the configuration does.
    var timeout: Duration { arguments.options().seconds("timeout") ?? environment.settings.taskTimeout }

    /// Whether to wait for a task at all.
    var waits: Bool { arguments.options().flag("wait") ?? true }

    /// The operation's only endpoint, or the one for that kind of guest.
    func endpoint(for kind: GuestKind? = nil) throws(Failure) -> Endpoint {
        let fitting = operation.endpoints.first { row in kind.map(row.kinds.contains) ?? true }
        guard let fitting else { throw Failure(.unsupported, "pve.\(operation.name) has no such call") }
        return fitting
    }

    /// A change of whatever its path and parameters name, judged as the raw call of the same effect is.
    func change(_ request: APICall, timeout: Duration? = nil) async throws(Failure) -> Change {
        guard let row = operation.endpoints.first(where: { $0.method == request.method.rawValue }) else {
            throw Failure(.unsupported, "pve.\(operation.name) has no such call")
        }
        var change = try await RawChange(client: environment.client).change(
            request, row: row, timeout: timeout ?? self.timeout, waits: waits)
        change.isRaw = false
        return change
    }
}

extension Failure {
    /// The same failure, telling which guest it is about.
    func about(_ guest: GuestFacts) -> Failure {
        var failure = self
        failure.vmid = guest.vmid.rawValue
        failure.node = guest.node.rawValue
        return failure
    }
}

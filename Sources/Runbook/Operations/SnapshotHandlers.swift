// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Journal
internal import Model
internal import Proxmox

/// Snapshots.
enum SnapshotHandlers {
    static func snapshot(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let arguments = call.arguments
        let options = arguments.options()
        let guest = try await call.gate.resolve(try arguments.guest(), on: arguments.node())
        guard let endpoint = call.operation.endpoints.first else { throw Failure(.unsupported, "no endpoint") }
        if options.flag("vmstate") == true, guest.kind == .lxc {
            throw .parameter("options.vmstate", "is for virtual machines; \(guest.vmid) is a container")
        }
        let name = try await name(call, options, guest)
        var parameters: [(name: String, value: APIParameter)] = [("snapname", .text(name.rawValue))]
        if let description = options.text("description") { parameters.append(("description", .text(description))) }
        if options.flag("vmstate") == true { parameters.append(("vmstate", .boolean(true))) }
        let change = Change(
            endpoint: endpoint,
            call: APICall(.post, try guest.reference.path("snapshot"), parameters),
            guest: guest, snapshot: name,
            timeout: options.seconds("timeout") ?? call.environment.settings.taskTimeout,
            waits: options.flag("wait") ?? true)
        let outcome = try await call.gate.change(change).json(change)
        guard case .object(var object) = outcome else { return outcome }
        object["name"] = .string(name.rawValue)
        return .object(object)
    }

    /// The given name, or the next one by the convention; each cluster has a counter of its own.
    private static func name(
        _ call: OperationCall, _ options: Arguments, _ guest: GuestFacts
    ) async throws(Failure) -> SnapshotName {
        if let given = options.text("name") {
            if options.integer("change_number") != nil {
                throw .parameter("options.change_number", "is for the convention; the name is given")
            }
            guard let name = SnapshotName(given) else { throw .parameter("options.name", "is no snapshot name") }
            return name
        }
        let naming = call.environment.settings.snapshotNaming
        let number: Int
        if let given = options.integer("change_number") {
            number = given
        } else if naming.usesNumber {
            number = try await call.gate.run.journal().nextNumber(
                counter: "snapshot/\(call.environment.clusterName)", first: naming.firstNumber)
        } else {
            number = 0
        }
        return try naming.name(
            number: number, vmid: guest.vmid, guestName: guest.name,
            seconds: Int(call.environment.now()))
    }
}

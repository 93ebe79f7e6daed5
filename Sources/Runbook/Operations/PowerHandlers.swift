// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

/// Power actions and waiting for tasks.
enum PowerHandlers {
    static let all: [String: OperationHandlers.Handler] = [
        "vm_action": vmAction,
        "poll": poll,
    ]

    static func vmAction(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let arguments = call.arguments
        let options = arguments.options()
        let action = arguments.text("action") ?? ""
        let guest = try await call.gate.resolve(
            try arguments.guest(), on: arguments.node(), briefly: action == "start")
        guard let endpoint = call.operation.endpoints.first(where: { $0.selector == action }) else {
            throw .parameter("action", "\"\(action)\" is unknown")
        }
        guard endpoint.kinds.contains(guest.kind) else {
            var failure = Failure(.unsupported, "a container does not know the action \(action)")
            failure.vmid = guest.vmid.rawValue
            throw failure
        }
        if options.flag("force") != nil, action != "shutdown" {
            throw .parameter("options.force", "goes with shutdown only")
        }
        if isSatisfied(endpoint, guest) { return unchanged(endpoint, guest) }
        let timeout = options.seconds("timeout")
        let request = APICall(
            .post, try guest.reference.path("status", action),
            parameters(action, timeout: timeout, force: options.flag("force") ?? false))
        let change = Change(
            endpoint: endpoint, call: request, guest: guest,
            timeout: timeout.map { $0 + grace(action) } ?? call.environment.settings.taskTimeout,
            waits: options.flag("wait") ?? true)
        return try await call.gate.change(change).json(change)
    }

    static func poll(_ call: OperationCall) async throws(Failure) -> JSONValue {
        if call.arguments["task"] == .nothingToWaitFor { return ["status": "ok", "changed": false, "warnings": 0] }
        let upid = try call.arguments.task()
        if let node = call.arguments.node(), node != upid.node {
            throw .parameter("node", "is \(node), but the task runs on \(upid.node)")
        }
        let options = call.arguments.options()
        let request = try APICall.get("nodes", upid.node.rawValue, "tasks", upid.description, "status")
        return try await call.gate.read(request) { _ throws(Failure) in
            try await call.gate.poll(
                upid, timeout: call.timeout,
                interval: options.seconds("interval"))
        }.json
    }

    /// Asking for a state that already holds changes nothing, so nothing is asked or sent.
    private static func isSatisfied(_ endpoint: Endpoint, _ guest: GuestFacts) -> Bool {
        switch endpoint.selector {
        case "start", "resume": guest.isRunning
        case "stop", "shutdown": guest.isStopped
        case "suspend": guest.isPaused
        default: false
        }
    }

    private static func unchanged(_ endpoint: Endpoint, _ guest: GuestFacts) -> JSONValue {
        .object(
            JSONObject([
                ("changed", false), ("action", .string(endpoint.action)), ("vmid", JSONValue(guest.vmid.rawValue)),
                ("node", .string(guest.node.rawValue)), ("status", .string(guest.state)), ("verified", true),
                ("warnings", 0),
            ]))
    }

    /// Shutdown and reboot have a time-out of their own on the node; the task outlives it a little.
    private static func parameters(_ action: String, timeout: Duration?, force: Bool) -> [(
        name: String, value: APIParameter
    )] {
        var list: [(name: String, value: APIParameter)] = []
        if action == "shutdown" || action == "reboot", let timeout {
            list.append(("timeout", .integer(max(1, Int(timeout.components.seconds)))))
        }
        if force { list.append(("forceStop", .boolean(true))) }
        return list
    }

    private static func grace(_ action: String) -> Duration {
        action == "shutdown" || action == "reboot" ? .seconds(30) : .zero
    }
}

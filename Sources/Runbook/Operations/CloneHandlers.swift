// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

/// Copying guests and freezing them into templates.
enum CloneHandlers {
    static let all: [String: OperationHandlers.Handler] = [
        "clone": clone,
        "template": template,
    ]

    static func clone(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let options = call.arguments.options()
        let guest = try await call.gate.resolve(try call.arguments.guest(), on: call.arguments.node())
        let full =
            try await call.memo("full") { () throws(Failure) in
                .bool(try await CloneCheck(call: call, options: options, guest: guest).settle())
            } == true
        let fixed = parameters(options, guest, full: full)
        return try await FreeVMID(call: call).make(options.vmid("vmid"), field: "options.vmid") {
            (vmid) throws(Failure) in
            let request = APICall(
                .post, try guest.reference.path("clone"), [("newid", .integer(vmid.rawValue))] + fixed)
            var change = try await call.change(request)
            change.foretold = JSONObject([
                ("vmid", JSONValue(vmid.rawValue)), ("source", JSONValue(guest.vmid.rawValue)), ("full", .bool(full)),
            ])
            return try await call.gate.change(change).json(change, ofNew: vmid)
        }
    }

    private static func parameters(
        _ options: Arguments, _ guest: GuestFacts, full: Bool
    ) -> [(name: String, value: APIParameter)] {
        var list: [(name: String, value: APIParameter)] = []
        if full != !guest.isTemplate { list.append(("full", .boolean(full))) }
        let texts = [
            ("name", guest.kind == .qemu ? "name" : "hostname"), ("snapshot", "snapname"), ("storage", "storage"),
            ("format", "format"), ("pool", "pool"), ("description", "description"),
        ]
        for (option, parameter) in texts {
            if let text = options.text(option) { list.append((parameter, .text(text))) }
        }
        if let target = options.node("target"), target != guest.node {
            list.append(("target", .text(target.rawValue)))
        }
        if let limit = options.integer("bwlimit") { list.append(("bwlimit", .integer(limit))) }
        return list
    }

    static func template(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let guest = try await call.gate.resolve(try call.arguments.guest(), on: call.arguments.node())
        let endpoint = try call.endpoint()
        func refusal(_ text: String, _ hint: String?) -> Failure {
            Failure(.conflict, "guest \(guest.vmid) \(text)", hint: hint).about(guest)
        }
        if guest.isTemplate { throw refusal("is a template already", nil) }
        guard guest.isStopped else {
            throw refusal("is \(guest.state); only a stopped guest becomes a template", "shut it down first")
        }
        let snapshots = try await GuestLookups(call: call).snapshots(of: guest)
        guard snapshots.isEmpty else {
            throw refusal(
                "has snapshots (\(snapshots.joined(separator: ", "))); a template has none", "delete them first")
        }
        let change = Change(
            endpoint: endpoint, call: APICall(.post, try guest.reference.path("template")), guest: guest,
            timeout: call.timeout)
        return try await call.gate.change(change).json(change)
    }
}

extension ChangeOutcome {
    /// The result of a change that makes a guest; where nobody waited the guest is named all the same.
    func json(_ change: Change, ofNew vmid: VMID) -> JSONValue {
        var object = json(change).object ?? JSONObject()
        object["vmid"] = JSONValue(vmid.rawValue)
        return .object(object)
    }
}

extension Arguments {
    /// A guest's number, where one was given.
    func vmid(_ name: String) -> VMID? {
        if case .guest(let vmid) = self[name] { vmid } else { nil }
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox
internal import Templates

/// Making guests from templates.
enum CreateHandlers {
    static let all: [String: OperationHandlers.Handler] = [
        "create": create,
        "templates": templates,
        "template_show": show,
    ]

    static func templates(_ call: OperationCall) async throws(Failure) -> JSONValue {
        .array(try call.environment.templates.list().map(JSONValue.object))
    }

    static func show(_ call: OperationCall) async throws(Failure) -> JSONValue {
        .object(try call.environment.templates.show(call.arguments.text("name") ?? ""))
    }

    static func create(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let options = call.arguments.options()
        let wishes = JSONObject(
            GuestParameters.names.compactMap { name in options.json(name).map { (name, $0) } })
        let form = try call.environment.templates.form(
            template: options.text("template"), wishes: wishes, argument: "options")
        let chosen = try await call.memo("node") { () throws(Failure) in
            .string(try await CreateCheck(call: call, form: form).settle(options.node()).rawValue)
        }
        guard let node = chosen.string.flatMap({ NodeName($0) }) else { throw Failure(.server, "no node was chosen") }
        let parameters = APIParameterReader.parameters(.object(JSONObject(form.parameters.map { ($0.name, $0.value) })))
        let made = try await FreeVMID(call: call).make(options.vmid("vmid"), field: "options.vmid") {
            (vmid) throws(Failure) in
            let request = APICall(
                .post, try APIPath(["nodes", node.rawValue, form.kind.rawValue]),
                [("vmid", .integer(vmid.rawValue))] + parameters)
            try await call.checkAgainstSchema(request)
            let change = try await call.change(request)
            // A guest of that number was made since it was drawn; nothing may be written over.
            guard change.guests.isEmpty || call.hasBegun else {
                throw Failure(.conflict, "guest \(vmid) already exists; nothing was sent")
            }
            let made = try await call.gate.change(change)
            var result = made.json(change, ofNew: vmid).object ?? JSONObject()
            if let name = made.guest?.name { result["name"] = .string(name) }
            result["kind"] = .string(form.kind.rawValue)
            result["status"] = .string(made.guest?.state ?? "stopped")
            return .object(result)
        }
        // Behind the drawing of numbers: whatever goes wrong from here on must not make a second guest.
        guard var result = made.object, let vmid = result["vmid"]?.perlInteger.flatMap(VMID.init) else { return made }
        let (state, steps) = try await CreateFinish(call: call, form: form, vmid: vmid).run()
        if let state { result["status"] = .string(state) }
        result["steps"] = .array((["created"] + steps).map(JSONValue.string))
        return .object(result)
    }
}

/// What is left to do once a new guest is there: growing the disks that an image filled, and starting it.
struct CreateFinish: Sendable {
    let call: OperationCall
    let form: GuestForm
    let vmid: VMID

    /// The guest's state in the end, and what was done.
    func run() async throws(Failure) -> (state: String?, steps: [String]) {
        var steps: [String] = []
        do throws(Failure) {
            for disk in form.disks {
                guard let size = disk.growsAfterwards else { continue }
                let guest = try await call.gate.resolve(vmid)
                let present = GuestDisks.of(guest.config, guest.kind).first { $0.key == disk.key }?.size ?? 0
                guard present < size.bytes else { continue }
                _ = try await DiskHandlers.resize(guest, disk.key, size, call)
                steps.append("grew \(disk.key) to \(size)")
            }
            guard form.starts else { return (nil, steps) }
            guard let endpoint = OperationTable.named("vm_action")?.endpoints.first(where: { $0.selector == "start" })
            else { return (nil, steps) }
            let guest = try await call.gate.resolve(vmid)
            let change = Change(
                endpoint: endpoint, call: APICall(.post, try guest.reference.path("status", "start")), guest: guest,
                timeout: call.timeout)
            let outcome = try await call.gate.change(change)
            return (outcome.guest?.state, steps + ["started"])
        } catch {
            var failure = error
            let done = (["created"] + steps).joined(separator: ", ")
            failure.message = "guest \(vmid) is there (\(done)), but then: \(error.message)"
            failure.vmid = vmid.rawValue
            throw failure
        }
    }
}

extension Arguments {
    /// An argument as plain data again, for readers that check it by rules of their own.
    func json(_ name: String) -> JSONValue? {
        switch self[name] {
        case .text(let text): .string(text)
        case .integer(let number): JSONValue(number)
        case .flag(let flag): .bool(flag)
        case .value(let value): value
        default: nil
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

extension EndpointTable {
    static let consoleEndpoints = both { kind in
        ["vncproxy", "termproxy"].map { name in
            Endpoint(
                "POST", "nodes/{node}/\(kind.rawValue)/{vmid}/\(name)", .privilege("/vms/{vmid}", ["VM.Console"]),
                protected: true,
                takes: [.flag("websocket"), .flag("generate-password"), .string("serial")]
                    + [.integer("width", 16..., maximum: 4096), .integer("height", 16..., maximum: 2160)]
            ) { (state, call) throws(Refusal) in try Console.open(&state, call, kind, graphic: name == "vncproxy") }
        }
    }
}

extension TaskBehaviour {
    static let consoleTasks = ["vncproxy", "vncshell"].map { name in
        TaskBehaviour(
            name, lock: .none, begin: { (_, _) throws(TaskError) in Durations.consoleWait },
            finish: { (_, _) throws(TaskError) in throw TaskError("connection timed out") })
    }
}

/// Requests for a way to a guest's screen; nobody comes to look, so the way closes after a while.
enum Console {
    static func open(
        _ state: inout ClusterState, _ call: Call, _ kind: GuestKind, graphic: Bool
    ) throws(Refusal) -> Reply {
        let guest = try state.guest(kind, call.vmid, on: call.node)
        if !graphic, kind == .qemu, !guest.config.keys.contains(where: { $0.hasPrefix("serial") }) {
            throw .failed("unable to find a serial interface")
        }
        let open = state.tasks.values.count { $0.type == "vncproxy" && $0.node == call.node && $0.phase != .ended }
        let port = 5900 + open % 100
        let upid = state.spawn(
            "vncproxy", id: String(call.vmid), node: call.node, vmid: call.vmid, by: call.identity.description)
        let stamp = FNV.hex(UInt64(max(0, state.now)), digits: 8).uppercased()
        var row = JSONObject([
            ("user", .string(call.identity.description)), ("upid", .string(upid)),
            ("ticket", .string("PVEVNC:\(stamp)::\(state.numbers.uuid())")),
        ])
        if graphic {
            row["port"] = .string(String(port))
            row["cert"] = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"
            if call.flag("generate-password") { row["password"] = .string(String(state.numbers.uuid().prefix(8))) }
        } else {
            row["port"] = JSONValue(port)
        }
        return Reply(.object(row))
    }
}

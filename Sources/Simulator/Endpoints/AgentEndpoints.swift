// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

extension EndpointTable {
    private static func row(
        _ method: String, _ name: String, _ parameters: [Parameter] = [],
        _ answer: @escaping @Sendable (ClusterState, Call, SimulatedGuest) throws(Refusal) -> JSONValue
    ) -> Endpoint {
        Endpoint(
            method, "nodes/{node}/qemu/{vmid}/agent/\(name)", .privilege("/vms/{vmid}", ["VM.Monitor"]),
            protected: true, takes: parameters
        ) { (state, call) throws(Refusal) in
            let guest = try Agent.admit(state, call)
            return Reply(try answer(state, call, guest))
        }
    }

    private static func change(
        _ name: String, _ parameters: [Parameter], _ handler: @escaping Endpoint.Handler
    ) -> Endpoint {
        Endpoint(
            "POST", "nodes/{node}/qemu/{vmid}/agent/\(name)", .privilege("/vms/{vmid}", ["VM.Monitor"]),
            protected: true, takes: parameters
        ) { (state, call) throws(Refusal) in
            _ = try Agent.admit(state, call)
            return try handler(&state, call)
        }
    }

    static let agentEndpoints =
        [
            row("POST", "ping") { _, _, _ in ["result": [:]] },
            row("GET", "network-get-interfaces") { _, _, guest in ["result": Agent.interfaces(guest)] },
            row("GET", "get-osinfo") { _, _, guest in
                let system = guest.inside.system
                return [
                    "result": [
                        "id": .string(system["ID"] ?? "linux"), "name": .string(system["NAME"] ?? "Linux"),
                        "pretty-name": .string(system["PRETTY_NAME"] ?? "Linux"),
                        "version-id": .string(system["VERSION_ID"] ?? "1"), "machine": "x86_64",
                        "kernel-release": .string(GuestInside.kernel),
                        "kernel-version": "#1 SMP PREEMPT_DYNAMIC Debian",
                    ]
                ]
            },
            row("GET", "get-host-name") { _, _, guest in
                ["result": ["host-name": .string(guest.inside.hostName(of: guest))]]
            },
            row("GET", "get-time") { state, _, _ in ["result": .integer(Int64(max(0, state.now)) * 1_000_000_000)] },
            row("GET", "get-fsinfo") { _, _, guest in ["result": .array(Agent.fileSystems(guest))] },
            row("GET", "get-timezone") { _, _, _ in ["result": ["zone": "UTC", "offset": 0]] },
            row("GET", "get-users") { _, _, _ in ["result": []] },
            row("GET", "get-vcpus") { state, _, guest in
                let count = GuestFigures(guest: guest, now: state.now).cores
                let rows = (0..<count).map { number -> JSONValue in
                    ["logical-id": JSONValue(number), "online": true, "can-offline": .bool(number > 0)]
                }
                return ["result": .array(rows)]
            },
            row("GET", "info") { _, _, _ in
                [
                    "result": [
                        "version": "7.2.22",
                        "supported_commands": .array(
                            Agent.commands.map {
                                ["name": .string($0), "enabled": true, "success-response": true]
                            }),
                    ]
                ]
            },
            row("GET", "exec-status", [.integer("pid", optional: false)]) { (state, call, guest) throws(Refusal) in
                try Agent.status(state, call, guest)
            },
            row("GET", "file-read", [.string("file", optional: false)]) { (_, call, guest) throws(Refusal) in
                let file = call["file"] ?? ""
                guard let content = guest.inside.file(file, of: guest) else {
                    let cause = "failed to open file '\(file)' (mode: 'r'): No such file or directory"
                    throw .failed("Agent error: \(cause)")
                }
                return ["content": .string(content), "bytes-read": JSONValue(content.utf8.count)]
            },
        ]
        + [
            change(
                "exec",
                [
                    Parameter(name: "command", kind: .array, optional: false),
                    .string("input-data", length: 65_536),
                ], Agent.execute),
            change(
                "file-write",
                [
                    .string("file", optional: false), .string("content", optional: false, length: 61_440),
                    .flag("encode"),
                ]
            ) { (state, call) throws(Refusal) in
                state.guests[call.vmid]?.inside.files[call["file"] ?? ""] = call["content"] ?? ""
                return .null
            },
        ]
        + [
            Endpoint(
                "GET", "nodes/{node}/lxc/{vmid}/interfaces", .privilege("/vms/{vmid}", ["VM.Audit"]), protected: true
            ) { (state, call) throws(Refusal) in
                let guest = try state.guest(.lxc, call.vmid, on: call.node)
                return Reply(guest.isRunning ? Agent.containerInterfaces(guest) : .null)
            }
        ]
}

/// The guest agent of simulated machines.
enum Agent {
    static func admit(_ state: ClusterState, _ call: Call) throws(Refusal) -> SimulatedGuest {
        let guest = try state.guest(.qemu, call.vmid, on: call.node)
        if !guest.hasAgent { throw .failed("No QEMU guest agent configured") }
        if !guest.isRunning { throw .failed("VM \(guest.vmid) is not running") }
        if !guest.agentRunning || guest.power != .running { throw .failed("QEMU guest agent is not running") }
        return guest
    }
}

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

    static let agentEndpoints =
        [
            row("POST", "ping") { _, _, _ in ["result": [:]] },
            row("GET", "network-get-interfaces") { _, _, guest in ["result": Agent.interfaces(guest)] },
            row("GET", "get-osinfo") { _, _, _ in
                [
                    "result": [
                        "id": "debian", "name": "Debian GNU/Linux", "pretty-name": "Debian GNU/Linux 12 (bookworm)",
                        "version-id": "12", "machine": "x86_64", "kernel-release": "6.1.0-37-amd64",
                        "kernel-version": "#1 SMP PREEMPT_DYNAMIC Debian",
                    ]
                ]
            },
            row("GET", "get-host-name") { _, _, guest in ["result": ["host-name": .string(guest.displayName)]] },
            row("GET", "get-time") { state, _, _ in ["result": .integer(Int64(max(0, state.now)) * 1_000_000_000)] },
            row("GET", "get-fsinfo") { _, _, _ in ["result": []] },
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
                            ["guest-ping", "guest-get-osinfo", "guest-shutdown", "guest-exec"].map {
                                ["name": .string($0), "enabled": true, "success-response": true]
                            }),
                    ]
                ]
            },
            row(
                "POST", "exec",
                [
                    Parameter(name: "command", kind: .array, optional: false),
                    .string("input-data", length: 65_536),
                ]
            ) { _, _, _ in ["pid": 4711] },
            row("GET", "exec-status", [.integer("pid", optional: false)]) { (_, call, _) throws(Refusal) in
                guard call.integer("pid") == 4711 else { throw .failed("Agent error: Invalid parameter 'pid'") }
                return ["exited": 1, "exitcode": 0, "out-data": "", "out-truncated": 0]
            },
            row("GET", "file-read", [.string("file", optional: false)]) { (_, call, guest) throws(Refusal) in
                let file = call["file"] ?? ""
                guard file == "/etc/hostname" else {
                    let cause = "failed to open file '\(file)' (mode: 'r'): No such file or directory"
                    throw .failed("Agent error: \(cause)")
                }
                let content = guest.displayName + "\n"
                return ["content": .string(content), "bytes-read": JSONValue(content.utf8.count)]
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

    private static func cards(_ guest: SimulatedGuest) -> [(name: String, address: String)] {
        guest.config.entries.filter { $0.key.hasPrefix("net") && Int($0.key.dropFirst(3)) != nil }.map { entry in
            let address = entry.value.split(whereSeparator: { ",=".contains($0) })
                .first { $0.count(where: { $0 == ":" }) == 5 }
            return ("eth\(entry.key.dropFirst(3))", (address.map(String.init) ?? "00:00:00:00:00:00").lowercased())
        }
    }

    private static func address(_ text: String, _ type: String, _ prefix: Int64) -> JSONValue {
        ["ip-address": .string(text), "ip-address-type": .string(type), "prefix": .integer(prefix)]
    }

    private static let statistics: JSONValue = .object(
        JSONObject(
            ["rx", "tx"].flatMap { way in
                ["bytes", "packets", "errs", "dropped"].map { ("\(way)-\($0)", JSONValue.integer(0)) }
            }))

    static func interfaces(_ guest: SimulatedGuest) -> JSONValue {
        var rows: [JSONValue] = [
            [
                "name": "lo", "hardware-address": "00:00:00:00:00:00", "statistics": statistics,
                "ip-addresses": [address("127.0.0.1", "ipv4", 8), address("::1", "ipv6", 128)],
            ]
        ]
        rows += cards(guest).map {
            [
                "name": .string($0.name), "hardware-address": .string($0.address), "statistics": statistics,
                "ip-addresses": [
                    address("198.51.100.\(guest.vmid % 254 + 1)", "ipv4", 24), address("fe80::1", "ipv6", 64),
                ],
            ]
        }
        return .array(rows)
    }

    static func containerInterfaces(_ guest: SimulatedGuest) -> JSONValue {
        .array(
            ([("lo", "00:00:00:00:00:00")] + cards(guest).map { ($0.name, $0.address) }).map {
                [
                    "name": .string($0.0), "hwaddr": .string($0.1), "hardware-address": .string($0.1),
                    "ip-addresses": [],
                ]
            })
    }
}

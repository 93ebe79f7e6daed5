// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

/// What a guest's agent tells.
enum AgentHandlers {
    static let all: [String: OperationHandlers.Handler] = [
        "agent_ping": ping,
        "agent_info": info,
        "agent_fs": fileSystems,
        "agent_addresses": addresses,
    ]

    static func ping(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let guest = try await call.machine()
        let request = APICall(.post, try guest.reference.path("agent", "ping"))
        var object = JSONObject([("vmid", JSONValue(guest.vmid.rawValue)), ("answers", true)])
        let failure = try await call.gate.read(request) { client throws(Failure) -> Failure? in
            do throws(Failure) {
                _ = try AgentAnswer.result(try await client.send(request).data)
                return nil
            } catch {
                // A guest that does not run, has no agent or does not answer is what was asked about.
                guard [.unsupported, .guestTimeout, .conflict, .outcomeUnknown].contains(error.kind) else {
                    throw error
                }
                return error
            }
        }
        if let failure {
            object["answers"] = false
            object["reason"] = .string(failure.message)
            object["hint"] = failure.hint.map(JSONValue.string)
        }
        return .object(object)
    }

    static func info(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let guest = try await call.machine()
        let about = try await call.ask(guest, "info")
        var object = JSONObject([("vmid", JSONValue(guest.vmid.rawValue))])
        object["agent"] = about["version"]
        let commands = (about["supported_commands"]?.array ?? []).filter { $0["enabled"]?.perlBool ?? true }
        object["commands"] = .array(commands.compactMap { $0["name"] })
        object["hostname"] = try await call.asked(guest, "get-host-name")?["host-name"]
        object["os"] = try await call.asked(guest, "get-osinfo")
        if let time = try await call.asked(guest, "get-time")?.perlNumber { object["time"] = .number(time / 1e9) }
        object["users"] = try await call.asked(guest, "get-users")
        return .object(object)
    }

    static func fileSystems(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let rows = try await call.ask(try await call.machine(), "get-fsinfo").array ?? []
        return .array(
            rows.map { row in
                var object = JSONObject()
                for (name, field) in [
                    ("mountpoint", "mountpoint"), ("device", "name"), ("type", "type"), ("total", "total-bytes"),
                    ("used", "used-bytes"),
                ] {
                    if let value = row[field], !value.isNull { object[name] = value }
                }
                let disks = (row["disk"]?.array ?? []).compactMap { $0["dev"] ?? $0["serial"] }
                object["disks"] = .array(disks)
                return .object(object)
            })
    }

    static func addresses(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let guest = try await call.gate.resolve(try call.arguments.guest())
        let rows: [JSONValue]
        if guest.kind == .qemu {
            rows = try await call.ask(guest, "network-get-interfaces").array ?? []
        } else {
            guard guest.isRunning else { throw .notRunning(guest) }
            let request = APICall(.get, try guest.reference.path("interfaces"))
            rows = try await call.gate.read(request) { client throws(Failure) in
                try await client.send(request).data.array ?? []
            }
        }
        let wantsLoopback = call.arguments.options().flag("loopback") ?? false
        return .array(
            rows.flatMap(GuestAddress.all).filter { wantsLoopback || !$0.isLoopback }.map(\.json))
    }
}

/// One network address of a guest.
struct GuestAddress {
    let interface: String
    let mac: String?
    let address: String
    let prefix: Int?

    private var isVersion6: Bool { address.contains(":") }
    var isLoopback: Bool { address == "::1" || address.hasPrefix("127.") }

    /// The addresses of one interface, as an agent or a container's node tells them.
    static func all(_ row: JSONValue) -> [GuestAddress] {
        let name = row["name"]?.perlText ?? ""
        let mac = (row["hardware-address"] ?? row["hwaddr"])?.perlText.map { $0.lowercased() }
        var found = (row["ip-addresses"]?.array ?? []).compactMap { entry in
            entry["ip-address"]?.perlText.map {
                GuestAddress(interface: name, mac: mac, address: $0, prefix: entry["prefix"]?.perlInteger)
            }
        }
        // Older nodes tell one address of each family of a container, as address/prefix.
        for field in ["inet", "inet6"] where found.isEmpty || row["ip-addresses"] == nil {
            guard let parts = row[field]?.perlText?.split(separator: "/"), let address = parts.first else { continue }
            found.append(
                GuestAddress(
                    interface: name, mac: mac, address: String(address),
                    prefix: parts.dropFirst().first.flatMap { Int($0) }))
        }
        return found
    }

    var json: JSONValue {
        let isLinkLocal = address.lowercased().hasPrefix("fe80:") || address.hasPrefix("169.254.")
        var object = JSONObject([
            ("interface", .string(interface)), ("address", .string(address)),
            ("family", isVersion6 ? "inet6" : "inet"), ("scope", isLinkLocal || isLoopback ? "link" : "global"),
        ])
        if let prefix { object["prefix"] = JSONValue(prefix) }
        if let mac { object["mac"] = .string(mac) }
        return .object(object)
    }
}

extension OperationCall {
    /// The virtual machine that a call about an agent names.
    func machine() async throws(Failure) -> GuestFacts {
        let guest = try await gate.resolve(try arguments.guest())
        guard guest.kind == .qemu else {
            throw Failure(
                .unsupported, "guest \(guest.vmid) is a container, which has no agent",
                hint: "pct exec on node \(guest.node) runs commands in it; the API does not offer that"
            ).about(guest)
        }
        return guest
    }

    /// What the agent answers to a question.
    func ask(_ guest: GuestFacts, _ name: String) async throws(Failure) -> JSONValue {
        let request = APICall(.get, try guest.reference.path("agent", name))
        return try await gate.read(request) { client throws(Failure) in
            try AgentAnswer.result(try await client.send(request).data)
        }
    }

    /// The same, or nil where the agent does not know the question.
    func asked(_ guest: GuestFacts, _ name: String) async throws(Failure) -> JSONValue? {
        do throws(Failure) {
            return try await ask(guest, name)
        } catch {
            if [.unsupported, .server].contains(error.kind) { return nil }
            throw error
        }
    }
}

/// The answers of an agent: its own errors come with HTTP 200 (PVE::QMPClient).
enum AgentAnswer {
    static func result(_ data: JSONValue) throws(Failure) -> JSONValue {
        let result = data["result"] ?? data
        guard let error = result["error"], error.object != nil else { return result }
        let text = error["desc"]?.perlText ?? "no reason given"
        let isUnknown =
            error["class"]?.perlText == "CommandNotFound" || text.contains("has not been found")
            || text.contains("disabled")
        throw Failure(
            isUnknown ? .unsupported : .server, "the guest's agent: \(TextExcerpt.line(text))",
            hint: isUnknown ? "its version or its settings do not offer this" : nil, raw: text)
    }
}

extension TextExcerpt {
    /// Text of a guest on one line, without control characters.
    static func line(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.prefix(300).map { $0.value < 0x20 || $0.value == 0x7f ? " " : $0 }))
    }
}

extension Failure {
    /// The guest must run for this.
    static func notRunning(_ guest: GuestFacts) -> Failure {
        Failure(.conflict, "guest \(guest.vmid) is \(guest.state)", hint: "start it first").about(guest)
    }
}

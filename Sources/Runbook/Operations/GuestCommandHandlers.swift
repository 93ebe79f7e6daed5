// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

/// What a guest's agent does: commands and files inside of a virtual machine.
enum GuestCommandHandlers {
    static let all: [String: OperationHandlers.Handler] = [
        "agent_exec": exec,
        "agent_read": read,
        "agent_write": write,
    ]

    static func exec(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let options = call.arguments.options()
        let command = (call.arguments.value("command")?.array ?? []).compactMap(\.string)
        guard command.first?.isEmpty == false else {
            throw .parameter("command", "names no program", hint: "{ \"uname\", \"-r\" }")
        }
        let guest = try await call.machine()
        var parameters: [(name: String, value: APIParameter)] = [("command", .list(command.map(APIParameter.text)))]
        if let input = options.text("input") {
            parameters.append(("input-data", .text(FileBytes.text(Array(input.utf8)))))
        }
        let timeout = options.seconds("timeout") ?? .seconds(60)
        var change = try change(call, guest, "exec", parameters)
        let watch = GuestProcess(client: call.environment.client, guest: guest, timeout: timeout)
        change.report = { result throws(Failure) in try await watch.end(of: result.data?["pid"]?.perlInteger) }
        change.unrecorded = ["out", "err"]
        let outcome = try await call.gate.change(change)
        guard outcome.details["exited"]?.perlBool == true else {
            var failure = Failure(
                .guestTimeout, "the command still runs in guest \(guest.vmid) after \(timeout.components.seconds) s",
                hint: "it goes on there; look for process \(outcome.details["pid"]?.perlText ?? "") inside of the guest"
            )
            failure.action = change.action
            failure.vmid = guest.vmid.rawValue
            failure.node = guest.node.rawValue
            throw failure
        }
        var object = outcome.json(change).object ?? JSONObject()
        for name in ["exited", "warnings", "status"] { object[name] = nil }
        return .object(object)
    }

    static func read(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let path = call.arguments.text("path") ?? ""
        let limit = call.arguments.options().integer("limit") ?? 1_048_576
        let guest = try await call.machine()
        let request = APICall(.get, try guest.reference.path("agent", "file-read"), [("file", .text(path))])
        let answer = try await call.gate.read(request) { client throws(Failure) in
            try AgentAnswer.result(try await client.send(request).data)
        }
        guard let text = answer["content"]?.perlText else {
            throw Failure(.server, "the answer about \(TextExcerpt.of(path)) holds no content")
        }
        let whole = FileBytes.of(text)
        let bytes = Array(whole.prefix(limit))
        var object = JSONObject([
            ("vmid", JSONValue(guest.vmid.rawValue)), ("path", .string(path)), ("size", JSONValue(bytes.count)),
            ("truncated", .bool(whole.count > limit || answer["truncated"]?.perlBool ?? false)),
        ])
        if let content = String(validating: bytes, as: UTF8.self) {
            object["content"] = .string(content)
        } else {
            object["base64"] = .string(FileBytes.base64(bytes))
        }
        return .object(object)
    }

    static func write(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let path = call.arguments.text("path") ?? ""
        let content = call.arguments.text("content") ?? ""
        let guest = try await call.machine()
        // Perl encodes it for the agent, byte by byte, and knows no sign beyond one byte.
        var change = try change(
            call, guest, "file-write", [("file", .text(path)), ("content", .text(FileBytes.text(Array(content.utf8))))])
        change.foretold = JSONObject([("path", .string(path)), ("size", JSONValue(content.utf8.count))])
        return try await call.gate.change(change).json(change)
    }

    private static func change(
        _ call: OperationCall, _ guest: GuestFacts, _ name: String, _ parameters: [(name: String, value: APIParameter)]
    ) throws(Failure) -> Change {
        guard guest.isRunning else { throw .notRunning(guest) }
        let endpoint = try call.endpoint()
        return Change(
            endpoint: endpoint, call: APICall(.post, try guest.reference.path("agent", name), parameters), guest: guest,
            timeout: call.environment.settings.taskTimeout)
    }
}

/// Follows a program that an agent has started.
struct GuestProcess: Sendable {
    let client: ProxmoxClient
    let guest: GuestFacts
    let timeout: Duration

    /// How it ended; one that runs on when the time is up has not.
    ///
    /// - Throws: ``Failure`` of the kind `outcome_unknown` where its end cannot be learnt: the program was started.
    func end(of pid: Int?) async throws(Failure) -> JSONObject {
        guard let pid else { throw Failure(.outcomeUnknown, "the agent did not say which process it started") }
        let request = APICall(.get, try guest.reference.path("agent", "exec-status"), [("pid", .integer(pid))])
        let deadline = client.clock.now() + timeout
        var pause = Duration.milliseconds(50)
        while true {
            do throws(Failure) {
                let answer = try AgentAnswer.result(try await client.send(request).data)
                if answer["exited"]?.perlBool ?? false { return Self.record(answer, pid) }
            } catch {
                // The agent may be busy, or the node away for a moment; it tells of an end once only.
                guard [.guestTimeout, .nodeUnreachable, .connection].contains(error.kind), client.clock.now() < deadline
                else {
                    throw Failure(
                        .outcomeUnknown,
                        "process \(pid) was started in the guest, but how it ended cannot be learnt: "
                            + error.message, raw: error.raw)
                }
            }
            guard client.clock.now() < deadline else {
                return JSONObject([("pid", JSONValue(pid)), ("exited", false)])
            }
            do { try await client.clock.sleep(for: min(pause, max(deadline - client.clock.now(), .zero))) } catch {
                throw Failure(.cancelled, "process \(pid) runs on in the guest; nobody waits for it any more")
            }
            pause = min(pause * 2, .seconds(1))
        }
    }

    private static func record(_ answer: JSONValue, _ pid: Int) -> JSONObject {
        var object = JSONObject([("pid", JSONValue(pid)), ("exited", true)])
        for name in ["exitcode", "signal"] {
            if let value = answer[name]?.perlInteger { object[name] = JSONValue(value) }
        }
        for (name, field) in [("out", "out-data"), ("err", "err-data")] {
            object[name] = .string(FileBytes.readable(answer[field]?.perlText ?? ""))
        }
        object["truncated"] = .bool(
            ["out-truncated", "err-truncated"].contains { answer[$0]?.perlBool ?? false })
        return object
    }
}

/// The bytes of a file as the API tells them: Perl writes each byte as the sign of that number.
enum FileBytes {
    static func of(_ text: String) -> [UInt8] {
        let scalars = text.unicodeScalars
        guard scalars.allSatisfy({ $0.value <= 0xff }) else { return Array(text.utf8) }
        return scalars.map { UInt8(truncatingIfNeeded: $0.value) }
    }

    /// The text that Perl takes for these bytes.
    static func text(_ bytes: [UInt8]) -> String {
        String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }

    /// The bytes as the text they are, where they are UTF-8.
    static func readable(_ text: String) -> String { String(validating: of(text), as: UTF8.self) ?? text }

    /// The bytes in base64 (RFC 4648).
    static func base64(_ bytes: [UInt8]) -> String {
        let signs = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var result: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let part = bytes[start..<min(start + 3, bytes.count)]
            let word = part.reduce(0) { $0 << 8 | Int($1) } << ((3 - part.count) * 8)
            for place in 0..<4 {
                result.append(place <= part.count ? signs[word >> (18 - place * 6) & 63] : UInt8(ascii: "="))
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

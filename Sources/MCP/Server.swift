// SPDX-License-Identifier: Apache-2.0
internal import JSON

/// Answers a client of the Model Context Protocol: tools, and nothing else.
///
/// It asks the client nothing, ever: no elicitation, no sampling, no roots. What a client says unasked is no answer to anything.
public actor Server {
    /// The longest line that is read, in bytes.
    public static let longestLine = 8 << 20
    /// How many requests may be under way at once.
    static let mostRequests = 64

    private let name: String
    private let version: String
    private let instructions: String
    private let tools: [Tool]
    /// How long what is under way may take when the client has gone.
    private let patience: Duration
    private let outlet: Outlet
    private var underWay: [MessageID: (task: Task<Void, Never>, withdrawal: Withdrawal)] = [:]
    /// Who the client is, where it has introduced itself.
    private var client: String?
    private var cutter = LineCutter(longest: longestLine)

    /// Makes a server.
    ///
    /// - Parameters:
    ///   - instructions: What the model is told about the tools as a whole.
    ///   - patience: How long what is under way may take when the client has gone.
    ///   - write: Writes a line with its end; called by one at a time.
    public init(
        name: String, version: String, instructions: String, tools: [Tool], patience: Duration,
        write: @escaping @Sendable ([UInt8]) -> Void
    ) {
        self.name = name
        self.version = version
        self.instructions = instructions
        self.tools = tools
        self.patience = patience
        outlet = Outlet(write)
    }

    /// Takes bytes of the client's.
    public func receive(_ bytes: [UInt8]) { for piece in cutter.feed(bytes) { take(piece) } }

    /// The client says nothing any more: what is under way may come to its end for a while, and is cancelled then.
    public func finish() async {
        if let piece = cutter.finish() { take(piece) }
        let tasks = underWay.values.map(\.task)
        let patience = patience
        let watch = Task {
            try? await ContinuousClock().sleep(for: patience)
            if !Task.isCancelled { for task in tasks { task.cancel() } }
        }
        for task in tasks { await task.value }
        watch.cancel()
    }

    /// The server is to end: what is under way is cancelled, and nothing is left of it.
    public func leave() async {
        let tasks = underWay.values.map(\.task)
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
    }

    private func take(_ piece: LineCutter.Piece) {
        do throws(ProtocolError) {
            guard case .line(let line) = piece else {
                throw ProtocolError(.invalidRequest, "a line is longer than \(Self.longestLine) bytes")
            }
            switch try Message(line) {
            case .request(let id, let method, let parameters): try begin(id, method, parameters)
            case .notification(let method, let parameters): note(method, parameters)
            case .response: break
            }
        } catch {
            outlet.send(error.response)
        }
    }

    private func begin(_ id: MessageID, _ method: String, _ parameters: JSONObject) throws(ProtocolError) {
        guard underWay[id] == nil else {
            throw ProtocolError(.invalidRequest, "a request of this id is under way", id: id)
        }
        do throws(ProtocolError) {
            let envelope = try Envelope(parameters)
            if method == "tools/call" {
                guard underWay.count < Self.mostRequests else {
                    throw ProtocolError(.invalidRequest, "\(Self.mostRequests) requests are under way already")
                }
                let (tool, arguments) = try wanted(parameters)
                // For the model to read and to do better; an error of the protocol would be the client's alone.
                if let fault = Self.fault(in: arguments, for: tool) {
                    return send(result: ToolResult(fault: fault, of: tool).json, to: id, envelope)
                }
                let withdrawal = Withdrawal()
                let voice = CallVoice(outlet, token: Self.progressToken(parameters))
                let call = ToolCall(
                    arguments: arguments, client: Self.name(of: envelope?.client) ?? client, voice: voice,
                    withdrawal: withdrawal)
                let task = Task { await self.carryOut(tool, call, voice, id, envelope) }
                underWay[id] = (task, withdrawal)
            } else {
                send(result: try answer(method, parameters, envelope), to: id, envelope)
            }
        } catch {
            throw error.about(id)
        }
    }

    private func answer(
        _ method: String, _ parameters: JSONObject, _ envelope: Envelope?
    ) throws(ProtocolError) -> JSONObject {
        switch (method, envelope) {
        case ("initialize", nil): return introduce(parameters)
        case ("ping", nil): return JSONObject()
        case ("server/discover", _?): return describe()
        case ("tools/list", nil): return JSONObject([("tools", .array(tools.map(\.json)))])
        case ("tools/list", _?):
            return JSONObject([("tools", .array(tools.map(\.json)))] + Self.caching)
        default: throw ProtocolError(.unknownMethod, "there is no method \(Self.excerpt(method))")
        }
    }

    /// The tools stay the same as long as the program does, whoever asks.
    private static let caching: [(String, JSONValue)] = [("ttlMs", 3_600_000), ("cacheScope", "public")]

    private var identity: JSONValue { ["name": .string(name), "version": .string(version)] }
    private var capabilities: JSONValue { ["tools": ["listChanged": false]] }

    private func introduce(_ parameters: JSONObject) -> JSONObject {
        client = Self.name(of: parameters["clientInfo"])
        return JSONObject([
            ("protocolVersion", .string(ProtocolVersion.agreed(parameters["protocolVersion"]?.string).rawValue)),
            ("capabilities", capabilities), ("serverInfo", identity), ("instructions", .string(instructions)),
        ])
    }

    private func describe() -> JSONObject {
        JSONObject(
            [
                ("supportedVersions", Envelope.spoken), ("capabilities", capabilities),
                ("instructions", .string(instructions)),
            ] + Self.caching)
    }

    /// `claude-code 1.0`, as the client calls itself.
    private static func name(of value: JSONValue?) -> String? {
        guard let name = value?["name"]?.string else { return nil }
        return excerpt(value?["version"]?.string.map { name + " " + $0 } ?? name)
    }

    private func wanted(_ parameters: JSONObject) throws(ProtocolError) -> (Tool, JSONObject) {
        guard let name = parameters["name"]?.string else {
            throw ProtocolError(.invalidParameters, "params.name must be a tool's name")
        }
        guard let tool = tools.first(where: { $0.name == name }) else {
            let names = tools.map(\.name).joined(separator: ", ")
            throw ProtocolError(.invalidParameters, "there is no tool \(Self.excerpt(name)); there are \(names)")
        }
        var arguments = JSONObject()
        if let given = parameters["arguments"], !given.isNull {
            guard let object = given.object else {
                throw ProtocolError(.invalidParameters, "arguments must be an object")
            }
            arguments = object
        }
        return (tool, arguments)
    }

    /// What is wrong with the arguments; nil where nothing is.
    private static func fault(in arguments: JSONObject, for tool: Tool) -> String? {
        for (name, value) in arguments.members {
            guard let parameter = tool.parameters.first(where: { $0.name == name }) else {
                let names = tool.parameters.map(\.name).joined(separator: ", ")
                return "\(tool.name) takes no \(excerpt(name)); it takes \(names)"
            }
            if let fault = parameter.fault(of: value) { return fault }
        }
        return tool.parameters.first { $0.isRequired && arguments[$0.name] == nil }.map {
            "\(tool.name) wants \($0.name)"
        }
    }

    private static func progressToken(_ parameters: JSONObject) -> JSONValue? {
        switch parameters["_meta"]?["progressToken"] {
        case .string(let text)?: .string(text)
        case .integer(let number)?: .integer(number)
        default: nil
        }
    }

    private func carryOut(
        _ tool: Tool, _ call: ToolCall, _ voice: CallVoice, _ id: MessageID, _ envelope: Envelope?
    ) async {
        let result = await tool.call(call)
        voice.end()
        // A request that was cancelled is not answered.
        if underWay.removeValue(forKey: id) != nil, !Task.isCancelled { send(result: result.json, to: id, envelope) }
    }

    private func note(_ method: String, _ parameters: JSONObject) {
        guard method == "notifications/cancelled", let value = parameters["requestId"],
            let id = try? MessageID(checking: value)
        else { return }
        underWay[id]?.withdrawal.set()
        underWay[id]?.task.cancel()
    }

    private func send(result: JSONObject, to id: MessageID, _ envelope: Envelope?) {
        var result = result
        if envelope != nil {
            result["resultType"] = "complete"
            result["_meta"] = [Envelope.serverInfo: identity]
        }
        outlet.send(["jsonrpc": "2.0", "id": id.json, "result": .object(result)])
    }

    private static func excerpt(_ text: String) -> String {
        let plain = text.unicodeScalars.prefix(100).filter { $0.value >= 0x20 && $0.value != 0x7f && $0.value < 0xd800 }
        return String(String.UnicodeScalarView(plain))
    }
}

// SPDX-License-Identifier: Apache-2.0
public import JSON
internal import Synchronization

/// One thing that a client may ask for.
public struct Tool: Sendable {
    /// What a client may think of it; each is true.
    public struct Annotations: Sendable {
        /// Whether it changes nothing.
        public var isReadOnly: Bool
        /// Whether it may change what cannot be changed back.
        public var isDestructive: Bool
        /// Whether asking twice is as asking once.
        public var isIdempotent: Bool
        /// Whether it reaches beyond this machine.
        public var isOpenWorld: Bool

        /// Makes annotations.
        public init(isReadOnly: Bool, isDestructive: Bool, isIdempotent: Bool, isOpenWorld: Bool) {
            self.isReadOnly = isReadOnly
            self.isDestructive = isDestructive
            self.isIdempotent = isIdempotent
            self.isOpenWorld = isOpenWorld
        }

        var json: JSONValue {
            [
                "readOnlyHint": .bool(isReadOnly), "destructiveHint": .bool(isDestructive),
                "idempotentHint": .bool(isIdempotent), "openWorldHint": .bool(isOpenWorld),
            ]
        }
    }

    /// Its name.
    public let name: String
    /// What it does, for the one who chooses.
    public let description: String
    /// What it takes, by name.
    public let parameters: [ToolParameter]
    /// The JSON Schema of what it answers.
    public let output: JSONValue
    /// What a client may think of it.
    public let annotations: Annotations
    /// Does it.
    public let call: @Sendable (ToolCall) async -> ToolResult

    /// Makes a tool.
    public init(
        name: String, description: String, parameters: [ToolParameter], output: JSONValue, annotations: Annotations,
        call: @escaping @Sendable (ToolCall) async -> ToolResult
    ) {
        self.name = name
        self.description = description
        self.parameters = parameters
        self.output = output
        self.annotations = annotations
        self.call = call
    }

    /// As `tools/list` shows it.
    var json: JSONValue {
        let properties = JSONObject(parameters.map { ($0.name, $0.json) })
        var input = JSONObject([("type", "object"), ("properties", .object(properties))])
        let required = parameters.filter(\.isRequired).map { JSONValue.string($0.name) }
        if !required.isEmpty { input["required"] = .array(required) }
        input["additionalProperties"] = false
        return [
            "name": .string(name), "description": .string(description), "inputSchema": .object(input),
            "outputSchema": output, "annotations": annotations.json,
        ]
    }
}

/// One thing that a tool takes.
public struct ToolParameter: Sendable {
    /// What its value is.
    public enum Kind: Sendable {
        case text(longest: Int)
        case whole(ClosedRange<Int64>)
        case flag
        /// Names with texts.
        case texts
    }

    /// Its name.
    public let name: String
    let kind: Kind
    let isRequired: Bool
    let help: String

    /// Makes a parameter.
    public init(_ name: String, _ kind: Kind, required: Bool = false, _ help: String) {
        self.name = name
        self.kind = kind
        isRequired = required
        self.help = help
    }

    var json: JSONValue {
        var object = JSONObject()
        switch kind {
        case .text: object["type"] = "string"
        case .whole(let range):
            object["type"] = "integer"
            object["minimum"] = .integer(range.lowerBound)
            object["maximum"] = .integer(range.upperBound)
        case .flag: object["type"] = "boolean"
        case .texts:
            object["type"] = "object"
            object["additionalProperties"] = ["type": "string"]
        }
        if !help.isEmpty { object["description"] = .string(help) }
        return .object(object)
    }

    /// What is wrong with a value; nil where nothing is.
    func fault(of value: JSONValue) -> String? {
        switch (kind, value) {
        case (.text(let longest), .string(let text)):
            text.utf8.count <= longest ? nil : "\(name) is longer than \(longest) bytes"
        case (.text, _): "\(name) must be a text"
        case (.whole(let range), .integer(let number)):
            range.contains(number) ? nil : "\(name) must be from \(range.lowerBound) to \(range.upperBound)"
        case (.whole, _): "\(name) must be a whole number"
        case (.flag, .bool): nil
        case (.flag, _): "\(name) must be true or false"
        case (.texts, .object(let object)):
            object.members.first { $0.value.string == nil }.map { "\(name).\($0.key) must be a text" }
        case (.texts, _): "\(name) must be an object"
        }
    }
}

/// A call of a tool, with arguments that fit.
public struct ToolCall: Sendable {
    /// The arguments, checked.
    public let arguments: JSONObject
    /// Who says that they are asking: the client's name and version, as it gave them.
    public let client: String?
    private let voice: CallVoice
    private let withdrawal: Withdrawal

    init(arguments: JSONObject, client: String?, voice: CallVoice, withdrawal: Withdrawal) {
        self.arguments = arguments
        self.client = client
        self.voice = voice
        self.withdrawal = withdrawal
    }

    /// Tells how far it has come, in numbers that grow; nothing is said where nobody wants to know.
    public func progress(_ done: Double, of total: Double? = nil, _ message: String) {
        voice.tell(done, total, message)
    }

    /// Whether the client has said that it does not want this any more; when it merely went away, it has not.
    public var isWithdrawn: Bool { withdrawal.isSet }
}

/// What a tool answers.
public struct ToolResult: Sendable {
    /// For the model, short.
    public var text: String
    /// For programs, by the tool's schema.
    public var structured: JSONObject
    /// Whether the tool could not do it.
    public var isError: Bool

    /// Makes a result.
    public init(text: String, structured: JSONObject, isError: Bool = false) {
        self.text = text
        self.structured = structured
        self.isError = isError
    }

    /// What a model is told that has given a tool what it does not take.
    init(fault: String, of tool: Tool) {
        let takes = tool.parameters.map { $0.isRequired ? $0.name : "\($0.name)?" }.joined(separator: ", ")
        self.init(
            text: "\(fault). \(tool.name) takes: \(takes).",
            structured: JSONObject([
                (
                    "error",
                    ["kind": "parameter", "message": .string(fault), "hint": .string("\(tool.name) takes: \(takes)")]
                ),
                ("status", 1), ("untrusted", true),
            ]), isError: true)
    }

    var json: JSONObject {
        JSONObject([
            ("content", [["type": "text", "text": .string(text)]]), ("structuredContent", .object(structured)),
            ("isError", .bool(isError)),
        ])
    }
}

/// Whether a client has taken a request back.
final class Withdrawal: Sendable {
    private let flag = Mutex(false)
    var isSet: Bool { flag.withLock { $0 } }
    func set() { flag.withLock { $0 = true } }
}

// SPDX-License-Identifier: Apache-2.0
public import JSON
public import Model
internal import Plan
internal import Wire

/// A piece of Lua to be run.
public struct Chunk: Sendable {
    /// The source, as bytes: Lua does not ask for UTF-8.
    public var source: [UInt8]
    /// The name in error messages, by Lua's rule: `@file.lua` or `=(-e)`.
    public var name: String
    /// Whether the source may be an expression whose value is wanted.
    public var isExpression: Bool
    /// Whether the first value that it returns becomes the global `_`, unless it is nil.
    public var keepsResult = false

    /// The largest chunk, in bytes.
    public static let maximumSize = 1 << 20

    /// Makes a chunk.
    public init(source: [UInt8], name: String, isExpression: Bool = false) {
        self.source = source
        self.name = name
        self.isExpression = isExpression
    }

    func packed(_ parameters: [PackedValue.Pair]) -> PackedValue {
        [
            "source": .string(source), "name": PackedValue(name), "expression": .bool(isExpression),
            "keep": .bool(keepsResult),
            "params": .map(parameters),
        ]
    }
}

/// How a chunk ended.
public enum ChunkOutcome: Sendable {
    /// It returned these values.
    case values([ScriptValue])
    /// Its source ends in the middle of something; more lines may complete it.
    case incomplete(ScriptFailure)
    /// It failed.
    case failed(ScriptFailure)

    /// Why it has not come to its end; nil where it has.
    public var failure: ScriptFailure? {
        switch self {
        case .values: nil
        case .incomplete(let failure), .failed(let failure): failure
        }
    }
}

/// A value that a script returned.
public struct ScriptValue: Sendable, Hashable {
    let packed: PackedValue

    init(_ packed: PackedValue) { self.packed = packed }

    /// Whether it is Lua's nil.
    public var isNil: Bool { packed == .null }

    /// The bytes, where it is a string.
    public var bytes: [UInt8]? {
        if case .string(let bytes) = packed { bytes } else { nil }
    }

    /// The value for display and JSON.
    ///
    /// Bytes that are no UTF-8 are replaced; what cannot leave the script is described.
    public var json: JSONValue { packed.displayed }

    /// Whether it is a float, which Lua prints with a fraction.
    public var float: Double? {
        if case .number(let number) = packed { number } else { nil }
    }
}

/// Why a chunk failed, and where.
public struct ScriptFailure: Sendable {
    /// What happened.
    ///
    /// An error that the host raised is taken from the host's own record, not from the script's word.
    public var failure: Failure
    /// File and line, as `nightly.lua:12`.
    public var location: String?
    /// The calls that led there, innermost first.
    public var traceback: [String] = []
    /// How other blocks of `pve.parallel` failed, where more than one did.
    public var others: [BlockFailure] = []
    /// The lines of the source around the place; nil where they are not at hand.
    public internal(set) var source: SourceExcerpt?
    /// The function that was called with a wrong argument, as the table of operations shows it.
    public var called: Operation? {
        guard failure.kind == .parameter, failure.status == nil, failure.message.hasPrefix("pve.") else { return nil }
        let name = failure.message.dropFirst(4).prefix { $0 != ":" }
        return OperationTable.named(String(name))
    }
    /// What had been done by then, and what was done about it; nil where no script ran.
    public var account: RunAccount?
    /// Whether the script's process died of something that is not the script's doing, so that the run can go on.
    public internal(set) var isAccident = false

    /// Makes a failure that has no place in a script.
    public init(_ failure: Failure) { self.failure = failure }

    /// The end of a plan at something that is not known.
    init(_ unknown: PlannedUnknown) {
        failure = UnknownBook.failure(unknown)
        location = unknown.place
    }
}

/// How one of several blocks failed.
public struct BlockFailure: Sendable {
    /// What happened.
    public var failure: Failure
    /// File and line.
    public var location: String?

    /// As JSON, like any error.
    public var json: JSONValue {
        var object = failure.json.object ?? JSONObject()
        if let location { object["where"] = .string(location) }
        return .object(object)
    }
}

extension ScriptFailure {
    /// The same with a place, which Lua does not know of a call in tail position: in a script of one line there is but one.
    func withPlace(in chunk: Chunk) -> ScriptFailure {
        guard location == nil, !chunk.source.contains(0x0a) else { return self }
        var result = self
        result.location = chunk.name.dropFirst() + ":1"
        return result
    }

    /// The same with the lines around its place, and with a hint where the script's own words give one away.
    func explained(_ chunk: Chunk, _ modules: ModuleFinder) -> ScriptFailure {
        guard let location, let (file, _) = SourceExcerpt.split(location) else { return self }
        var result = self
        if let source = file == chunk.name.dropFirst() ? chunk.source : modules.source(named: String(file)) {
            result.source = SourceExcerpt(location: location, source: source, message: failure.message)
        }
        if failure.kind == .script, failure.hint == nil {
            result.failure.hint = ScriptWords.hint(for: failure.message, line: result.source?.text ?? "")
        }
        return result
    }

    /// The same, told along with the steps whose end nobody knows.
    ///
    /// An end by force says nothing of them itself, and a step in
    /// doubt is what matters most then.
    func leaving(_ steps: [Unsettled]) -> ScriptFailure {
        let isForced = failure.kind == .cancelled || failure.kind == .limit || failure.kind == .script
        guard isForced, !steps.isEmpty else { return self }
        var result = self
        let isDoubtful = steps.contains(where: \.isDoubtful)
        result.failure.message += "; " + steps.map(\.text).joined(separator: "; ")
        if isDoubtful { result.failure.kind = .inDoubt }
        result.failure.hint = "look at the guests and their nodes' task lists before trying again"
        return result
    }
}

extension PackedValue {
    fileprivate var displayed: JSONValue {
        switch self {
        case .null: .null
        case .bool(let flag): .bool(flag)
        case .integer(let number): .integer(number)
        case .number(let number): .number(number)
        case .string(let bytes): .string(String(decoding: bytes, as: UTF8.self))
        case .array(let elements): .array(elements.map(\.displayed))
        case .map(let pairs): .object(JSONObject(pairs.map { ($0.key, $0.value.displayed) }))
        case .opaque(let description): .string("<\(description)>")
        case .unknown(_, let what): .string("<unknown: \(what)>")
        }
    }
}

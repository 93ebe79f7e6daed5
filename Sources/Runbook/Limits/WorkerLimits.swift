// SPDX-License-Identifier: Apache-2.0
public import Model
internal import Text

/// What a script may use before its chunk is ended.
///
/// A header, a policy, its ceiling and `--limit` may tighten it; nothing can loosen it.
public struct WorkerLimits: Sendable, Hashable {
    /// Bytes of Lua memory.
    public var memory = 256 << 20
    /// Seconds of processor time between two calls.
    public var processorSlice = 10.0
    /// Seconds of processor time in all; waiting for the cluster is free.
    public var processorTotal = 60.0
    /// Calls of `pve` functions.
    public var calls = 10_000
    /// Bytes of one call's arguments, of the values a script returns, and of one answer.
    public var frame = 64 << 20
    /// Bytes a second that a script may print; eight seconds' worth may come at once.
    public var output = 1 << 20
    /// How deep tables may be nested in what goes to the host.
    public var depth = 64

    /// Makes limits that are the defaults.
    public init() {}

    /// Tightens one limit to what a person wrote; a value that is looser than what holds changes nothing.
    ///
    /// - Parameters:
    ///   - name: One of ``names``; `cpu` is `slice` and `total` together.
    ///   - text: Such as `32MiB`, `500ms` or `100`.
    /// - Throws: ``Failure`` of kind `usage` whose message begins with what is wrong, for the caller to say where.
    public mutating func tighten(_ name: String, to text: String) throws(Failure) {
        switch name {
        case "memory": memory = min(memory, try Self.bytes(text, name))
        case "cpu":
            let seconds = try Self.seconds(text, name)
            processorSlice = min(processorSlice, seconds)
            processorTotal = min(processorTotal, seconds)
        case "slice": processorSlice = min(processorSlice, try Self.seconds(text, name))
        case "total": processorTotal = min(processorTotal, try Self.seconds(text, name))
        case "calls": calls = min(calls, try Self.number(text, name))
        case "frame": frame = min(frame, try Self.bytes(text, name))
        case "output": output = min(output, try Self.bytes(text, name))
        case "depth": depth = min(depth, try Self.number(text, name))
        default:
            throw Failure(
                .usage, "there is no limit `\(TextCleaner.clean(name))`",
                hint: Spelling.suggestion(for: name, among: Self.names)
                    ?? "limits are " + Self.names.joined(separator: ", "))
        }
    }

    /// What a script that met one can do.
    static let hint =
        "do less in one run or ask the cluster for less; --limit, header and policy only tighten: docs/fortress.md"

    /// What the call after the last one that is allowed fails with.
    var callsFailure: Failure {
        Failure(.limit, "the script made more than \(calls) calls (limit calls)", hint: Self.hint)
    }

    /// What ``tighten(_:to:)`` knows.
    public static let names = ["memory", "cpu", "slice", "total", "calls", "frame", "output", "depth"]

    /// The tighter of two, limit by limit.
    public func tightened(by other: WorkerLimits) -> WorkerLimits {
        var result = self
        result.memory = min(memory, other.memory)
        result.processorSlice = min(processorSlice, other.processorSlice)
        result.processorTotal = min(processorTotal, other.processorTotal)
        result.calls = min(calls, other.calls)
        result.frame = min(frame, other.frame)
        result.output = min(output, other.output)
        result.depth = min(depth, other.depth)
        return result
    }

    private static func bytes(_ text: String, _ name: String) throws(Failure) -> Int {
        guard let bytes = ByteCount.bytes(text) else { throw wrong(text, name, "a size such as 32MiB") }
        return bytes
    }

    private static func seconds(_ text: String, _ name: String) throws(Failure) -> Double {
        guard let seconds = TimeSpan.seconds(text), seconds > 0 else {
            throw wrong(text, name, "a duration such as 1s or 500ms")
        }
        return seconds
    }

    private static func number(_ text: String, _ name: String) throws(Failure) -> Int {
        guard text.utf8.count <= 9, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text),
            number > 0
        else { throw wrong(text, name, "a whole number above 0") }
        return number
    }

    private static func wrong(_ text: String, _ name: String, _ needed: String) -> Failure {
        Failure(.usage, "the limit `\(name)` needs \(needed), not `\(TextCleaner.clean(text))`")
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Journal
internal import Plan
internal import Proxmox
internal import Synchronization
internal import Wire

/// An argument of a call that was not known when it was planned: the simulator's guess stands in its place.
struct UnknownArgument: Sendable, Hashable {
    /// Where it stands: the argument's position from 1, then keys and positions inside of it.
    var path: [String]
    /// What the simulator gave, which the call is planned with.
    var guess: JSONValue
    /// The operation of the plan whose result it is; nil where that operation has no number.
    var reference: ResultReference?
}

extension UnknownArgument {
    /// What stands for a result in a path: `{2.volid}`.
    static func mark(_ reference: ResultReference) -> String { "{\(reference.operation).\(reference.field)}" }
}

extension [UnknownArgument] {
    /// The path with marks in the place of everything that is not known; a volume may stand there without its storage.
    func referencing(_ path: APIPath) -> String {
        // A name that holds `/` takes several segments, so whole segments are looked for in the text.
        var text = path.description + "/"
        for argument in self {
            guard let reference = argument.reference, let guess = argument.guess.string, !guess.isEmpty else {
                continue
            }
            let mark = "/\(UnknownArgument.mark(reference))/"
            text = text.replacing("/\(guess)/", with: mark)
            if let short = guess.split(separator: ":", maxSplits: 1).dropFirst().first, short.contains("/") {
                text = text.replacing("/\(short)/", with: mark)
            }
        }
        return String(text.dropLast())
    }

    /// The value with a ``ResultReference`` in the place of everything that equals an argument that is not known.
    func referencing(_ value: JSONValue) -> JSONValue {
        if let known = first(where: { $0.reference != nil && $0.guess == value })?.reference { return known.json }
        switch value {
        case .array(let elements): return .array(elements.map(referencing))
        case .object(let object):
            return .object(JSONObject(object.members.map { ($0.key, referencing($0.value)) }))
        default: return value
        }
    }
}

/// What one call of a script has led to, for those who write the plan down.
///
/// A `Mutex` in a class, because the Gate that sends and the dispatcher that answers both hold it.
final class CallNotes: Sendable {
    /// The arguments that were not known.
    let unknowns: [UnknownArgument]
    private let number = Mutex<Int?>(nil)

    /// Which call of the run it is; nil where nothing is recorded.
    let call: CallID?
    /// What an earlier process had settled on in this call.
    let memos: [String: JSONValue]
    /// Steps that an earlier process made for this call and that the handler has not come back to.
    private let steps: Mutex<[StepRecord]>
    private let secret = Mutex(false)
    private let occupied = Mutex(false)
    /// Whether the call is still waited for.
    let patience: CallPatience

    init(
        unknowns: [UnknownArgument] = [], call: CallID? = nil, steps: [StepRecord] = [],
        memos: [String: JSONValue] = [:], patience: CallPatience = CallPatience()
    ) {
        self.patience = patience
        self.unknowns = unknowns
        self.call = call
        // What was drawn for nothing is drawn anew.
        self.memos = steps.isEmpty ? [:] : memos
        self.steps = Mutex(steps)
    }

    /// Whether something of its answer may not be kept.
    var isSecret: Bool { secret.withLock { $0 } }

    /// Remembers that something of its answer may not be kept.
    func keepSecret() { secret.withLock { $0 = true } }

    /// Whether an earlier process made a step that may have happened, and the handler has not come back to it.
    var mayHaveHappened: Bool { steps.withLock { $0.contains { $0.state != .notHappened && $0.state != .failed } } }

    /// The first step of an earlier process that the handler has not come back to and that fits.
    func takeStep(where fits: (StepRecord) -> Bool) -> StepRecord? {
        steps.withLock { steps in steps.firstIndex(where: fits).map { steps.remove(at: $0) } }
    }

    /// The number of the last change that the call has made in the plan.
    var planned: Int? { number.withLock { $0 } }

    /// Remembers that the call has made the change of that number.
    func planned(_ number: Int) { self.number.withLock { $0 = number } }

    /// Remembers that the journal has refused a change because its guest was not free.
    func foundOccupied() { occupied.withLock { $0 = true } }

    /// Whether the journal has refused a change because its guest was not free; told once.
    func takeOccupied() -> Bool {
        occupied.withLock { flag in
            defer { flag = false }
            return flag
        }
    }
}

extension PackedValue {
    /// The value as a script would have passed it.
    init(_ value: JSONValue) {
        switch value {
        case .null: self = .null
        case .bool(let flag): self = .bool(flag)
        case .integer(let number): self = .integer(number)
        case .number(let number): self = .number(number)
        case .string(let text): self = PackedValue(text)
        case .array(let elements): self = .array(elements.map(PackedValue.init))
        case .object(let object): self = .map(object.members.map { .init($0.key, PackedValue($0.value)) })
        }
    }
}

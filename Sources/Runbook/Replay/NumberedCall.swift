// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Journal
internal import Model
internal import Wire

/// One call as the worker sent it, with its number among those that ask the same.
struct NumberedCall: Sendable {
    /// The operation as it was called, such as `vm_action@lab2`.
    let name: String
    /// The line that asks, by the worker's word.
    let place: String?
    let arguments: [PackedValue]
    /// What is wrong with it, where it cannot be read.
    let trouble: Failure?
    /// Which call of the run it is; nil where it is not recorded.
    private(set) var id: CallID?

    /// Operations that are the same each time, so that nothing of them is kept.
    private static let unrecorded: Set<String> = ["fail", "table", "cluster"]

    init(_ payload: [UInt8]) {
        do throws(Failure) {
            (name, place, arguments) = try Self.decode(payload)
            trouble = nil
        } catch {
            (name, place, arguments) = ("", nil, [])
            trouble = error
        }
    }

    /// The operation's name alone.
    var operation: String { Self.split(name).operation }
    /// The cluster that the script named.
    var cluster: String? { Self.split(name).cluster }

    /// The same call with its number.
    func numbered(_ counter: inout CallCounter, own cluster: String) -> NumberedCall {
        guard trouble == nil, !name.hasPrefix("@"), !Self.unrecorded.contains(operation) else { return self }
        var result = self
        result.id = counter.next(
            CallKey.of(operation, on: self.cluster ?? cluster, arguments, OperationTable.named(operation)))
        return result
    }

    /// `vm_action@lab2` is the operation and the cluster that the script named; without `@` it is the run's own.
    static func split(_ name: String) -> (operation: String, cluster: String?) {
        guard let mark = name.utf8.firstIndex(of: UInt8(ascii: "@")) else { return (name, nil) }
        return (String(name[..<mark]), String(name[name.index(after: mark)...]))
    }

    private static func decode(_ payload: [UInt8]) throws(Failure) -> (String, String?, [PackedValue]) {
        let elements: [PackedValue]?
        do throws(WireError) {
            elements = try PackedValue(decoding: payload).elements
        } catch {
            throw .parameter("arguments", "cannot be read: \(error.description)")
        }
        guard let elements, let name = elements.first?.text else { throw .parameter("arguments", "cannot be read") }
        let location = elements.dropFirst().first?.text.map { String($0.prefix(160)) }
        return (name, location, Array(elements.dropFirst(2)))
    }
}

/// What a call is answered.
enum CallAnswer: Sendable {
    /// The JSON text that it returns.
    case value([UInt8])
    /// The failure that it raises.
    case failure(Failure)
    /// The script ends here, by this failure, whatever it would catch; what it gave to `pve.on_failure` may be called then.
    case end(Failure, undoes: Bool)

    /// Whether it is a failure that may be otherwise the next time.
    var isPassing: Bool {
        switch self {
        case .value: false
        case .failure(let failure), .end(let failure, _): failure.kind.isPassing
        }
    }

    /// The answer as the journal keeps it.
    func recorded(_ isSecret: Bool) -> CallRecord.Answer {
        guard !isSecret else { return .withheld }
        return switch self {
        case .value(let bytes): .value(bytes)
        case .failure(let failure), .end(let failure, _): .failure(failure.json.encoded())
        }
    }
}

/// Makes the notes of a call once its arguments are known.
struct CallNotesMaker: Sendable {
    var id: CallID?
    var memory: CallMemory?
    var patience = CallPatience()
    var noted: @Sendable (CallNotes) -> Void = { _ in }

    func notes(unknowns: [UnknownArgument]) -> CallNotes {
        let notes = CallNotes(
            unknowns: unknowns, call: id, steps: memory?.steps ?? [], memos: memory?.memos ?? [:], patience: patience)
        noted(notes)
        return notes
    }
}

extension StepRecord {
    /// Whether the script was told more of its result than was kept.
    var hasWithheldResult: Bool {
        guard state.isDone else { return false }
        // What a command in a guest has written nobody can read a second time.
        return outcome?[ChangeOutcome.withheld] == .bool(true)
            || outcome?["unreported"] == .bool(true) && intent.path.hasSuffix("/agent/exec")
    }
}

extension StepState {
    /// Whether it happened.
    var isDone: Bool { self == .done || self == .doneWithWarnings }
}

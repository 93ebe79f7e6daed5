// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import LuaSource
internal import Model
internal import Plan
internal import Synchronization
internal import Text
internal import Wire

/// What a run that is planned does not know: each value by its number, and where the plan had to end.
final class UnknownBook: Sendable {
    /// The key by which the worker knows a value of this book; no cluster can guess it.
    let key: String
    private let state = Mutex(State())

    struct Entry: Sendable {
        var what: String
        var guess: JSONValue
        /// The operation and the field; nil where nothing may be planned with it.
        var name: String?
        var operation: Int?
    }

    struct State {
        var entries: [Entry] = []
        /// Names that the simulator has made up, and what else it made up about each: fields and their numbers.
        var invented: [(name: String, id: Int, fields: [String: Int])] = []
        var met: [PlannedUnknown] = []
        var ended: PlannedUnknown?
        var hasChanged = false
    }

    init() {
        key = "@unknown:" + String(UInt64.random(in: .min ... .max), radix: 16)
    }

    /// What was not known, in the order in which the script asked for it.
    var met: [PlannedUnknown] { state.withLock { $0.met } }

    /// Where the script went by something that is not known; nil where it has not.
    var ended: PlannedUnknown? { state.withLock { $0.ended } }

    /// The plan ends here; only the first such place counts.
    func end(_ what: String, at place: String?) {
        let unknown = PlannedUnknown(
            what: TextCleaner.clean(String(what.prefix(120))),
            place: place.map { TextCleaner.clean(String($0.prefix(160))) })
        state.withLock { state in
            if state.ended == nil { state.ended = unknown }
        }
    }

    // MARK: - Texts

    private static let instrumenter = LuaInstrumenter(
        truth: "__pvelua_truth", value: "__pvelua_value", join: "__pvelua_join")

    /// A text that asks of everything it goes by whether it is known.
    func marked(_ source: [UInt8], as form: LuaInstrumenter.Form) -> [UInt8] {
        Self.instrumenter.instrumented(source, as: form)
    }

    // MARK: - Arguments

    /// The arguments with guesses in the place of what is not known.
    ///
    /// - Throws: ``Failure`` where the call cannot be planned with them; the plan has ended then.
    func known(
        _ values: [PackedValue], for operation: Operation, at place: String?
    ) throws(Failure) -> (values: [PackedValue], unknowns: [UnknownArgument]) {
        if let ended { throw Self.failure(ended) }
        var found: [UnknownArgument] = []
        var result: [PackedValue] = []
        for (index, value) in values.enumerated() {
            result.append(try known(value, operation, [String(index + 1)], place, &found))
        }
        return (result, found)
    }

    private func known(
        _ value: PackedValue, _ operation: Operation, _ path: [String], _ place: String?,
        _ found: inout [UnknownArgument]
    ) throws(Failure) -> PackedValue {
        switch value {
        case .array(let elements):
            var result: [PackedValue] = []
            for (index, element) in elements.enumerated() {
                result.append(try known(element, operation, path + [String(index + 1)], place, &found))
            }
            return .array(result)
        case .map(let pairs):
            var result: [PackedValue.Pair] = []
            // Of a record that stands for a volume nothing but its name is looked at.
            let isVolume = path.count == 1 && operation.takesVolume && value["volid"] != nil
            for pair in pairs where !isVolume || pair.key == "volid" || !pair.value.isUnknown {
                result.append(.init(pair.key, try known(pair.value, operation, path + [pair.key], place, &found)))
            }
            return .map(result)
        case .unknown(let id, let what):
            // What is only shown to people may be shown as what it is.
            if operation.onlyShows { return PackedValue("<unknown: \(what)>") }
            let entry = state.withLock { state in
                id > 0 && Int(id) <= state.entries.count ? state.entries[Int(id) - 1] : nil
            }
            guard let entry, let name = entry.name else {
                end(entry?.what ?? what, at: place)
                throw Self.failure(ended ?? PlannedUnknown(what: what, place: place))
            }
            found.append(
                UnknownArgument(
                    path: path, guess: entry.guess,
                    reference: entry.operation.map { ResultReference(operation: $0, field: name) }))
            return PackedValue(entry.guess)
        default: return value
        }
    }

    /// What a script and a person are told of a plan that has ended.
    static func failure(_ unknown: PlannedUnknown) -> Failure {
        Failure(
            .unsupported, "the plan ends here: \(unknown.what) is known only when the script really runs",
            hint: "a plan covers what comes before; let a later script go by what this one finds out")
    }

    // MARK: - Answers

    /// The answer with marks in the place of what the simulator cannot know.
    func marked(
        _ answer: JSONValue, of operation: Operation, given: [PackedValue], planned: Int?, at place: String?
    ) -> JSONValue {
        let origin = UnknownOrigin(
            operation: operation, given: UnknownOrigin.texts(of: given), planned: planned, place: place)
        return state.withLock { state in
            var marking = UnknownMarking(key: key, origin: origin, state: state)
            defer { state = marking.state }
            return marking.marked(answer)
        }
    }
}

extension PackedValue {
    fileprivate var isUnknown: Bool { if case .unknown = self { true } else { false } }
}

extension Operation {
    /// Whether it is called with the name of a volume or with a record that has one.
    fileprivate var takesVolume: Bool {
        parameters.contains { if case .volume = $0.type { true } else { false } }
    }

    /// Whether it does nothing with what it is given but show it.
    fileprivate var onlyShows: Bool { ["log", "table", "report", "fail"].contains(name) }
}

// SPDX-License-Identifier: Apache-2.0
public import Model
internal import Wire

/// One parameter that a runbook's header declares.
public struct RunbookParameter: Sendable {
    /// What `--param` calls it.
    public var name: String
    /// What it may be.
    public var kind = ParameterKind.string
    /// Whether it is a list of those, with commas between them.
    public var isList = false
    /// Whether a run without it is refused.
    public var isRequired = false
    /// Whether its value is told to nobody and kept nowhere.
    public var isSecret = false
    /// What it is for.
    public var help: String?
    /// What it is where it is not given; nil for nothing.
    var standard: PackedValue?
    /// The only values that there are; nil for any.
    var choices: [PackedValue]?
    var least: Bound?
    var most: Bound?
    /// What its text must look like.
    public var pattern: Glob?
    /// File, line and column of its declaration.
    public var place: String

    /// A bound, and how it was written.
    struct Bound: Sendable {
        var value: PackedValue
        var text: String
    }

    /// The default, the choices and the bounds as a person reads them.
    public var texts = Texts()

    /// Values as they stand in the header.
    public struct Texts: Sendable {
        /// The default.
        public var standard: String?
        /// The only values.
        public var choices: [String]?
        /// The least.
        public var least: String?
        /// The most.
        public var most: String?
    }

    init(name: String, place: String) {
        self.name = name
        self.place = place
    }

    /// What is to be written behind `NAME=`: `duration`, `tag,tag…`.
    public var form: String { isList ? "\(kind.rawValue),…" : kind.rawValue }

    // MARK: - Values

    /// The value that the script is to have.
    ///
    /// - Parameter text: What `--param` gave.
    /// - Throws: ``WrongValue`` where it is not what was declared.
    func value(_ text: String) throws(WrongValue) -> PackedValue {
        guard isList else { return try single(text) }
        guard !text.isEmpty else { return .array([]) }
        var elements: [PackedValue] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            elements.append(try single(String(part)))
        }
        return .array(elements)
    }

    private func single(_ text: String) throws(WrongValue) -> PackedValue {
        let shown = isSecret ? nil : TextExcerpt.of(text)
        guard let value = kind.value(text) else {
            throw WrongValue(text: "must be \(kind.meaning)" + (shown.map { ", not `\($0)`" } ?? ""))
        }
        try check(value, shown)
        return value
    }

    /// Holds a value of the right kind against what else was declared.
    func check(_ value: PackedValue, _ shown: String?) throws(WrongValue) {
        func wrong(_ text: String) -> WrongValue { WrongValue(text: text + (shown.map { ", not `\($0)`" } ?? "")) }
        if let choices, !choices.contains(value) {
            let known = texts.choices ?? []
            var error = wrong("must be one of " + known.joined(separator: ", "))
            if kind.isText { error.meant = shown }
            error.known = known
            throw error
        }
        if let least, let order = PackedValue.order(value, least.value), order < 0 {
            throw wrong("must be at least \(least.text)")
        }
        if let most, let order = PackedValue.order(value, most.value), order > 0 {
            throw wrong("must be at most \(most.text)")
        }
        if let pattern, let text = value.text, !pattern.matches(text) {
            throw wrong("must look like \(pattern.pattern)")
        }
    }
}

/// Why a value is not what a parameter takes, as it follows the parameter's name.
struct WrongValue: Error {
    var text: String
    /// What was given, where a known word may have been meant.
    var meant: String?
    var known: [String] = []
}

extension PackedValue {
    /// Below zero, zero or above it, as one number is below, at or above another; nil where one of them is no number.
    static func order(_ left: PackedValue, _ right: PackedValue) -> Int? {
        if case .integer(let left) = left, case .integer(let right) = right {
            return left < right ? -1 : left > right ? 1 : 0
        }
        guard let left = left.anyNumber, let right = right.anyNumber else { return nil }
        return left < right ? -1 : left > right ? 1 : 0
    }
}

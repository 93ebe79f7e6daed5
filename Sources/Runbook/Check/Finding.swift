// SPDX-License-Identifier: Apache-2.0

/// Something that is wrong in a script, found without running it.
public struct Finding: Sendable, Hashable {
    /// How sure it is that this goes wrong.
    public enum Severity: String, Sendable, CaseIterable {
        /// It fails as soon as it is reached.
        case error
        /// It runs, and is hardly what was meant.
        case warning
    }

    /// What is looked for.
    public enum Rule: String, Sendable, CaseIterable {
        /// The text is no Lua.
        case syntax
        /// `pve`, an object or a library has nothing of that name.
        case name
        /// A call is given what it does not take.
        case argument
        /// A global variable has no value, or should be local.
        case global
        /// The runbook's header is wrong, or forbids what the text does.
        case header
        /// `pve.params` holds nothing of that name.
        case parameter
        /// A module is missing, or needs itself.
        case module
        /// A local variable is not used, or hides `pve`.
        case local
    }

    /// How sure it is.
    public var severity: Severity
    /// What was looked for.
    public var rule: Rule
    /// What is wrong, in one line.
    public var message: String
    /// What to do about it.
    public var hint: String?
    /// A line of Lua that does it right, from the reference; it runs on the demo cluster.
    public var example: String?
    /// The file, as it was named.
    public var file: String
    /// The line, from 1.
    public var line: Int
    /// The character in the line, from 1.
    public var column: Int
    /// The line's text, free of control characters and cut where it is long.
    public var text: String
    /// What of that text is meant, in characters; nil where it was cut off.
    public var mark: Range<Int>?
}

/// A finding before its place is counted.
struct RawFinding {
    var severity = Finding.Severity.error
    var rule: Finding.Rule
    var message: String
    var hint: String?
    var example: String?
    /// The bytes that are meant.
    var range: Range<Int>

    init(
        _ rule: Finding.Rule, _ message: String, hint: String? = nil, example: String? = nil, at range: Range<Int>,
        severity: Finding.Severity = .error
    ) {
        self.severity = severity
        self.rule = rule
        self.message = message
        self.hint = hint
        self.example = example
        self.range = range
    }
}

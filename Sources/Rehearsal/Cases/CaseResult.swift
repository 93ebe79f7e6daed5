// SPDX-License-Identifier: Apache-2.0
public import JSON

/// A case as its file declares it.
public struct DeclaredCase: Sendable, Hashable {
    /// The names of the `describe` around it, outermost first.
    public var path: [String]
    /// Its own name.
    public var name: String
    /// Where it stands, as `nightly_test.lua:12`.
    public var place: String?
    /// Whether it is only announced.
    public var isPending: Bool

    /// A longer name is cut.
    private static let longest = 300

    /// All names, as filters and reports show them.
    public var title: String { (path + [name]).joined(separator: " › ") }

    init?(_ json: JSONValue) {
        guard let name = json["name"]?.string else { return nil }
        self.name = String(name.prefix(Self.longest))
        path = (json["path"]?.array ?? []).compactMap { $0.string.map { String($0.prefix(Self.longest)) } }
        place = json["where"]?.string
        isPending = json["skip"] == .bool(true)
    }
}

/// Something that went wrong in a test file.
public struct TestFailure: Sendable, Hashable {
    /// What was going on: `case`, `before_each`, `after_each`, `cluster`, `file` or `syntax`.
    public var phase: String
    /// What went wrong, in one sentence.
    public var message: String
    /// Where, as `nightly_test.lua:12`.
    public var place: String?
    /// The kind of the error, where it was one.
    public var kind: String?
    /// What to do about it.
    public var hint: String?
    /// The two sides of a comparison; nil where nothing was compared.
    public var comparison: Comparison?

    /// What was wanted and what there was.
    public struct Comparison: Sendable, Hashable {
        /// The matcher's name without `to_`: `equal`.
        public var matcher: String
        /// Whether it was to be otherwise.
        public var isNegated: Bool
        /// What there was.
        public var actual: JSONValue
        /// What was wanted; nil for a matcher that takes nothing.
        public var expected: JSONValue?
        /// What the matcher says besides.
        public var note: String?
    }

    init(phase: String, message: String, place: String?) {
        self.phase = phase
        self.message = message.count > 2000 ? message.prefix(2000) + "…" : message
        self.place = place
    }
}

/// What became of one case.
public struct CaseResult: Sendable {
    /// The case.
    public var declared: DeclaredCase
    /// What went wrong; empty where it passed or is pending.
    public var failures: [TestFailure] = []
    /// Real seconds.
    public var seconds = 0.0
    /// The changes that its runbooks sent, for reports.
    public var sent: [SentRequest] = []
    /// What the case itself printed, cut where it is long.
    public var output = ""

    /// Whether nothing went wrong; a pending case is none that passed.
    public var isPassed: Bool { failures.isEmpty && !declared.isPending }
}

/// What became of one test file.
public struct FileResult: Sendable {
    /// The file, as the person named it.
    public var file: String
    /// Its text, to show lines of.
    public var source: [UInt8]
    /// What kept the whole file from being run; nil where its cases ran.
    public var failure: TestFailure?
    /// Its cases that were chosen, in order.
    public var cases: [CaseResult] = []
    /// Real seconds.
    public var seconds = 0.0
}

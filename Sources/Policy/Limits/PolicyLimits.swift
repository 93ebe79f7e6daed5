// SPDX-License-Identifier: Apache-2.0
public import Model

/// One bound of a policy's `limits`.
public struct Limit: Hashable, Sendable {
    /// Over what it counts.
    public enum Span: String, Hashable, Sendable, CaseIterable {
        /// One run.
        case run
        /// The last sixty minutes of all runs of the same kind of caller.
        case hour
    }

    /// What it counts.
    public enum Measure: Hashable, Sendable {
        /// Changes.
        case changes
        /// Guests that are changed, each once.
        case guests
        /// Changes whose action matches a pattern; one that is done to several guests counts for each of them.
        case action(Glob)
        /// The guests of one pool that are changed, in per cent of those it had when the run began.
        case pool
        /// The first guests, which must have come out well before another is changed.
        case canary
    }

    /// Over what it counts.
    public var span: Span
    /// What it counts.
    public var measure: Measure
    /// The most that there may be; for a canary, how many guests it is.
    public var most: Int
    /// The callers it is about; nil for all.
    public var caller: Caller?
    /// Whether a runbook's header sets it, and no policy.
    public var isOfRunbook = false

    /// Makes a limit.
    public init(_ span: Span, _ measure: Measure, most: Int, caller: Caller? = nil) {
        self.span = span
        self.measure = measure
        self.most = most
        self.caller = caller
    }

    /// Where it stands in the file, such as `limits.run.changes` or `limits.callers.agent.hour.guests`.
    public var name: String {
        isOfRunbook
            ? "limits.\(key)"
            : "limits." + (caller.map { "callers.\($0.rawValue)." } ?? "") + "\(span.rawValue).\(key)"
    }

    private var key: String {
        switch measure {
        case .changes: "changes"
        case .guests: "guests"
        case .action(let glob): glob.pattern
        case .pool: "pool"
        case .canary: "canary"
        }
    }
}

/// A bound of what a script's own process may use, such as `memory: 64MiB`.
public struct ScriptBound: Hashable, Sendable {
    /// Such as `memory`.
    public var name: String
    /// Such as `64MiB`.
    public var value: String
    /// File, line and column.
    public var place: String
}

/// How much may be done: the `limits` of a policy, all of which hold.
public struct PolicyLimits: Hashable, Sendable {
    /// Each bound, in the order written.
    public var all: [Limit]

    /// What a script itself may use, as it is written.
    public var script: [ScriptBound]

    /// Makes limits; without arguments there are none.
    public init(_ all: [Limit] = [], script: [ScriptBound] = []) {
        self.all = all
        self.script = script
    }

    /// Both of two: whatever is tighter decides.
    func tightened(by other: PolicyLimits) -> PolicyLimits {
        PolicyLimits(all + other.all, script: script + other.script)
    }

    /// Those that hold for a caller.
    public func holding(for caller: Caller) -> [Limit] { all.filter { $0.caller == nil || $0.caller == caller } }

    /// Whether any of them goes by the pools of guests.
    public var goByPools: Bool { all.contains { $0.measure == .pool } }
}

// SPDX-License-Identifier: Apache-2.0
public import Model

/// A run in one line: its head, how many of its changes came how far, and whether anybody is at it.
public struct RunSummary: Hashable, Sendable {
    /// The run's name.
    public var id: String
    /// How many characters of the name tell it from every other run's.
    public var distinctLength: Int
    /// The cluster it was begun on.
    public var cluster: String
    /// The script's name.
    public var script: String
    /// On whose behalf it ran.
    public var caller: Caller
    /// Who began it; nil in what an older pvelua wrote.
    public var account: String?
    /// When it began, in seconds since 1970.
    public var started: Double
    /// When it ended; nil for one that has no end yet.
    public var ended: Double?
    /// The exit status it ended with.
    public var status: Int?
    /// How often it was resumed.
    public var resumes: Int
    /// How it was asked to end.
    public var cancel: CancelWish?
    /// Whether a living process holds it.
    public var isHeld: Bool
    /// Whether it has no terminal and keeps its output in the journal.
    public var isDetached: Bool
    /// Whether all is kept that it takes to go on with it.
    public var isResumable: Bool
    /// Whether its cluster is gone, which was in its process.
    public var isGone = false
    /// Whether its worker died, which another one may not do.
    public var isAccident = false
    /// Whether it has ended, and has undone what it did.
    public var isUndone = false
    /// How many of its changes are in each state.
    public var changes: [StepState: Int]
    /// When a change was last begun or ended.
    public var lastActivity: Double?
}

/// Which runs are looked for.
public struct RunFilter: Hashable, Sendable {
    /// How many at most.
    public var limit = 20
    /// Those begun on this cluster.
    public var cluster: String?
    /// Those begun at or after this moment, in seconds since 1970.
    public var since: Double?
    /// Those that stand so.
    public var standing: Standing?
    /// The one of this name.
    public var id: String?

    /// How a run stands, coarsely.
    public enum Standing: String, Sendable, CaseIterable {
        /// A living process is at it.
        case running
        /// It has no end, and nobody is at it.
        case dead
        /// It ended well.
        case ended
        /// It ended otherwise.
        case failed
        /// It has a change of which nobody knows whether it happened.
        case inDoubt = "in-doubt"
    }

    /// Makes a filter that lets everything through.
    public init() {}
}

/// How much a run has kept besides its steps.
public struct RunKeepings: Hashable, Sendable {
    /// How many answered calls a resumed run is not to ask again.
    public var calls = 0
    /// The names of the modules it loaded.
    public var modules: [String] = []
    /// The digest of the plan that it follows.
    public var plan: String?
    /// How many bytes of output it has kept.
    public var outputBytes = 0

    /// Makes an empty one.
    public init() {}
}

/// A journal that people look runs up in; nothing here takes the lock that writers need.
public protocol RunArchive: JournalStore {
    /// The runs that pass a filter, newest first, each with how its changes stand.
    func summaries(_ filter: RunFilter) async throws(Failure) -> [RunSummary]
    /// The names that begin with a text, newest first.
    func runs(beginning prefix: String, limit: Int) async throws(Failure) -> [RunSummary]
    /// How much a run has kept.
    func keepings(of run: String) async throws(Failure) -> RunKeepings
    /// What the audit tells of a run besides its steps' states, oldest first.
    func auditRows(of run: String, kinds: [AuditEvent.Kind]) async throws(Failure) -> [AuditRow]
}

// SPDX-License-Identifier: Apache-2.0
public import Journal
public import Model
public import Policy
public import Proxmox
public import Secrets
public import Templates

/// The world that a run lives in; everything it may touch is passed in here.
public struct RunEnvironment: Sendable {
    /// The cluster's name in the configuration.
    public internal(set) var clusterName: String
    /// The name of the cluster that the run was started on.
    public let ownCluster: String
    /// The other clusters that its script may name.
    public var clusters = ClusterDirectory.none
    /// The way to the cluster.
    public var client: ProxmoxClient
    /// What may be done.
    public var policy: PolicySet
    /// Opens the place where intents, outcomes and counters are kept.
    public var openJournal: @Sendable () throws(Failure) -> any JournalStore
    /// Who is asked.
    public var consent: any ConsentGiver
    /// Who is asking.
    public var caller: Caller
    /// Who is asking, such as `alice@ws1`, for the journal.
    public var account = "unknown"
    /// Where output goes.
    public var output: any RunOutput
    /// Where `require` looks.
    public var modules: ModuleFinder
    /// The clock that waiting goes by.
    public var clock: any ClientClock
    /// The time of day, in seconds since 1970.
    public var now: @Sendable () -> Double
    /// The time of day that the script is told and names are made of; the same unless a plan says otherwise.
    public var scriptTime: @Sendable () -> Double
    /// What else happens to each change: a plan is made, or one is followed.
    public var oversight = Oversight.none
    /// Bounds and conventions.
    public var settings: RunSettings
    /// Makes an id for a run, unique and ordered by time.
    public var makeID: @Sendable () -> String
    /// What the cluster's own API takes; nil where raw calls are left to the server to check.
    public var schema: SchemaProvider?
    /// Logins that the audit is yet to be told of.
    public var logins = LoginBook()
    /// All secrets that are known, to which a script's calls add; nothing of them is written down.
    public var secrets = SecretBook()
    /// Signs the audit at the end of a run that changed something; nil where there is no key for it.
    public var signAudit: (@Sendable (any JournalStore) async -> Void)?
    /// What guests are made from.
    public var templates = TemplateShelf.shipped

    /// Makes an environment.
    public init(
        clusterName: String, client: ProxmoxClient, policy: PolicySet,
        openJournal: @escaping @Sendable () throws(Failure) -> any JournalStore,
        consent: any ConsentGiver, caller: Caller, output: any RunOutput, modules: ModuleFinder,
        clock: any ClientClock, now: @escaping @Sendable () -> Double, settings: RunSettings,
        makeID: @escaping @Sendable () -> String
    ) {
        self.clusterName = clusterName
        ownCluster = clusterName
        self.client = client
        self.policy = policy
        self.openJournal = openJournal
        self.consent = consent
        self.caller = caller
        self.output = output
        self.modules = modules
        self.clock = clock
        self.now = now
        scriptTime = now
        self.settings = settings
        self.makeID = makeID
    }
}

/// Bounds and conventions of a run.
public struct RunSettings: Sendable {
    /// The version of pvelua, for `pve.version`.
    public var version: String
    /// How long to wait for a task where the script says nothing.
    public var taskTimeout: Duration = .seconds(300)
    /// How snapshots are named.
    public var snapshotNaming = SnapshotNaming.shipped
    /// Whether the worker serves many chunks, whose processor time the kernel must not count together.
    public var isInteractive = false
    /// What the worker may use.
    public var limits = WorkerLimits()
    /// The seed of the script's random numbers.
    public var seed: Int64 = 0
    /// Whether simple confirmations count as given (`--yes`).
    public var assumesYes = false
    /// What `--param` gave.
    public var parameters: [(name: String, value: String)] = []

    /// Makes settings that are the defaults.
    public init(version: String) { self.version = version }
}

/// What a worker may use before its chunk is ended.
public struct WorkerLimits: Sendable, Hashable {
    /// Bytes of Lua memory.
    public var memory = 256 << 20
    /// Seconds of processor time between two calls.
    public var processorSlice = 10.0
    /// Seconds of processor time in all.
    public var processorTotal = 60.0
    /// Calls of `pve` functions.
    public var calls = 10_000

    /// Makes limits that are the defaults.
    public init() {}
}

/// Where a run's output goes.
public protocol RunOutput: Sendable {
    /// Writes what the script printed, byte for byte.
    func write(_ bytes: [UInt8])
    /// Draws a table of these columns; one row is one record's values as text.
    func table(_ table: RunTable)
    /// Writes a line for the person who watches, not for the program that reads.
    func log(_ level: LogLevel, _ message: String)
    /// Whether something that the script printed could not be written.
    var hasLostOutput: Bool { get }
    /// Whether somebody watches the progress of tasks; reading it costs the cluster a request every two seconds.
    var showsProgress: Bool { get }
    /// Shows how far a task has come; nil takes all tasks away.
    func progress(_ progress: TaskProgress?)
    /// Takes one task away.
    func progressEnded(_ upid: UPID)
}

extension RunOutput {
    /// Nobody watches.
    public var showsProgress: Bool { false }
    /// Shows nothing.
    public func progress(_ progress: TaskProgress?) {}
    /// Shows nothing.
    public func progressEnded(_ upid: UPID) {}
}

/// A table to be drawn.
public struct RunTable: Sendable, Hashable {
    /// The columns' names.
    public var columns: [String]
    /// The rows' cells, as many as there are columns.
    public var rows: [[String]]

    /// Makes a table.
    public init(columns: [String], rows: [[String]]) {
        self.columns = columns
        self.rows = rows
    }
}

/// How grave a line of a run's log is.
public enum LogLevel: String, Sendable, CaseIterable, Comparable {
    case debug, info, warning, error

    /// Orders by gravity.
    public static func < (left: LogLevel, right: LogLevel) -> Bool {
        (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
}

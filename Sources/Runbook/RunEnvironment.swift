// SPDX-License-Identifier: Apache-2.0
public import Journal
public import Model
public import Policy
public import Proxmox
public import Secrets
public import Templates
internal import Wire

/// The world that a run lives in; everything it may touch is passed in here.
///
/// A value like any other, but no more than a pointer to copy: every frame of every call that waits holds it.
public struct RunEnvironment: Sendable {
    private final class Held: Sendable {
        let world: RunWorld
        init(_ world: RunWorld) { self.world = world }
    }

    private var held: Held
    private var world: RunWorld {
        _read { yield held.world }
    }

    /// The cluster's name in the configuration.
    public internal(set) var clusterName: String {
        get { world.clusterName }
        set { change { $0.clusterName = newValue } }
    }
    /// The name of the cluster that the run was started on.
    public var ownCluster: String { world.ownCluster }
    /// The other clusters that its script may name.
    public var clusters: ClusterDirectory {
        get { world.clusters }
        set { change { $0.clusters = newValue } }
    }
    /// The way to the cluster.
    public var client: ProxmoxClient {
        get { world.client }
        set { change { $0.client = newValue } }
    }
    /// What may be done.
    public var policy: PolicySet {
        get { world.policy }
        set { change { $0.policy = newValue } }
    }
    /// Opens the place where intents, outcomes and counters are kept.
    public var openJournal: @Sendable () throws(Failure) -> any JournalStore {
        get { world.openJournal }
        set { change { $0.openJournal = newValue } }
    }
    /// Who is asked.
    public var consent: any ConsentGiver {
        get { world.consent }
        set { change { $0.consent = newValue } }
    }
    /// Who is asking.
    public var caller: Caller {
        get { world.caller }
        set { change { $0.caller = newValue } }
    }
    /// Who is asking, such as `alice@ws1`, for the journal.
    public var account: String {
        get { world.account }
        set { change { $0.account = newValue } }
    }
    /// Where output goes.
    public var output: any RunOutput {
        get { world.output }
        set { change { $0.output = newValue } }
    }
    /// Where `require` looks.
    public var modules: ModuleFinder {
        get { world.modules }
        set { change { $0.modules = newValue } }
    }
    /// The clock that waiting goes by.
    public var clock: any ClientClock {
        get { world.clock }
        set { change { $0.clock = newValue } }
    }
    /// The time of day, in seconds since 1970.
    public var now: @Sendable () -> Double {
        get { world.now }
        set { change { $0.now = newValue } }
    }
    /// The time of day that the script is told and names are made of; the same unless a plan says otherwise.
    public var scriptTime: @Sendable () -> Double {
        get { world.scriptTime }
        set { change { $0.scriptTime = newValue } }
    }
    /// What else happens to each change: a plan is made, or one is followed.
    public var oversight: Oversight {
        get { world.oversight }
        set { change { $0.oversight = newValue } }
    }
    /// Bounds and conventions.
    public var settings: RunSettings {
        get { world.settings }
        set { change { $0.settings = newValue } }
    }
    /// Makes an id for a run, unique and ordered by time.
    public var makeID: @Sendable () -> String {
        get { world.makeID }
        set { change { $0.makeID = newValue } }
    }
    /// What the cluster's own API takes; nil where raw calls are left to the server to check.
    public var schema: SchemaProvider? {
        get { world.schema }
        set { change { $0.schema = newValue } }
    }
    /// Logins that the audit is yet to be told of.
    public var logins: LoginBook {
        get { world.logins }
        set { change { $0.logins = newValue } }
    }
    /// All secrets that are known, to which a script's calls add; nothing of them is written down.
    public var secrets: SecretBook {
        get { world.secrets }
        set { change { $0.secrets = newValue } }
    }
    /// Signs the audit at the end of a run that changed something; nil where there is no key for it.
    public var signAudit: (@Sendable (any JournalStore) async -> Void)? {
        get { world.signAudit }
        set { change { $0.signAudit = newValue } }
    }
    /// What guests are made from.
    public var templates: TemplateShelf {
        get { world.templates }
        set { change { $0.templates = newValue } }
    }
    /// Answers what a test file asks of its simulated cluster; nil for every other script.
    public var rehearsal: (any RehearsalDesk)? {
        get { world.rehearsal }
        set { change { $0.rehearsal = newValue } }
    }
    /// Is told which lines ran; nil where nobody counts them.
    public var coverage: (any CoverageSink)? {
        get { world.coverage }
        set { change { $0.coverage = newValue } }
    }

    /// Makes an environment.
    public init(
        clusterName: String, client: ProxmoxClient, policy: PolicySet,
        openJournal: @escaping @Sendable () throws(Failure) -> any JournalStore,
        consent: any ConsentGiver, caller: Caller, output: any RunOutput, modules: ModuleFinder,
        clock: any ClientClock, now: @escaping @Sendable () -> Double, settings: RunSettings,
        makeID: @escaping @Sendable () -> String
    ) {
        held = Held(
            RunWorld(
                clusterName: clusterName, ownCluster: clusterName, client: client, policy: policy,
                openJournal: openJournal, consent: consent, caller: caller, output: output, modules: modules,
                clock: clock, now: now, scriptTime: now, settings: settings, makeID: makeID))
    }

    private mutating func change(_ make: (inout RunWorld) -> Void) {
        var world = held.world
        make(&world)
        held = Held(world)
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
    /// Whether the cluster is gone with this process, so that no other one can go on.
    public var clusterIsPassing = false
    /// What `--param` gave, as text.
    public var parameters: [(name: String, value: String)] = []
    /// What the runbook says of itself; nil where it has no header, or none that was read.
    public internal(set) var header: RunbookHeader?
    /// The parameters as the header has them; nil where there is none.
    var values: [PackedValue.Pair]?

    /// Makes settings that are the defaults.
    public init(version: String) { self.version = version }
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

// SPDX-License-Identifier: Apache-2.0

/// One rule of the monitor: what to look for, where, and when to speak.
public struct AlertRule: Hashable, Sendable {
    /// The rule's name, unique among the rules; alerts are known by it.
    public var id: String
    /// What it looks for.
    public var condition: AlertCondition
    /// How grave its alerts are.
    public var severity: AlertSeverity
    /// How many seconds the condition must hold before an alert fires.
    public var hold = 0.0
    /// How many seconds it must be over before the alert is called resolved.
    public var calm = 0.0
    /// After how many seconds an alert that goes on is told again; nil for never.
    public var repeats: Double?
    /// The guests it looks at.
    public var guests = GuestSelector()
    /// The guests among them that it leaves out; nil for none.
    public var except: GuestSelector?
    /// The nodes it looks at; empty for all.
    public var nodes: [Glob] = []
    /// The storages it looks at; empty for all.
    public var storages: [Glob] = []

    /// Makes a rule.
    public init(
        _ id: String, _ condition: AlertCondition, severity: AlertSeverity = .warning, hold: Double = 0,
        repeats: Double? = nil
    ) {
        self.id = id
        self.condition = condition
        self.severity = severity
        self.hold = hold
        self.repeats = repeats
    }

    /// Whether it looks at a node.
    public func covers(node: String) -> Bool { nodes.isEmpty || nodes.contains { $0.matches(node) } }
    /// Whether it looks at a storage.
    public func covers(storage: String) -> Bool { storages.isEmpty || storages.contains { $0.matches(storage) } }
}

/// Alerts that nobody wants to hear of for a while; they are watched all the same.
public struct AlertSilence: Hashable, Sendable {
    /// The rules it is about; empty for all.
    public var rules: [Glob] = []
    /// The guests it is about; nil where it is not about guests.
    public var guests: GuestSelector?
    /// The nodes it is about, with what is on them; empty for all.
    public var nodes: [Glob] = []
    /// The storages it is about; empty where it is not about storages.
    public var storages: [Glob] = []
    /// When it begins, in seconds since 1970; nil for long ago.
    public var from: Double?
    /// When it ends, in seconds since 1970; nil for never.
    public var until: Double?

    /// Silences everything.
    public init() {}

    /// Whether it holds at a moment.
    public func holds(at time: Double) -> Bool { (from ?? time) <= time && time < (until ?? .infinity) }
}

/// What the monitor is told to do.
public struct MonitorPlan: Hashable, Sendable {
    /// How many seconds lie between the beginnings of two rounds.
    public var interval: Double
    /// For how many seconds backups, snapshots, certificates and guests' configurations that were read are good enough.
    public var slowInterval: Double
    /// The rules, in the order written.
    public var rules: [AlertRule]
    /// What is not to be told.
    public var silences: [AlertSilence]

    /// Makes a plan.
    public init(
        interval: Double = 60, slowInterval: Double = 900, rules: [AlertRule], silences: [AlertSilence] = []
    ) {
        self.interval = interval
        self.slowInterval = slowInterval
        self.rules = rules
        self.silences = silences
    }

    /// How often an alert that goes on is told again unless a rule says otherwise: every four hours.
    public static let usualRepeat = 4.0 * 3600

    /// The rules that hold where the configuration has no section `monitor`.
    public static let shipped = MonitorPlan(
        rules: [
            AlertRule("nodes", .nodeOffline, severity: .critical, hold: 60, repeats: usualRepeat),
            AlertRule("quorum", .noQuorum, severity: .critical, repeats: usualRepeat),
            AlertRule("storages", .storageAbove(AlertThreshold(90, clear: 85)), hold: 120, repeats: usualRepeat),
            AlertRule("storages-lost", .storageUnavailable, hold: 300, repeats: usualRepeat),
            AlertRule("memory", .memoryAbove(AlertThreshold(95, clear: 90)), hold: 600, repeats: usualRepeat),
            AlertRule("tasks", .taskFailed(types: [], within: 86_400), repeats: 86_400),
            AlertRule("certificates", .certificateExpires(14 * 86_400), repeats: 86_400),
        ] + always)

    /// The rules that are always there, unless the configuration has its own of their kind: a monitor that sees nothing must
    /// not look like one that sees nothing wrong.
    public static let always = [
        AlertRule("cluster-unreachable", .clusterUnreachable, severity: .critical, repeats: usualRepeat),
        AlertRule("cannot-see", .cannotSee, hold: 900, repeats: 86_400),
    ]
}

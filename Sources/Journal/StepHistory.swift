// SPDX-License-Identifier: Apache-2.0
public import Model

/// What was begun before a step: what limits are counted from.
///
/// Steps that certainly did not happen are not among it, nor are first attempts that a second one took the place of.
public struct StepHistory: Hashable, Sendable {
    /// One step, as far as it counts.
    public struct Entry: Hashable, Sendable {
        /// The cluster it went to; nil only in what an older pvelua wrote of a run that is gone.
        public var cluster: String?
        /// What it does.
        public var actions: Set<Action>
        /// The guests it touches.
        public var guests: [Int]
        /// How far it came.
        public var state: StepState
    }

    /// The steps of the run, in order.
    public var run: [Entry]
    /// The steps of the last hour, of all runs of the same kind of caller, this one's among them.
    public var hour: [Entry]
}

/// Whether a step may be begun, asked in the transaction that records it.
public struct StepAdmission: Sendable {
    /// Whether the answer hangs on the steps of the run; without it ``StepHistory/run`` is empty.
    public var looksAtRun: Bool
    /// Whether it hangs on those of the last hour; without it ``StepHistory/hour`` is empty.
    public var looksAtHour: Bool
    /// Returns where the step may be begun.
    public var admit: @Sendable (StepHistory) throws(Failure) -> Void

    /// Makes one.
    public init(
        looksAtRun: Bool = true, looksAtHour: Bool = true,
        admit: @escaping @Sendable (StepHistory) throws(Failure) -> Void
    ) {
        self.looksAtRun = looksAtRun
        self.looksAtHour = looksAtHour
        self.admit = admit
    }
}

extension StepHistory {
    /// Reads what an admission hangs on.
    ///
    /// - Parameter replaced: A step of the run that is left out.
    init(
        for admission: StepAdmission, before run: String, replacing replaced: Int?, at time: Double,
        in connection: SQLiteConnection
    ) throws(SQLiteError) {
        let left = SQLiteValue(replaced ?? 0)
        self.run =
            try admission.looksAtRun
            ? connection.query(Self.runQuery, [.text(run), left]).compactMap(Entry.init) : []
        hour =
            try admission.looksAtHour
            ? connection.query(Self.hourQuery, [.real(time - 3600), .text(run), left]).compactMap(Entry.init) : []
    }

    private static let columns = "SELECT step.cluster, step.actions, step.guests, step.vmid, step.state FROM step"
    private static let counting = "step.counts = 1 AND step.state <> '\(StepState.notHappened.rawValue)'"

    static let runQuery =
        "\(columns) WHERE step.run = ?1 AND step.sequence <> ?2 AND \(counting) ORDER BY step.sequence"

    /// A step of a clock that ran ahead counts until that hour is over as well.
    static let hourQuery = """
        \(columns) JOIN run ON run.id = step.run
        WHERE step.intended > ?1 AND run.caller = (SELECT caller FROM run WHERE id = ?2) AND \(counting)
            AND NOT (step.run = ?2 AND step.sequence = ?3)
        ORDER BY step.intended
        """
}

extension StepHistory.Entry {
    fileprivate init?(_ row: SQLiteRow) {
        guard let actions = row.text(1), let state = row.text(4).flatMap(StepState.init(rawValue:)) else { return nil }
        cluster = row.text(0)
        self.actions = Set(actions.split(separator: " ").compactMap { Action(String($0)) })
        // An older pvelua wrote the one guest only.
        guests = GuestColumn.numbers(row.text(2)) ?? row.integer(3).map { [$0] } ?? []
        self.state = state
    }
}

/// How the guests of a step stand in their column: numbers with spaces between.
enum GuestColumn {
    static func text(_ guests: [Int]) -> String { guests.map(String.init).joined(separator: " ") }

    static func numbers(_ text: String?) -> [Int]? {
        text.map { $0.split(separator: " ").compactMap { Int($0) } }
    }
}

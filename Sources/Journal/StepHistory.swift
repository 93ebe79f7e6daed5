// SPDX-License-Identifier: Apache-2.0
public import Model

/// What was begun before a step: what limits are counted from.
///
/// Steps that certainly did not happen are not among it, nor are second attempts at what was counted already.
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

extension StepHistory {
    /// Reads it in the transaction that is about to record a step.
    init(before run: String, at time: Double, in connection: SQLiteConnection) throws(SQLiteError) {
        let columns = "SELECT step.cluster, step.actions, step.guests, step.vmid, step.state FROM step"
        let counting = "step.counts = 1 AND step.state <> '\(StepState.notHappened.rawValue)'"
        self.run = try connection.query(
            "\(columns) WHERE step.run = ? AND \(counting) ORDER BY step.sequence", [.text(run)]
        ).compactMap(Entry.init)
        hour = try connection.query(
            """
            \(columns) JOIN run ON run.id = step.run
            WHERE step.intended > ? AND run.caller = (SELECT caller FROM run WHERE id = ?) AND \(counting)
            ORDER BY step.intended
            """, [.real(time - 3600), .text(run)]
        ).compactMap(Entry.init)
    }
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

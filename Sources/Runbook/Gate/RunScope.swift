// SPDX-License-Identifier: Apache-2.0
internal import Hashing
internal import JSON
public import Journal
public import Model
internal import Policy
internal import Proxmox

/// One run: its id, its record in the journal and what it has used of its limits.
///
/// The run is recorded when its first change is about to be made; the journal is opened then or when a number is drawn. A
/// run that only looks leaves no trace and needs no disk.
public actor RunScope {
    /// The run's id in the journal.
    public nonisolated let id: String
    /// The other clusters that it has come to use.
    nonisolated let clusters: ClusterBook
    /// What their guests were before this run changed anything.
    nonisolated let starts: StartBook
    /// What is not known because the run is only planned; nil where it is real.
    nonisolated let unknowns: UnknownBook?
    /// Keeps what was sent from being given up when the run is interrupted.
    nonisolated let halt = RunHalt()
    let environment: RunEnvironment
    private let script: Chunk?
    /// Where the script is and what it goes by; nil for what cannot be run again.
    private let source: RunSource?
    private var store: (any JournalStore)?
    private(set) var recording: Swift.Task<Failure?, Never>?
    var stepOfTask: [ClusterTask: PendingStep] = [:]
    var unsettled: [Int: Unsettled] = [:]
    private var told: Set<String> = []
    private var numbers: Set<String> = []
    var notes: [Int: StepNote] = [:]
    private var compensations = CompensationBook()
    private var configurations: [(digest: String, config: JSONObject)] = []
    var pending = JournalBatch()
    /// What an earlier process was told in this run.
    var tape = CallTape()
    /// Finds out what became of a step of an earlier process.
    private(set) var settling: RunResumption.StepSettling?
    /// What an earlier process changed; nil in a run that does not go on.
    private var earlier: EarlierGuests?
    var polled: [ClusterTask: Result<TaskOutcome, Failure>] = [:]
    /// Which guests its calls are at.
    nonisolated let turns = GuestTurns()
    /// Which of its changes are on their way.
    nonisolated let departures = Departures()

    /// Makes the scope of a new run; a REPL session has no one script.
    ///
    /// - Parameter source: Where the script is; nil for what nobody can resume.
    public init(id: String, environment: RunEnvironment, script: Chunk?, source: RunSource? = nil) {
        self.init(id, environment, script, source, resuming: nil, store: nil)
    }

    /// Makes the scope of a run that goes on, which this process holds.
    public init(
        resuming resumption: RunResumption, environment: RunEnvironment, script: Chunk, journal: any JournalStore
    ) {
        self.init(resumption.record.id, environment, script, RunSource(), resuming: resumption, store: journal)
    }

    private init(
        _ id: String, _ environment: RunEnvironment, _ script: Chunk?, _ source: RunSource?,
        resuming resumption: RunResumption?, store: (any JournalStore)?
    ) {
        self.id = id
        self.environment = environment
        self.script = script
        self.source = source
        self.store = store
        clusters = ClusterBook(environment)
        starts = StartBook(resumption?.memory.starts ?? [])
        if case .planning = environment.oversight { unknowns = UnknownBook() } else { unknowns = nil }
        if let resumption {
            recording = Swift.Task { nil }
            tape = CallTape(resumption)
            settling = resumption.settle
            earlier = EarlierGuests(resumption.steps, cluster: resumption.record.cluster)
        }
    }

    /// Whether what calls are answered is kept for a process that may have to go on.
    nonisolated var isRecorded: Bool { source != nil && unknowns == nil }

    /// The journal, opened at the first need.
    func journal() throws(Failure) -> any JournalStore {
        if let store { return store }
        let opened = try environment.openJournal()
        store = opened
        return opened
    }

    /// Refuses a change while a freeze stands, so that nobody is asked about what cannot be.
    ///
    /// - Throws: ``Failure`` of kind `policy_denied`; the journal asks again when it records the intent.
    func requireThaw(for actions: Set<Action>) async throws(Failure) {
        guard actions.contains(where: { !$0.isRead }) else { return }
        if let freeze = try await journal().standingFreeze(at: environment.now()) { throw freeze.refusal }
    }

    /// Refuses guests that have become others while nobody was at the run.
    func requireSame(_ guests: [GuestFacts], as before: [PolicyGuest], on cluster: String) throws(Failure) {
        try earlier?.require(guests, as: before, on: cluster)
    }

    /// Writes the intent of a step, durably, and the run's own row before the first one.
    ///
    /// - Parameter replaced: The failed step that this is a second attempt at, which takes its place in all counts.
    /// - Throws: ``Failure`` of kind `limit` where it would be one too many; nothing is written then. The policy's limits hold
    ///   for all clusters of the run together.
    func begin(
        _ intent: StepIntent, of change: Change, replacing replaced: Int?, on cluster: String, _ trail: CallTrail
    ) async throws(Failure) -> StepRecorder {
        let journal = try journal()
        try await record(in: journal)
        var intent = intent
        intent.cluster = cluster
        let limits = environment.policy.limits
        let judge = LimitJudge(
            limits.holding(for: environment.caller), census: limits.goByPools ? await starts.census : PoolCensus())
        pending.events += environment.logins.take()
        var batch = takePending()
        batch.starts += await starts.takeRecords()
        var carried = batch
        let events = trail.take()
        carried.events += events
        let number: Int
        do throws(Failure) {
            number = try await journal.recordIntent(
                run: id, intent, at: environment.now(), replacing: replaced,
                admission: judge.admission(of: change.counted(intent.actions, on: cluster)), carrying: carried)
        } catch {
            trail.putBack(events)
            pending = batch + pending
            tape.waiting = pending.answerBytes
            throw error
        }
        if let call = intent.call { tape.changed.insert(call) }
        let other = cluster == environment.clusterName ? nil : cluster
        notes[number] = StepNote(
            number: number, action: change.action, subject: change.subject, vmid: change.vmid, node: change.node,
            cluster: other, state: .intent, compensation: compensations.running)
        return StepRecorder(
            journal: journal, run: id, number: number, cluster: other, now: environment.now,
            note: { await self.note(number, $0, upid: $1, problem: $2) }, leave: { await self.leave($0, number) })
    }

    /// Audits, at once, what does not end in a step.
    ///
    /// - Throws: ``Failure`` of kind `config` where it cannot be written.
    func audit(_ trail: CallTrail) async throws(Failure) {
        var batch = JournalBatch()
        batch.events = trail.take()
        guard !batch.isEmpty else { return }
        batch.events = environment.logins.take() + batch.events
        try await journal().record(batch, of: id)
    }

    /// Keeps something for the journal; it is written with the next step, before that is sent.
    func keep(_ add: (inout JournalBatch) -> Void) { add(&pending) }

    private func takePending() -> JournalBatch {
        defer {
            pending = JournalBatch()
            tape.waiting = 0
        }
        return pending
    }

    private func note(_ step: Int, _ state: StepState, upid: String?, problem: String?) {
        notes[step]?.state = state
        if let upid { notes[step]?.upid = upid }
        notes[step]?.problem = problem
    }

    /// Writes the run's row now, for a run whose output is kept even if it changes nothing.
    public func beginNow() async throws(Failure) { try await record(in: journal()) }

    /// Keeps a piece of what a run without a terminal has written; one that cannot be kept is lost, and the run goes on.
    public func keepOutput(stream: Int, _ bytes: [UInt8]) async {
        do throws(Failure) { try await journal().appendOutput(id, stream: stream, bytes) } catch {}
    }

    /// Writes the run's row, once; steps that begin meanwhile wait for it.
    private func record(in journal: any JournalStore) async throws(Failure) {
        var row = RunRecord(
            id: id, cluster: environment.clusterName, script: script?.name ?? "repl",
            scriptSHA256: script.map { ContentHash.sha256($0.source) } ?? "", caller: environment.caller,
            started: environment.now(), account: environment.account)
        if let source, let script { row.origin = RunOrigin(script, source, environment) }
        let task =
            recording
            ?? Swift.Task { [client = environment.client, row] in
                var row = row
                // A cluster that does not tell who it is, is none that cannot be changed.
                if row.origin != nil { row.origin?.fingerprint = try? await client.clusterFingerprint() }
                do throws(Failure) {
                    try await journal.beginRun(row)
                    return nil
                } catch {
                    return error
                }
            }
        recording = task
        if let failure = await task.value { throw failure }
    }

    /// Takes a number for a guest that is to be made; false where another call of this run is about to use it.
    func take(_ vmid: VMID, on cluster: String) -> Bool { numbers.insert("\(cluster)/\(vmid)").inserted }

    /// Gives a number back that was taken.
    func giveBack(_ vmid: VMID, on cluster: String) { numbers.remove("\(cluster)/\(vmid)") }

    /// Remembers a configuration that the script was given; the oldest are forgotten.
    func remember(_ config: JSONObject, digest: String) {
        configurations.append((digest, config))
        if configurations.count > 64 { configurations.removeFirst() }
    }

    /// A configuration that the script was given.
    func remembered(digest: String) -> JSONObject? { configurations.last { $0.digest == digest }?.config }

    /// Whether something is asked or told for the first time in this run.
    func isFirst(_ what: String) -> Bool { told.insert(what).inserted }

    // MARK: - What a chunk has done and would undo

    /// Forgets what an earlier chunk did and registered.
    func beginChunk() {
        notes.removeAll()
        compensations = CompensationBook()
    }

    /// The changes since the chunk began, in their order; told once.
    func takeNotes() -> [StepNote] {
        defer { notes.removeAll() }
        return notes.values.sorted { $0.number < $1.number }
    }

    /// The first change since the chunk began of which nobody knows whether it happened.
    var doubtfulStep: Int? {
        notes.values.filter { [.inDoubt, .sent, .intent].contains($0.state) }.map(\.number).min()
    }

    /// How somebody has asked this run to end; nil where nobody did, and for a run that has no row yet.
    public func cancelWish() async -> CancelWish? {
        guard recording != nil, let store else { return nil }
        return try? await store.cancelWish(of: id)
    }

    /// Whether another process could go on with this run.
    public var isResumable: Bool { isRecorded && recording != nil && !environment.settings.clusterIsPassing }

    /// Writes down a function that `pve.on_failure` was given.
    func addCompensation(_ number: Int, at location: String?) throws(Failure) {
        try compensations.add(number, at: location)
    }

    /// Forgets one that was taken back.
    func dropCompensation(_ number: Int) { compensations.drop(number) }

    /// How many wait.
    var compensationCount: Int { compensations.count }

    /// The number of the one that runs.
    var running: Int? { compensations.running }

    /// How it stands with the undoing of what the chunk does.
    var undoing: UndoState {
        UndoState(isRunning: compensations.running != nil, isPrepared: compensations.count > 0)
    }

    /// Takes the newest as the one that runs.
    func beginCompensation() -> CompensationBook.Entry? { compensations.beginNewest() }

    /// Ends the undoing; gives what still waits, newest first.
    func endCompensations() -> [CompensationBook.Entry] { compensations.takeAll() }

    /// Records how the run ended, if it was recorded at all.
    ///
    /// What a run did is in its steps; that its last line cannot be written is worth a warning and no other status.
    ///
    /// - Parameters:
    ///   - isAccident: Whether it was cut off by what is not the script's doing, so that it can go on.
    ///   - isUndone: Whether what it did was undone, so that there is nothing to go on with.
    public func close(status: Int32, isAccident: Bool = false, isUndone: Bool = false) async {
        guard let recording, await recording.value == nil else { return }
        var outcome = JSONObject([("status", JSONValue(Int(status)))])
        if isAccident { outcome["accident"] = true }
        if isUndone { outcome["undone"] = true }
        do throws(Failure) {
            try await journal().endRun(id, outcome: .object(outcome), at: environment.now(), carrying: lastBatch())
            try await environment.signAudit?(journal())
        } catch {
            environment.output.log(.warning, "the end of run \(id) could not be recorded: \(error.message)")
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import LuaSource
public import Model
internal import Wire

/// A worker with its Lua state, and the host's answers to what scripts in it call.
///
/// A run evaluates one chunk; a REPL evaluates many, which share their globals.
public actor RunbookSession {
    let environment: RunEnvironment
    private let dispatcher: CallDispatcher
    let run: RunScope
    private let worker: WorkerProcess
    private var chunks: [UInt32: CheckedContinuation<ChunkOutcome, Never>] = [:]
    private var nextChunk: UInt32 = 1
    private var ready: CheckedContinuation<Failure?, Never>?
    private var readiness: Result<Void, Failure>?
    private var watch: WorkerWatch
    private var calls: [UInt32: Swift.Task<Void, Never>] = [:]
    private var failures: [UInt32: Failure] = [:]
    private var callCount = 0
    private var counter = CallCounter()
    /// What the script was ended by from outside, whatever it would have caught.
    private var stopped: Failure?
    /// Whether the script was ended since what it was told before is not known.
    private(set) var cannotGoOn = false
    private var ending: WorkerEnd?
    /// Whether somebody has interrupted what is being evaluated.
    private(set) var isInterrupted = false
    /// Whether what was done is to be undone after the interrupt.
    private var undoesAfterwards = false

    /// Makes a session of a worker that was just launched, and waits until its sandbox stands.
    ///
    /// - Throws: ``Failure`` of kind `script` where the worker refuses to run.
    public static func start(
        _ environment: RunEnvironment, worker: WorkerProcess, run: RunScope
    ) async throws(Failure) -> RunbookSession {
        let session = RunbookSession(environment, worker: worker, run: run)
        worker.send(Frame(.boot, payload: WorkerBoot.packed(environment, unknown: run.unknowns?.key).encoded()))
        await session.listen()
        if let failure = await session.waitUntilReady() {
            worker.kill(reason: "it was not ready")
            throw failure
        }
        return session
    }

    private init(_ environment: RunEnvironment, worker: WorkerProcess, run: RunScope) {
        self.environment = environment
        self.worker = worker
        self.run = run
        dispatcher = CallDispatcher(environment: environment, run: run)
        watch = WorkerWatch(limits: environment.settings.limits)
    }

    /// Runs one chunk to its end, and where it fails, what it gave to `pve.on_failure`.
    public func evaluate(_ chunk: Chunk) async -> ChunkOutcome {
        if let ending { return .failed(ScriptFailure(Failure(.script, "the worker is gone: \(ending)"))) }
        isInterrupted = false
        undoesAfterwards = false
        run.halt.reset()
        await run.beginChunk()
        var outcome = await carry(marked(chunk).packed(environment.settings.parameters))
        if let ended = run.unknowns?.ended { return .failed(ScriptFailure(ended)) }
        // What an earlier process had begun to undo must not come to a good end now.
        if case .values = outcome, let undoing = await run.recordedUndoing { outcome = .failed(ScriptFailure(undoing)) }
        let leftOpen = await run.takeLeftOpen()
        guard case .failed(let failure) = outcome else { return outcome }
        var report = failure.withPlace(in: chunk).leaving(leftOpen)
        report.account = await recover(from: report)
        return .failed(report)
    }

    /// The chunk as it is sent: where the run is only planned it asks of everything it goes by whether it is known.
    private func marked(_ chunk: Chunk) -> Chunk {
        guard let unknowns = run.unknowns else { return chunk }
        var result = chunk
        result.source = unknowns.marked(chunk.source, as: chunk.isExpression ? .expression : .file)
        return result
    }

    /// Has the worker run something, with fresh limits, and waits for the end of all that it began.
    func carry(_ what: PackedValue) async -> ChunkOutcome {
        let id = nextChunk
        nextChunk &+= 1
        failures.removeAll()
        callCount = 0
        watch.begin(now: ContinuousClock.now)
        let guardian = Swift.Task { await self.guardWorker() }
        defer { guardian.cancel() }
        worker.send(Frame(.run, id: id, payload: what.encoded()))
        let outcome = await withCheckedContinuation { chunks[id] = $0 }
        await abandonCalls()
        await tellUnknowns()
        guard let stopped else { return outcome }
        self.stopped = nil
        var failure = ScriptFailure(stopped)
        if case .failed(let report) = outcome { failure.location = report.location }
        return .failed(failure)
    }

    /// Has the plan that is made say what could not be known, and where it had to end.
    private func tellUnknowns() async {
        guard let unknowns = run.unknowns, case .planning(let recorder) = environment.oversight else { return }
        for unknown in unknowns.met { await recorder.addUnknown(unknown) }
        if let ended = unknowns.ended { await recorder.end(at: ended) }
    }

    /// Ends what the chunk left behind, and waits for it: a change in flight must have its outcome recorded.
    private func abandonCalls() async {
        let left = calls
        calls.removeAll()
        for call in left.values { call.cancel() }
        for call in left.values { await call.value }
    }

    /// Stops the running chunk; the session and its globals live on if the worker answers within a second.
    ///
    /// Nothing new is begun, and what was sent is finished; whoever interrupts again leaves it to itself.
    ///
    /// - Parameter undoing: Whether what the chunk gave to `pve.on_failure` is called afterwards.
    public func interrupt(undoing: Bool = false) async {
        if isInterrupted { return leave() }
        isInterrupted = true
        undoesAfterwards = undoing
        for change in run.halt.underWay {
            environment.output.log(.warning, "finishing \(change); press Ctrl-C again to leave it")
        }
        let interrupted = Set(chunks.keys)
        for call in calls.values { call.cancel() }
        worker.send(Frame(.interrupt))
        try? await ContinuousClock().sleep(for: .seconds(1))
        // A chunk that began meanwhile is none of this interrupt's business.
        if !interrupted.isDisjoint(with: chunks.keys) { worker.kill(reason: "it did not stop when interrupted") }
    }

    /// Ends all waiting: what was accepted stays accepted, and can be followed by a later process.
    public func leave() {
        isInterrupted = true
        undoesAfterwards = false
        for change in run.halt.underWay { environment.output.log(.warning, "leaving \(change)") }
        run.halt.leave()
        for call in calls.values { call.cancel() }
        worker.send(Frame(.interrupt))
    }

    /// Goes on after an interrupt that asks for undoing.
    func beginUndoingAfterInterrupt() {
        guard isInterrupted, undoesAfterwards, !run.halt.isLeaving else { return }
        (isInterrupted, undoesAfterwards) = (false, false)
    }

    /// Whether the worker is gone, and with it all variables.
    public var hasEnded: Bool { ending != nil }

    /// Lets the worker go.
    public func end() { worker.kill(reason: "the session ended") }

    // MARK: - Frames

    private func listen() {
        Swift.Task { [worker] in
            for await event in worker.events { self.handle(event) }
        }
    }

    private func handle(_ event: WorkerProcess.Event) {
        watch.heard(now: ContinuousClock.now)
        switch event {
        case .ended(let end): finish(end)
        case .frame(let frame):
            worker.consumed(frame)
            switch frame.kind {
            case .ready: settle(.success(()))
            case .output: environment.output.write(frame.payload)
            case .call: start(frame)
            case .done: done(frame)
            case .error: failed(frame)
            default: worker.kill(reason: "it sent a frame that only the host may send")
            }
        }
    }

    private func start(_ frame: Frame) {
        // It was on its way when somebody interrupted.
        if isInterrupted { return worker.send(Frame(.interrupt)) }
        callCount += 1
        guard calls[frame.id] == nil, failures[frame.id] == nil else {
            return worker.kill(reason: "it used the call id \(frame.id) twice")
        }
        guard callCount <= environment.settings.limits.calls else {
            // Every refusal is remembered until the chunk ends; a script that catches them must not go on for ever.
            guard callCount <= environment.settings.limits.calls + 1000 else {
                return worker.kill(reason: "it went on calling beyond its limit of calls", isLimit: true)
            }
            return reply(
                frame.id, CallAnswer.failure(Failure(.limit, "more than \(environment.settings.limits.calls) calls")))
        }
        watch.callsOut += 1
        // Numbered here, where calls come in the order in which the script made them.
        var call = NumberedCall(frame.payload)
        if run.isRecorded { call = call.numbered(&counter, own: environment.clusterName) }
        calls[frame.id] = Swift.Task { [call] in
            let answer = await self.dispatcher.answer(call)
            self.reply(frame.id, answer)
            self.watch.callsOut -= 1
            self.calls[frame.id] = nil
        }
    }

    private func reply(_ id: UInt32, _ answer: CallAnswer) {
        watch.heard(now: ContinuousClock.now)
        // A plan that has ended goes no further, whatever the script would catch.
        if run.unknowns?.ended != nil || stopped != nil { return worker.send(Frame(.interrupt)) }
        switch answer {
        case .end(let failure, let undoes):
            stopped = failure
            cannotGoOn = cannotGoOn || !undoes
            worker.send(Frame(.interrupt))
        case .value(let bytes): worker.send(Frame(.reply, id: id, payload: bytes))
        case .failure(let failure):
            failures[id] = failure
            worker.send(Frame(.fail, id: id, payload: failure.json.encoded()))
        }
    }

    private func done(_ frame: Frame) {
        guard let continuation = chunks.removeValue(forKey: frame.id) else {
            return worker.kill(reason: "it ended a chunk that was not running")
        }
        guard let values = (try? PackedValue(decoding: frame.payload))?.elements else {
            worker.kill(reason: "it sent results that cannot be read")
            return continuation.resume(returning: .failed(ScriptFailure(Failure(.script, "the worker sent garbage"))))
        }
        continuation.resume(returning: .values(values.map(ScriptValue.init)))
    }

    private func failed(_ frame: Frame) {
        let report = (try? PackedValue(decoding: frame.payload)) ?? .null
        let failure = ScriptFailure(report: report, issued: failures)
        if readiness == nil { return settle(.failure(failure.failure)) }
        if report["limit"]?.text == "unknown" {
            run.unknowns?.end(report["message"]?.text ?? "a value", at: failure.location)
        }
        guard let continuation = chunks.removeValue(forKey: frame.id) else {
            return worker.kill(reason: "it failed a chunk that was not running")
        }
        if report["incomplete"] == .bool(true) {
            continuation.resume(returning: .incomplete)
        } else {
            continuation.resume(returning: .failed(failure))
        }
    }

    private func finish(_ end: WorkerEnd) {
        ending = end
        var failure = Failure(end.isLimit ? .limit : .script, "the worker is gone: \(end)")
        failure.hint = "the script's process ended; what it had not asked for by then was not sent"
        settle(.failure(failure))
        var report = ScriptFailure(failure)
        report.isAccident = end.isAccident
        for continuation in chunks.values { continuation.resume(returning: .failed(report)) }
        chunks.removeAll()
    }

    // MARK: - Readiness and watch

    private func waitUntilReady() async -> Failure? {
        if case .success? = readiness { return nil }
        if case .failure(let failure)? = readiness { return failure }
        let guardian = Swift.Task { [worker] in
            try? await ContinuousClock().sleep(for: .seconds(20))
            if !Swift.Task.isCancelled { worker.kill(reason: "it was not ready within twenty seconds") }
        }
        defer { guardian.cancel() }
        return await withCheckedContinuation { ready = $0 }
    }

    private func settle(_ result: Result<Void, Failure>) {
        guard readiness == nil else { return }
        readiness = result
        if case .failure(let failure) = result {
            ready?.resume(returning: failure)
        } else {
            ready?.resume(returning: nil)
        }
        ready = nil
    }

    /// Kills a worker that neither computes within its allowance nor says anything.
    private func guardWorker() async {
        while !Swift.Task.isCancelled {
            try? await ContinuousClock().sleep(for: .milliseconds(500))
            if watch.isOverdue(now: ContinuousClock.now) {
                return worker.kill(
                    reason: "it did not speak for too long while its script was running", isLimit: true)
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import LuaSource
public import Model
internal import Proxmox
internal import Wire

/// A worker with its Lua state, and the host's answers to what scripts in it call.
///
/// A run evaluates one chunk; a REPL evaluates many, which share their globals.
public actor RunbookSession {
    let environment: RunEnvironment
    private let dispatcher: CallDispatcher
    let run: RunScope
    let worker: WorkerProcess
    var chunks: [UInt32: CheckedContinuation<ChunkOutcome, Never>] = [:]
    private var nextChunk: UInt32 = 1
    var ready: CheckedContinuation<Failure?, Never>?
    var readiness: Result<Void, Failure>?
    var watch: WorkerWatch
    var calls: [UInt32: Swift.Task<Void, Never>] = [:]
    private var patience: [UInt32: CallPatience] = [:]
    private var stillness: WorkerStillness
    private var meter: OutputMeter
    /// What a frame may hold beside what scripts put into it: names, places, a traceback.
    private static let envelope = 1 << 20
    private var failures: [UInt32: Failure] = [:]
    private var callCount = 0
    private var counter = CallCounter()
    /// What the script was ended by from outside, whatever it would have caught.
    private var stopped: Failure?
    /// Whether the script was ended since what it was told before is not known.
    private(set) var cannotGoOn = false
    private var ending: WorkerEnd?
    /// Whether somebody has interrupted what is being evaluated.
    var isInterrupted = false
    /// Whether what was done is to be undone after the interrupt.
    var undoesAfterwards = false

    /// Makes a session of a worker that was just launched, and waits until its sandbox stands.
    ///
    /// - Throws: ``Failure`` of kind `script` where the worker refuses to run.
    public static func start(
        _ environment: RunEnvironment, worker: WorkerProcess, run: RunScope
    ) async throws(Failure) -> RunbookSession {
        let session = RunbookSession(environment, worker: worker, run: run)
        await session.send(
            Frame(.boot, payload: WorkerBoot.packed(environment, unknown: run.unknowns?.key).encoded()))
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
        meter = OutputMeter(limits: environment.settings.limits)
        stillness = WorkerStillness(clock: environment.clock)
    }

    func send(_ frame: Frame) {
        stillness.sent()
        worker.send(frame)
    }

    /// Runs one chunk to its end, and where it fails, what it gave to `pve.on_failure`.
    public func evaluate(_ chunk: Chunk) async -> ChunkOutcome {
        if let ending { return .failed(ScriptFailure(Failure(.script, "the worker is gone: \(ending)"))) }
        isInterrupted = false
        undoesAfterwards = false
        run.halt.reset()
        await run.beginChunk()
        var outcome = await carry(marked(chunk).packed(environment.settings.handedOver))
        if let ended = run.unknowns?.ended { return .failed(ScriptFailure(ended)) }
        // What an earlier process had begun to undo must not come to a good end now.
        if case .values = outcome, let undoing = await run.recordedUndoing { outcome = .failed(ScriptFailure(undoing)) }
        let leftOpen = await run.takeLeftOpen()
        guard case .failed(let failure) = outcome else { return outcome }
        var report = failure.withPlace(in: chunk).explained(chunk, environment.modules).leaving(leftOpen)
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
        send(Frame(.run, id: id, payload: what.encoded()))
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

    /// Whether the worker is gone, and with it all variables.
    public var hasEnded: Bool { ending != nil }

    /// Lets the worker go.
    public func end() { worker.kill(reason: "the session ended") }

    // MARK: - Frames

    /// Where calls are answered; a time that is not the world's wants turns that are taken on the threads of all.
    private var thread: (any TaskExecutor)? { environment.clock.isVirtual ? nil : worker.loop }

    private func listen() {
        Swift.Task(executorPreference: thread) { [worker] in
            for await event in worker.events { await self.handle(event) }
        }
    }

    private func handle(_ event: WorkerProcess.Event) {
        watch.heard(now: ContinuousClock.now)
        switch event {
        case .ended(let end): finish(end)
        case .frame(let frame):
            worker.consumed(frame)
            guard frame.payload.count <= environment.settings.limits.frame + Self.envelope else {
                return worker.kill(reason: "it sent more than a frame may hold (limit frame)", isLimit: true)
            }
            switch frame.kind {
            case .ready: settle(.success(()))
            case .output: print(frame.payload)
            case .call: start(frame)
            case .done: done(frame)
            case .error: failed(frame)
            case .abandon: abandon(frame.id)
            case .idle: stillness.isStill(after: frame.id)
            case .coverage: cover(frame)
            default: worker.kill(reason: "it sent a frame that only the host may send")
            }
        }
    }

    /// The worker holds itself to its limit of output; one that does not is not the worker that was started.
    private func print(_ bytes: [UInt8]) {
        guard meter.takes(bytes.count, now: ContinuousClock.now) else {
            return worker.kill(reason: "it printed faster than it may (limit output)", isLimit: true)
        }
        environment.output.write(bytes)
    }

    private func start(_ frame: Frame) {
        // It was on its way when somebody interrupted.
        if isInterrupted { return send(Frame(.interrupt)) }
        callCount += 1
        guard calls[frame.id] == nil, failures[frame.id] == nil else {
            return worker.kill(reason: "it used the call id \(frame.id) twice")
        }
        guard callCount <= environment.settings.limits.calls else {
            // Every refusal is remembered until the chunk ends; a script that catches them must not go on for ever.
            let excess = callCount - environment.settings.limits.calls
            guard excess <= 2000 else {
                return worker.kill(reason: "it went on calling beyond its limit of calls", isLimit: true)
            }
            let failure = environment.settings.limits.callsFailure
            return reply(frame.id, excess <= 1000 ? .failure(failure) : .end(failure, undoes: true))
        }
        watch.callsOut += 1
        environment.clock.callBegins()
        // Numbered here, where calls come in the order in which the script made them.
        var call = NumberedCall(frame.payload)
        if run.isRecorded { call = call.numbered(&counter, own: environment.clusterName) }
        let patience = CallPatience()
        self.patience[frame.id] = patience
        calls[frame.id] = Swift.Task(executorPreference: thread) { [call] in
            await self.answered(frame.id, await self.dispatcher.answer(call, patience))
        }
    }

    private func answered(_ id: UInt32, _ answer: CallAnswer) {
        reply(id, answer)
        environment.clock.callEnds()
        watch.callsOut -= 1
        calls[id] = nil
        patience[id] = nil
    }

    /// Gives up a call whose block was ended: what it has sent goes on without it.
    private func abandon(_ id: UInt32) {
        patience[id]?.end()
        calls[id]?.cancel()
    }

    private func reply(_ id: UInt32, _ answer: CallAnswer) {
        watch.heard(now: ContinuousClock.now)
        // A plan that has ended goes no further, whatever the script would catch.
        if run.unknowns?.ended != nil || stopped != nil { return send(Frame(.interrupt)) }
        switch answer {
        case .end(let failure, let undoes):
            stopped = failure
            cannotGoOn = cannotGoOn || !undoes
            send(Frame(.interrupt))
        case .value(let bytes): send(Frame(.reply, id: id, payload: bytes))
        case .failure(let failure):
            failures[id] = failure
            send(Frame(.fail, id: id, payload: failure.json.encoded()))
        }
    }

    private func cover(_ frame: Frame) {
        guard let sink = environment.coverage, case .map(let files)? = try? PackedValue(decoding: frame.payload) else {
            return worker.kill(reason: "it counted lines that nobody asked for")
        }
        var result: [String: [Int: Int]] = [:]
        for file in files {
            let numbers = (file.value.elements ?? []).compactMap(\.wholeNumber)
            for index in stride(from: 0, to: numbers.count - 1, by: 2) where numbers[index + 1] >= 0 {
                result[file.key, default: [:]][numbers[index]] = numbers[index + 1]
            }
        }
        sink.take(result)
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
            continuation.resume(returning: .incomplete(failure))
        } else {
            continuation.resume(returning: .failed(failure))
        }
    }

    private func finish(_ end: WorkerEnd) {
        ending = end
        stillness.ended()
        var failure = Failure(end.isLimit ? .limit : .script, "the worker is gone: \(end)")
        failure.hint = "the script's process ended; what it had not asked for by then was not sent"
        settle(.failure(failure))
        var report = ScriptFailure(failure)
        report.isAccident = end.isAccident
        for continuation in chunks.values { continuation.resume(returning: .failed(report)) }
        chunks.removeAll()
    }
}

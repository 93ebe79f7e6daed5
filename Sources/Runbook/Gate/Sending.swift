// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Journal
internal import Model
internal import Proxmox
internal import Synchronization

/// The Gate's second half: has the client make a change that may be made, and writes each stage into the journal before
/// anybody acts on it.
struct Sending: Sendable {
    private(set) var environment: RunEnvironment
    let run: ClusterScope

    init(environment: RunEnvironment, run: ClusterScope) {
        self.environment = environment
        self.environment.output = CallProgress(environment.output)
        self.run = run
    }

    private var client: ProxmoxClient { environment.client }

    /// Makes a change once and records what is true afterwards.
    ///
    /// - Parameters:
    ///   - mark: What the task list held before the intent.
    ///   - departure: Ends when the change is answered.
    func carryOut(
        _ change: Change, _ step: StepRecorder, mark: TaskWatermark?, _ departure: Departure
    ) async throws(Failure) -> ChangeOutcome {
        defer { departure.leave() }
        var order = change.order
        (order.mark, order.isMarked) = (mark, true)
        let unwritten = Mutex<Failure?>(nil)
        var stages = stages(of: change)
        let halt = run.run.halt
        stages.accepted = { (upid) throws(Failure) in
            departure.leave()
            do throws(Failure) {
                try await step.accepted(upid)
            } catch {
                unwritten.withLock { $0 = error }
                throw error
            }
        }
        defer { environment.output.progress(nil) }
        let result: ChangeResult
        let made = await halt.shield("\(change.action) of \(change.subject)", patience: run.notes.patience) {
            [client, order, stages] number -> Result<ChangeResult, ChangeFailure> in
            var stages = stages
            let accepted = stages.accepted
            stages.sending = { () throws(Failure) in
                try halt.send(number)
                try await step.sent()
            }
            stages.accepted = { (upid) throws(Failure) in
                halt.accepted(number, upid.description)
                try await accepted(upid)
            }
            do throws(ChangeFailure) {
                return .success(try await client.make(order, telling: stages))
            } catch {
                return .failure(error)
            }
        }
        do throws(ChangeFailure) {
            result = try made.get()
        } catch {
            // What the journal could not take it cannot take now either, and the change itself has not failed.
            if let failure = unwritten.withLock({ $0 }) { throw failure }
            throw try await recorded(error, change, step)
        }
        if !result.isFinished, let upid = result.upid {
            await run.remember(upid, PendingStep(change: change, recorder: step))
            return ChangeOutcome(result)
        }
        // What it came to is read and written down before Ctrl-C ends the call.
        let closed = await halt.shield("\(change.action) of \(change.subject)", isSent: true) {
            [change, step] _ -> Result<ChangeOutcome, Failure> in
            do throws(Failure) { return .success(try await close(result, change, step)) } catch {
                return .failure(error)
            }
        }
        return try closed.get()
    }

    /// Waits for a task; one that an earlier call of this run left running has its effect verified and its step closed.
    func poll(_ upid: UPID, timeout: Duration, interval: Duration?) async throws(Failure) -> TaskOutcome {
        let output = environment.output
        defer { output.progress(nil) }
        if let known = await run.run.takePolled(ClusterTask(cluster: run.cluster, upid: upid)) {
            return try known.get()
        }
        if let step = await run.run.takeAdopted(ClusterTask(cluster: run.cluster, upid: upid)) {
            return try await poll(step, upid, timeout: timeout, interval: interval)
        }
        guard let pending = await run.takeStep(of: upid) else {
            return try await client.wait(
                for: upid, timeout: timeout, interval: interval ?? .seconds(1), progress: watcher)
        }
        return try await finish(pending, upid, timeout: timeout, interval: interval)
    }

    /// Waits for the task of a step that was not waited for, and closes the step.
    func finish(
        _ pending: PendingStep, _ upid: UPID, timeout: Duration, interval: Duration?
    ) async throws(Failure) -> TaskOutcome {
        var request = pending.change.order
        request.timeout = timeout
        request.interval = interval ?? .seconds(1)
        let task: TaskOutcome
        let result: ChangeResult
        do throws(ChangeFailure) {
            (task, result) = try await client.finish(request, upid, telling: stages(of: pending.change))
        } catch {
            throw try await recorded(error, pending.change, pending.recorder)
        }
        _ = try await close(result, pending.change, pending.recorder)
        return task
    }

    /// Waits for the task of a step that an earlier process of the run has made, and has the step settled.
    private func poll(
        _ step: StepRecord, _ upid: UPID, timeout: Duration, interval: Duration?
    ) async throws(Failure) -> TaskOutcome {
        let result: Result<TaskOutcome, Failure>
        do throws(Failure) {
            result = .success(
                try await client.wait(
                    for: upid, timeout: timeout, interval: interval ?? .seconds(1), progress: watcher))
        } catch {
            if error.kind == .taskTimeout || error.kind == .cancelled {
                await run.run.adopt(step, ClusterTask(cluster: run.cluster, upid: upid))
                throw error
            }
            result = .failure(error)
        }
        _ = try await RecordedStep(step: step, environment: environment, run: run).settled(timeout)
        return try result.get()
    }

    // MARK: - What the client tells

    private func stages(of change: Change) -> ChangeStages {
        let output = environment.output
        var stages = ChangeStages()
        stages.lost = {
            output.log(
                .warning,
                "the answer to \(change.action) of \(change.subject) was lost; looking for what became of it, for up to 35 s"
            )
        }
        stages.notice = { output.log(.info, $0) }
        stages.progress = watcher
        return stages
    }

    private var watcher: (@Sendable (TaskProgress) -> Void)? {
        let output = environment.output
        guard output.showsProgress else { return nil }
        return { output.progress($0) }
    }

    // MARK: - The end of a step

    private func close(
        _ result: ChangeResult, _ change: Change, _ step: StepRecorder
    ) async throws(Failure) -> ChangeOutcome {
        var outcome = ChangeOutcome(result)
        outcome.snapshot = change.snapshot
        outcome.details = outcome.foretold(change.foretold, of: change.call)
        if let report = change.report {
            do throws(Failure) {
                for member in try await report(result).members { outcome.details[member.key] = member.value }
            } catch {
                let stage = result.upid.map { ChangeFailure.Stage.accepted($0) } ?? .answered
                throw try await recorded(ChangeFailure(error, stage), change, step)
            }
        }
        try await step.done(outcome.record(change.title), warnings: outcome.warnings)
        return outcome
    }

    /// Records how a change failed, and gives the error to raise.
    private func recorded(
        _ error: ChangeFailure, _ change: Change, _ step: StepRecorder
    ) async throws(Failure) -> Failure {
        var error = error
        error.failure = error.failure.about(change)
        switch error.stage {
        case .notSent: return try await step.notSent(error.failure)
        case .sent: return try await step.notAccepted(error.failure)
        case .answered: return try await step.notLookedAt(error.failure)
        case .accepted(let upid):
            if run.notes.patience.hasEnded {
                environment.output.log(
                    .warning, "nobody waits for \(change.action) of \(change.subject) any longer; it goes on as \(upid)"
                )
            }
            if error.failure.kind == .taskTimeout || error.failure.kind == .cancelled {
                await run.remember(upid, PendingStep(change: change, recorder: step))
            }
            return try await step.taskFailed(error.failure)
        }
    }
}

extension Change {
    /// The change as the client makes it; whoever makes a raw call wants to hear what the server said, and no more.
    var order: ChangeRequest {
        var request = ChangeRequest(call, before: guest, timeout: timeout)
        request.waits = waits
        request.acceptsHeldState = !isRaw
        request.readsGuestAfterwards = !isRaw
        return request
    }
}

extension ChangeOutcome {
    /// What a script is told of what the client found.
    init(_ result: ChangeResult) {
        self.init(
            upid: result.upid, guest: result.effect?.facts, warnings: result.warnings, data: result.data,
            isFinished: result.isFinished, isVerified: result.effect != nil, isChange: result.isChange)
    }
}

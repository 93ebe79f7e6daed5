// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

/// The Gate's second half: sends a change that may be sent, once, and finds out what is true afterwards.
struct Sending: Sendable {
    let environment: RunEnvironment
    let run: ClusterScope

    private var client: ProxmoxClient { environment.client }

    /// Sends a change, follows its task, looks for its effect, and records each stage before anybody acts on it.
    func carryOut(_ change: Change, _ step: StepRecorder) async throws(Failure) -> ChangeOutcome {
        let mark: TaskWatermark?
        do throws(Failure) {
            mark = try await client.watermark(for: change.call)
        } catch {
            throw try await step.notSent(error)
        }
        // Outside the catch: a journal that cannot take this mark has stopped the call before a byte left.
        try await step.sent()
        let data: JSONValue
        let reference: TaskReference
        do throws(Failure) {
            data = try await client.send(change.call).data
            reference = try TaskReference(data)
        } catch {
            if error.kind == .outcomeUnknown { return try await lost(change, mark, error, step) }
            if let outcome = await alreadySo(change, error) { return try await close(outcome, change, step) }
            throw try await step.notAccepted(error)
        }
        switch reference {
        case .task(let upid):
            // What a raw call's task calls itself by differs: a storage, a new vmid, nothing.
            guard change.isRaw || upid.id == change.guest?.vmid.description else {
                throw try await step.notAccepted(
                    Failure(
                        .outcomeUnknown,
                        "the cluster answered with a task about something else: \(TextExcerpt.of(upid.description))"))
            }
            return try await follow(change, upid, data, step)
        case .nothingToDo:
            return try await verified(change, ChangeOutcome(data: data, isChange: false), step)
        case .none:
            // Some calls start a task and do not name it, such as making a template of a container (pve-facts §4).
            if let mark, let upid = await client.unnamedTask(since: mark) {
                return try await follow(change, upid, data, step)
            }
            return try await verified(change, ChangeOutcome(data: data), step)
        }
    }

    /// Waits for a task; one that an earlier call of this run left running has its effect verified and its step closed.
    func poll(_ upid: UPID, timeout: Duration, interval: Duration?) async throws(Failure) -> TaskOutcome {
        guard let pending = await run.takeStep(of: upid) else {
            return try await wait(for: upid, timeout, interval)
        }
        let outcome: TaskOutcome
        do throws(Failure) {
            outcome = try await wait(for: upid, timeout, interval)
        } catch {
            if error.kind == .taskTimeout || error.kind == .cancelled { await run.remember(upid, pending) }
            throw try await pending.recorder.taskFailed(error)
        }
        _ = try await verified(
            pending.change, ChangeOutcome(upid: upid, warnings: outcome.warnings), pending.recorder)
        return outcome
    }

    // MARK: - After the answer

    /// Follows the task of an accepted change to its end and looks for the effect.
    private func follow(
        _ change: Change, _ upid: UPID, _ data: JSONValue?, _ step: StepRecorder
    ) async throws(Failure) -> ChangeOutcome {
        try await step.accepted(upid)
        guard change.waits else {
            await run.remember(upid, PendingStep(change: change, recorder: step))
            return ChangeOutcome(upid: upid, data: data)
        }
        let task: TaskOutcome
        do throws(Failure) {
            task = try await wait(for: upid, change.timeout, nil)
        } catch {
            if error.kind == .taskTimeout || error.kind == .cancelled {
                await run.remember(upid, PendingStep(change: change, recorder: step))
            }
            if error.kind == .outcomeUnknown { return try await unexplained(change, upid, error, step) }
            if var outcome = await alreadySo(change, error) {
                outcome.upid = upid
                return try await close(outcome, change, step)
            }
            throw try await step.taskFailed(error)
        }
        return try await verified(change, ChangeOutcome(upid: upid, warnings: task.warnings, data: data), step)
    }

    private func wait(for upid: UPID, _ timeout: Duration, _ interval: Duration?) async throws(Failure) -> TaskOutcome {
        let output = environment.output
        defer { output.progress(nil) }
        var watcher: (@Sendable (TaskProgress) -> Void)?
        if output.showsProgress { watcher = { output.progress($0) } }
        return try await client.wait(
            for: upid, timeout: timeout, interval: interval ?? .seconds(1), progress: watcher)
    }

    /// Looks whether an accepted change had its effect, and records how it ended.
    ///
    /// A call without a known end state ends with its answer or its task: what else should be true nobody has said.
    private func verified(
        _ change: Change, _ accepted: ChangeOutcome, _ step: StepRecorder
    ) async throws(Failure) -> ChangeOutcome {
        var outcome = accepted
        guard let target = change.target, !change.isRaw || change.effect != .none else {
            return try await close(outcome, change, step)
        }
        do throws(Failure) {
            let report = try await client.verify(
                change.effect, of: target, since: change.guest, task: accepted.upid, timeout: change.timeout)
            outcome.guest = report.facts
            outcome.isVerified = true
        } catch {
            throw try await step.taskFailed(error)
        }
        return try await close(outcome, change, step)
    }

    private func close(
        _ outcome: ChangeOutcome, _ change: Change, _ step: StepRecorder
    ) async throws(Failure) -> ChangeOutcome {
        var outcome = outcome
        outcome.isFinished = true
        try await step.done(outcome.record(change), warnings: outcome.warnings)
        return outcome
    }

    // MARK: - Where nobody said how it went

    /// Finds out what became of a change whose answer was lost.
    private func lost(
        _ change: Change, _ mark: TaskWatermark?, _ failure: Failure, _ step: StepRecorder
    ) async throws(Failure) -> ChangeOutcome {
        environment.output.log(
            .warning, "the answer to \(change.action) of \(change.subject) was lost; looking for what became of it")
        var failure = failure
        switch await fate(of: change, since: mark) {
        case .task(let upid):
            environment.output.log(.info, "its task was found: \(upid)")
            return try await follow(change, upid, nil, step)
        case .done(let report):
            return try await close(ChangeOutcome(guest: report?.facts, isVerified: true), change, step)
        case .notHappened(let proof):
            failure.kind = .connection
            failure.message = "the request did not arrive and nothing was done (\(proof)): \(failure.message)"
            failure.hint = "it can be tried again"
        case .unknown(let seen):
            failure.message += "; seen: \(seen)"
        }
        throw try await step.notAccepted(failure)
    }

    /// A task that ended without saying how, as when its node went down: the guest is asked instead.
    private func unexplained(
        _ change: Change, _ upid: UPID, _ failure: Failure, _ step: StepRecorder
    ) async throws(Failure) -> ChangeOutcome {
        var failure = failure
        switch await fate(of: change, since: nil) {
        case .done(let report):
            environment.output.log(.warning, "\(failure.message); but the effect is there")
            return try await close(ChangeOutcome(upid: upid, guest: report?.facts, isVerified: true), change, step)
        case .unknown(let seen): failure.message += "; seen: \(seen)"
        case .task, .notHappened: break
        }
        // "migration problems" may have moved the guest or not (pve-facts §4); where it is tells.
        if change.effect.condition == .onTarget, let guest = change.guest,
            let now = try? await client.facts(of: guest.vmid), now.node == guest.node, now.lock == nil
        {
            failure.kind = .taskFailed
            failure.message += "; the guest is still on \(now.node)"
            failure.hint = "the task's log tells why"
        }
        throw try await step.taskFailed(failure)
    }

    private func fate(of change: Change, since mark: TaskWatermark?) async -> CallFate {
        do throws(Failure) {
            return try await client.fate(of: change.call, since: mark, before: change.guest)
        } catch {
            return .unknown("nobody looked, for it was interrupted")
        }
    }

    /// A refusal because the wanted state holds already: somebody else was faster, and there is nothing left to do.
    ///
    /// Whoever makes a raw call wants to hear what the server said.
    private func alreadySo(_ change: Change, _ failure: Failure) async -> ChangeOutcome? {
        guard !change.isRaw, failure.kind == .alreadyInState, let guest = change.guest,
            let now = try? await client.facts(of: guest.vmid), now.node == guest.node,
            now.isSameGuest(as: guest), [.running, .stopped, .paused].contains(change.effect.condition),
            change.effect.holds(now)
        else { return nil }
        return ChangeOutcome(guest: now, isVerified: true, isChange: false)
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import JSON
public import Model

extension ProxmoxClient {
    /// Makes a change and tells what is true afterwards: sends the call once, finds out what became of a lost answer, follows
    /// the task, and looks for the effect on the guest.
    ///
    /// - Important: Changes the cluster.
    /// - Throws: ``Failure``: `connection`, `node_unreachable` and `tls` where nothing was done, `outcome_unknown` where that
    ///   cannot be told, else what Proxmox or the task said.
    public func make(_ request: ChangeRequest) async throws(Failure) -> ChangeResult {
        do {
            return try await make(request, telling: ChangeStages())
        } catch {
            throw error.failure
        }
    }

    /// Makes a change, telling of each stage before the next one begins.
    ///
    /// - Throws: ``ChangeFailure``, which says how far the change had come.
    public func make(
        _ request: ChangeRequest, telling stages: ChangeStages
    ) async throws(ChangeFailure) -> ChangeResult {
        let mark: TaskWatermark?
        do {
            mark = request.isMarked ? request.mark : try await watermark(for: request.call)
            try await stages.sending()
        } catch {
            throw ChangeFailure(error, .notSent)
        }
        let data: JSONValue
        let reference: TaskReference
        do throws(Failure) {
            data = try await send(request.call).data
            reference = try TaskReference(data)
        } catch {
            if error.kind == .outcomeUnknown { return try await find(request, mark, error, stages) }
            if let result = await held(request, error) { return result }
            throw ChangeFailure(error, .sent)
        }
        switch reference {
        case .task(let upid):
            guard isExpected(upid, of: request.call) else {
                let name = TextCleaning.line(upid.description)
                throw ChangeFailure(
                    Failure(.outcomeUnknown, "the cluster answered with a task about something else: \(name)"), .sent)
            }
            return try await follow(request, upid, data, stages)
        case .nothingToDo:
            var result = ChangeResult(data: data)
            result.isChange = false
            return try await concluded(request, result)
        case .none:
            // Some calls start a task and do not name it, such as making a template of a container (pve-facts §4).
            if let mark, let upid = await unnamedTask(since: mark) {
                return try await follow(request, upid, data, stages)
            }
            return try await concluded(request, ChangeResult(data: data))
        }
    }

    /// Waits for the task of a change that was accepted earlier, and looks for the effect.
    public func finish(
        _ request: ChangeRequest, _ upid: UPID, telling stages: ChangeStages = ChangeStages()
    ) async throws(ChangeFailure) -> (task: TaskOutcome, result: ChangeResult) {
        let task: TaskOutcome
        do {
            task = try await wait(
                for: upid, timeout: request.timeout, interval: request.interval, progress: stages.progress)
        } catch {
            throw ChangeFailure(await located(error, request), .accepted(upid))
        }
        var result = ChangeResult(upid: upid)
        if case .warnings(let count) = task.status { result.warnings = count }
        return (task, try await concluded(request, result))
    }

    // MARK: - After the answer

    /// Whether a task can be that of a call; what the tasks of other calls are named by is not known.
    private func isExpected(_ upid: UPID, of call: APICall) -> Bool {
        guard let trace = CallTrace(call), trace.isKnown, let id = trace.taskID,
            !call.parameters.contains(where: { $0.name == "target-vmid" })
        else { return true }
        return upid.id == id
    }

    private func follow(
        _ request: ChangeRequest, _ upid: UPID, _ data: JSONValue?, _ stages: ChangeStages
    ) async throws(ChangeFailure) -> ChangeResult {
        do { try await stages.accepted(upid) } catch { throw ChangeFailure(error, .accepted(upid)) }
        guard request.waits else {
            var result = ChangeResult(data: data, upid: upid)
            result.isFinished = false
            return result
        }
        var result = try await follow(request, upid, telling: stages)
        if result.data == nil { result.data = data }
        return result
    }

    /// Follows the task of a change to its end and looks for the effect; where the task does not tell, the guest is asked.
    public func follow(
        _ request: ChangeRequest, _ upid: UPID, telling stages: ChangeStages = ChangeStages()
    ) async throws(ChangeFailure) -> ChangeResult {
        do throws(ChangeFailure) {
            return try await finish(request, upid, telling: stages).result
        } catch {
            if error.failure.kind == .outcomeUnknown { return try await explain(request, upid, error, stages) }
            guard var result = await held(request, error.failure) else { throw error }
            result.upid = upid
            return result
        }
    }

    /// Looks whether an accepted change had its effect.
    ///
    /// A call without a known end state ends with its answer or its task: what else should be true nobody has said.
    private func concluded(
        _ request: ChangeRequest, _ done: ChangeResult
    ) async throws(ChangeFailure) -> ChangeResult {
        guard request.readsGuestAfterwards || request.effect != .none, let target = request.target else { return done }
        var result = done
        do {
            result.effect = try await verify(
                request.effect, of: target, since: request.before, task: done.upid, timeout: request.timeout)
        } catch {
            throw ChangeFailure(error, done.upid.map { .accepted($0) } ?? .answered)
        }
        return result
    }

    /// A refusal because the wanted state holds already: somebody else was faster, and there is nothing left to do.
    private func held(_ request: ChangeRequest, _ failure: Failure) async -> ChangeResult? {
        guard request.acceptsHeldState, failure.kind == .alreadyInState, let guest = request.before,
            [.running, .stopped, .paused].contains(request.effect.condition),
            let now = try? await facts(of: guest.vmid), now.node == guest.node, now.isSameGuest(as: guest),
            request.effect.holds(now)
        else { return nil }
        var result = ChangeResult()
        result.isChange = false
        result.effect = EffectReport(
            effect: request.effect, holds: true, observed: EffectCheck.observed(now), facts: now)
        return result
    }

    // MARK: - Where nobody said how it went

    private func find(
        _ request: ChangeRequest, _ mark: TaskWatermark?, _ trouble: Failure, _ stages: ChangeStages
    ) async throws(ChangeFailure) -> ChangeResult {
        stages.lost()
        var failure = trouble
        switch await settled(request, since: mark) {
        case .task(let upid):
            stages.notice("its task was found: \(upid)")
            return try await follow(request, upid, nil, stages)
        case .done(let report):
            var result = ChangeResult()
            result.effect = report
            return result
        case .notHappened(let proof):
            let cause = TextCleaning.line(String((failure.raw ?? failure.message).prefix(200)))
            failure.kind = .connection
            failure.message = "the answer was lost (\(cause)), and nothing was done: \(proof)"
            failure.hint = "it can be tried again"
        case .unknown(let seen):
            failure.message += "; seen: \(seen)"
        }
        throw ChangeFailure(failure, .sent)
    }

    /// A task that ended without saying how, as when its node went down: the guest is asked instead.
    private func explain(
        _ request: ChangeRequest, _ upid: UPID, _ trouble: ChangeFailure, _ stages: ChangeStages
    ) async throws(ChangeFailure) -> ChangeResult {
        var failure = trouble.failure
        switch await settled(request, since: nil) {
        case .done(let report):
            stages.notice("\(failure.message); but the effect is there")
            var result = ChangeResult(upid: upid)
            result.effect = report
            result.isSeenOnly = true
            return result
        case .unknown(let seen): failure.message += "; seen: \(seen)"
        case .task, .notHappened: break
        }
        // "migration problems" may have moved the guest or not (pve-facts §4); where it is tells.
        if request.effect.condition == .onTarget, let guest = request.before,
            let now = try? await facts(of: guest.vmid), now.node == guest.node, now.lock == nil
        {
            failure.kind = .taskFailed
            failure.hint = "the task's log tells why"
        }
        throw ChangeFailure(failure, .accepted(upid))
    }

    private func settled(_ request: ChangeRequest, since mark: TaskWatermark?) async -> CallFate {
        do {
            return try await fate(of: request.call, since: mark, before: request.before)
        } catch {
            return .unknown("nobody looked, for it was interrupted")
        }
    }
}

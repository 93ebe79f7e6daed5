// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Journal
internal import Model
internal import Policy
internal import Proxmox

/// The one door to the cluster: every call of every script, command and session goes through here.
///
/// A change passes, in this order: resolve, classify, decide, consent, record intent, send, observe, verify, record
/// outcome. What is asked of the cluster on the Gate's own behalf (finding a guest, following a task) is not judged.
struct Gate: Sendable {
    let environment: RunEnvironment
    let run: ClusterScope

    private var client: ProxmoxClient { environment.client }

    // MARK: - Reads

    /// Finds a guest and reads its state and identity.
    ///
    /// - Parameter node: Where the script believes it to be. A vmid is unique in its cluster, so a guest that has moved is
    ///   followed; a node that does not exist is an error.
    func resolve(_ vmid: VMID, on node: NodeName? = nil) async throws(Failure) -> GuestFacts {
        let facts = try await client.facts(of: vmid)
        if let node, node != facts.node {
            let nodes = try await client.resources(type: .node).compactMap(\.node)
            guard nodes.contains(node) else {
                var failure = Failure(.notFound, "there is no node \(node) in cluster \(environment.clusterName)")
                failure.hint = "its nodes are " + nodes.map(\.rawValue).sorted().joined(separator: ", ")
                failure.node = node.rawValue
                throw failure
            }
            environment.output.log(.warning, "guest \(vmid) is on \(facts.node), not on \(node); going on there")
        }
        return facts
    }

    /// Asks policy about a read and does it.
    ///
    /// Policy is first asked without facts. What it allows then it would allow with them, since an unknown attribute counts
    /// for stricter rules only; so a guest is read on the Gate's behalf just where its facts may matter.
    func read<Answer: Sendable>(
        _ call: APICall, _ body: (ProxmoxClient) async throws(Failure) -> Answer
    ) async throws(Failure) -> Answer {
        let actions = ActionClassifier.actions(of: call)
        var decision = environment.policy.evaluate(question(actions, []))
        if decision.effect != .allow, let vmid = call.path.vmid {
            decision = environment.policy.evaluate(question(actions, [try await client.facts(of: vmid)]))
        }
        try await ConsentDesk(environment: environment).settle(decision, call: call)
        return try await body(client)
    }

    // MARK: - Changes

    /// Judges a change, asks where asking is due, records, sends, waits and verifies.
    func change(_ change: Change) async throws(Failure) -> ChangeOutcome {
        do throws(Failure) {
            return try await judged(change)
        } catch {
            throw error.about(change)
        }
    }

    private func judged(_ proposal: Change) async throws(Failure) -> ChangeOutcome {
        var change = proposal
        let actions = ActionClassifier.actions(of: change.call)
        change.guests = try await ConsentDesk(environment: environment).settle(change) { guests in
            environment.policy.evaluate(question(actions, guests, proposal.others))
        }
        try await run.count(
            actions, guests: change.guests.map(\.vmid.rawValue) + change.others.compactMap(\.vmid))
        try await change.complete?(&change)
        guard ActionClassifier.actions(of: change.call) == actions else {
            throw Failure(.policyDenied, "the call became another than the one that was judged; nothing was sent")
        }
        let step = try await run.begin(
            StepIntent(
                actions: actions, method: change.call.method.rawValue, path: change.call.path.description,
                parameters: change.call.parametersJSON, vmid: change.vmid,
                node: change.node, identity: change.identity))
        var outcome = try await carryOut(change, step)
        outcome.snapshot = change.snapshot
        return outcome
    }

    private func carryOut(_ change: Change, _ step: StepRecorder) async throws(Failure) -> ChangeOutcome {
        // Outside the catch: a journal that cannot take this mark has stopped the call before a byte left.
        try await step.sent()
        let reference: TaskReference
        let data: JSONValue
        do throws(Failure) {
            data = try await client.send(change.call).data
            reference = try TaskReference(data)
        } catch {
            if error.kind == .outcomeUnknown, let outcome = try await seen(change, step) { return outcome }
            throw try await step.notAccepted(error)
        }
        guard case .task(let upid) = reference else {
            let outcome = ChangeOutcome(data: data, isChange: reference != .nothingToDo)
            return try await verified(change, outcome, step)
        }
        // What a raw call's task calls itself by differs: a storage, a new vmid, nothing.
        guard change.isRaw || upid.id == change.guest?.vmid.description else {
            throw try await step.notAccepted(
                Failure(
                    .outcomeUnknown,
                    "the cluster answered with a task about something else: \(TextExcerpt.of(upid.description))"))
        }
        try await step.accepted(upid)
        guard change.waits else {
            await run.remember(upid, PendingStep(change: change, recorder: step))
            return ChangeOutcome(upid: upid, data: data)
        }
        let task: TaskOutcome
        do throws(Failure) {
            task = try await client.wait(for: upid, timeout: change.timeout)
        } catch {
            if error.kind == .taskTimeout || error.kind == .cancelled {
                await run.remember(upid, PendingStep(change: change, recorder: step))
            }
            throw try await step.taskFailed(error)
        }
        return try await verified(change, ChangeOutcome(upid: upid, warnings: task.warnings, data: data), step)
    }

    /// Looks whether a change whose answer was lost had its effect all the same; nil where that cannot be seen.
    ///
    /// What held before proves nothing. A power state that held is never asked for (see ``PowerHandlers``); of a snapshot that is
    /// listed, only the guest's `parent` tells that it was made just now and not long ago under the same name.
    private func seen(_ change: Change, _ step: StepRecorder) async throws(Failure) -> ChangeOutcome? {
        guard change.endpoint.postCondition != .none, let guest = change.guest else { return nil }
        environment.output.log(
            .warning, "the answer to \(change.action) of \(change.subject) was lost; looking at the guest")
        let report: EffectReport
        do throws(Failure) {
            report = try await client.verify(
                change.endpoint.postCondition, of: guest.reference, since: guest,
                snapshot: change.snapshot?.rawValue, timeout: min(change.timeout, Self.looking))
            if let name = change.snapshot?.rawValue {
                let parent = try await client.facts(of: guest.reference).config["parent"]?.perlText
                guard parent == name, guest.config["parent"]?.perlText != name else { return nil }
            }
        } catch {
            return nil
        }
        let outcome = ChangeOutcome(upid: nil, guest: report.facts, isFinished: true, isVerified: true)
        try await step.done(outcome.record(change), warnings: 0)
        return outcome
    }

    /// How long to look for an effect whose answer was lost; after that a person has to.
    private static let looking: Duration = .seconds(15)

    /// Looks whether an accepted change had its effect, and records how it ended.
    ///
    /// A raw call without a known end state ends with its answer or its task: what else should be true nobody has said.
    private func verified(
        _ change: Change, _ accepted: ChangeOutcome, _ step: StepRecorder
    ) async throws(Failure) -> ChangeOutcome {
        var outcome = accepted
        outcome.isFinished = true
        do throws(Failure) {
            if let guest = change.guest, !change.isRaw || change.endpoint.postCondition != .none {
                let report = try await client.verify(
                    change.endpoint.postCondition, of: guest.reference, since: guest,
                    snapshot: change.snapshot?.rawValue, timeout: change.timeout)
                outcome.guest = report.facts
                outcome.isVerified = true
            }
            try await step.done(outcome.record(change), warnings: outcome.warnings)
            return outcome
        } catch {
            throw try await step.taskFailed(error)
        }
    }

    /// Waits for a task; one that an earlier call of this run left running has its effect verified and its step closed.
    func poll(_ upid: UPID, timeout: Duration, interval: Duration?) async throws(Failure) -> TaskOutcome {
        let pending = await run.takeStep(of: upid)
        let outcome: TaskOutcome
        do throws(Failure) {
            outcome = try await client.wait(for: upid, timeout: timeout, interval: interval ?? .seconds(1))
        } catch {
            guard let pending else { throw error }
            if error.kind == .taskTimeout || error.kind == .cancelled { await run.remember(upid, pending) }
            throw try await pending.recorder.taskFailed(error)
        }
        if let pending {
            _ = try await verified(
                pending.change, ChangeOutcome(upid: upid, warnings: outcome.warnings), pending.recorder)
        }
        return outcome
    }

    private func question(
        _ actions: Set<Action>, _ guests: [GuestFacts], _ others: [PolicyGuest] = []
    ) -> PolicyQuestion {
        PolicyQuestion(
            actions: actions, caller: environment.caller,
            guests: guests.map { PolicyGuest($0) } + others, cluster: environment.clusterName)
    }
}

extension APIPath {
    /// The guest that a path is about: `/nodes/NODE/qemu/VMID/…`.
    var vmid: VMID? {
        guard segments.count >= 4, segments[0] == "nodes", GuestKind(rawValue: segments[2]) != nil else { return nil }
        return Int(segments[3]).flatMap { VMID($0) }
    }
}

extension Failure {
    /// The same failure with the action and the guest filled in where they are missing.
    func about(_ change: Change) -> Failure {
        var failure = self
        failure.action = failure.action ?? change.action
        failure.vmid = failure.vmid ?? change.vmid
        failure.node = failure.node ?? change.node
        return failure
    }
}

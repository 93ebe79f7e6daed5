// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Journal
internal import Model
internal import Policy
internal import Proxmox
internal import Secrets

/// The one door to the cluster: every call of every script, command and session goes through here.
///
/// A change passes, in this order: resolve, classify, decide, consent, record intent, send, observe, verify, record
/// outcome. What is asked of the cluster on the Gate's own behalf (finding a guest, following a task) is not judged.
struct Gate: Sendable {
    let environment: RunEnvironment
    let run: ClusterScope
    /// Where in the script the call comes from.
    var origin = CallOrigin()

    private var client: ProxmoxClient { environment.client }

    // MARK: - Reads

    /// Finds a guest and reads its state and identity.
    ///
    /// - Parameter node: Where the script believes it to be. A vmid is unique in its cluster, so a guest that has moved is
    ///   followed; a node that does not exist is an error.
    /// - Parameter briefly: Whether facts without the configuration will do; in a plan they never do, and the desk reads the
    ///   rest where anybody is asked.
    func resolve(
        _ vmid: VMID, on node: NodeName? = nil, briefly: Bool = false
    ) async throws(Failure) -> GuestFacts {
        let facts: GuestFacts
        if briefly, case .none = environment.oversight {
            facts = try await client.briefFacts(of: vmid)
        } else {
            facts = try await client.facts(of: vmid)
        }
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
        var decision = environment.policy.evaluate(question(call, actions, []))
        if decision.effect != .allow, let vmid = call.path.vmid {
            let now = [PolicyGuest(try await client.facts(of: vmid))]
            let before = await run.knownAtStart(now)
            decision = environment.policy.evaluate(question(call, actions, now))
                .stricter(atStart: environment.policy.evaluate(question(call, actions, before)))
        }
        let planned = PlannedCall(call, actions, origin, run)
        let trail = CallTrail(of: planned, in: environment)
        do throws(Failure) {
            try await ConsentDesk(environment: environment, trail: trail).settle(
                decision, planned, undoing: await run.undoing)
        } catch {
            await run.refused(trail, error)
            throw error
        }
        // A yes is written down before anything is done on its word.
        try await run.audit(trail)
        return try await body(client)
    }

    // MARK: - Changes

    /// Judges a change, asks where asking is due, records, sends, waits and verifies.
    func change(_ change: Change) async throws(Failure) -> ChangeOutcome {
        if change.hasSecretAnswer { run.notes.keepSecret() }
        do throws(Failure) {
            if let outcome = try await recalled(change) { return outcome }
            // What is denied waits for nobody.
            if case .none = environment.oversight, isDenied(change) { return try await judged(change) }
            return try await GuestTurn(environment: environment, run: run).during(change) { (change) throws(Failure) in
                let outcome = try await judged(change)
                if change.hasSecretAnswer { environment.secrets.learn(fromAccess: outcome.data) }
                return outcome
            }
        } catch {
            throw error.about(change)
        }
    }

    /// - Parameter failed: The step of a first attempt, after which there is no third.
    private func judged(_ proposal: Change, after failed: Int? = nil) async throws(Failure) -> ChangeOutcome {
        var change = proposal
        let actions = ActionClassifier.actions(of: change.call)
        let planned = PlannedCall(change, actions, origin, run)
        let trail = CallTrail(of: planned, in: environment)
        do throws(Failure) { try await run.requireThaw(for: actions) } catch {
            await run.refused(trail, error)
            throw error
        }
        let others = proposal.others + proposal.owners.map { PolicyGuest($0) }
        let before = try await run.factsAtStart(of: proposal, client)
        // Where a plan is followed it says by itself what each guest must be.
        if case .none = environment.oversight {
            do throws(Failure) {
                try await run.run.requireSame(change.guests, as: before, on: run.cluster)
            } catch {
                await run.refused(trail, error)
                throw error
            }
        }
        if let guest = change.guest { change.nearNames = { [run] in await run.nearNames(guest) } }
        let (guests, number): ([GuestFacts], Int?)
        do throws(Failure) {
            (guests, number) = try await ConsentDesk(environment: environment, trail: trail).settle(
                change, planned, undoing: await run.undoing
            ) { guests in
                let now = environment.policy.evaluate(
                    question(proposal.call, actions, guests.map { PolicyGuest($0) } + others))
                return now.stricter(atStart: environment.policy.evaluate(question(proposal.call, actions, before)))
            }
        } catch {
            await run.refused(trail, error)
            throw error
        }
        change.guests = guests
        if let number { run.notes.planned(number) }
        let overseen = Overseeing(environment: environment, number: number, before: change.guests + change.owners)
        do throws(Failure) {
            let outcome = try await allowed(change, actions, after: failed, trail)
            await overseen.finish(change, outcome)
            return outcome
        } catch {
            await overseen.finish(change, error)
            throw error
        }
    }

    /// Makes a change that policy and people have let pass.
    private func allowed(
        _ settled: Change, _ actions: Set<Action>, after failed: Int?, _ trail: CallTrail
    ) async throws(Failure) -> ChangeOutcome {
        var change = settled
        let step: StepRecorder
        let mark: TaskWatermark?
        let departure: Departure
        do throws(Failure) {
            try await change.complete?(&change)
            guard ActionClassifier.actions(of: change.call) == actions else {
                throw Failure(.policyDenied, "the call became another than the one that was judged; nothing was sent")
            }
            mark = try await client.watermark(for: change.call)
            departure = try await run.run.departures.enter(run.cluster)
            let evidence = StepEvidence(
                change, CallEvidence(mark: mark, before: change.guest, user: client.identity, now: environment.now()))
            var intent = StepIntent(
                actions: actions, method: change.call.method.rawValue, path: change.call.path.description,
                parameters: change.call.recordedParameters, vmid: change.vmid,
                node: change.node, identity: change.identity, guests: change.touched)
            intent.evidence = evidence.json(now: environment.now(), clock: client.clock.now())
            if await run.isFirst("identity") { trail.used(client.credential) }
            intent.call = run.notes.call
            intent.place = origin.place
            intent.planned = run.notes.planned
            step = try await run.begin(intent, of: change, replacing: failed, trail)
        } catch {
            await run.refused(trail, error)
            throw error
        }
        do throws(Failure) {
            var outcome = try await Sending(environment: environment, run: run).carryOut(
                change, step, mark: mark, departure)
            outcome.snapshot = change.snapshot
            return outcome
        } catch {
            // Refused because the guest has moved since it was read: judged anew where it is now, once.
            guard error.saysGuestIsElsewhere, let guest = change.guest else { throw error }
            guard failed == nil, let moved = await followed(change) else { throw error.naming(guest, for: change.call) }
            environment.output.log(
                .warning, "\(change.subject) has moved to \(moved.node ?? "another node"); going on there")
            return try await judged(moved, after: step.number)
        }
    }

    /// The same change where its guest is now, if it is the same guest and is elsewhere.
    private func followed(_ change: Change) async -> Change? {
        guard let guest = change.guest, let now = try? await client.facts(of: guest.vmid), now.node != guest.node,
            now.isSameGuest(as: guest)
        else { return nil }
        // A migration that has come to its goal needs no second one, whatever its task complains about.
        if change.effect.condition == .onTarget, now.node == change.effect.node { return nil }
        return change.moved(to: now)
    }

    /// Waits for a task; one that an earlier call of this run left running has its effect verified and its step closed.
    func poll(_ upid: UPID, timeout: Duration, interval: Duration?) async throws(Failure) -> TaskOutcome {
        try await Sending(environment: environment, run: run).poll(upid, timeout: timeout, interval: interval)
    }

    private func isDenied(_ change: Change) -> Bool {
        let guests = (change.guests + change.owners).map { PolicyGuest($0) } + change.others
        let question = question(change.call, ActionClassifier.actions(of: change.call), guests)
        return environment.policy.evaluate(question).effect == .deny
    }

    private func question(
        _ call: APICall, _ actions: Set<Action>, _ guests: [PolicyGuest]
    ) -> PolicyQuestion {
        PolicyQuestion(call, actions: actions, guests: guests, in: environment)
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
    /// The same failure, saying where the guest is if the call was for another node.
    fileprivate func naming(_ guest: GuestFacts, for call: APICall) -> Failure {
        guard call.path.vmid == guest.vmid, call.path.segments[1] != guest.node.rawValue else { return self }
        var failure = self
        failure.hint = "guest \(guest.vmid) is on \(guest.node)"
        return failure
    }

    /// The same failure with the action and the guest filled in where they are missing.
    func about(_ change: Change) -> Failure {
        var failure = self
        failure.action = failure.action ?? change.action
        failure.vmid = failure.vmid ?? change.vmid
        failure.node = failure.node ?? change.node
        return failure
    }
}

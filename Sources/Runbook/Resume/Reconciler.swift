// SPDX-License-Identifier: Apache-2.0
internal import JSON
public import Journal
public import Model
public import Proxmox

/// A step after somebody looked what became of it.
public struct ReconciledStep: Hashable, Sendable {
    /// The step as the journal has it now: settled, `accepted` while its task still runs, or `in_doubt`.
    public var step: StepRecord
    /// What that is known from, or what was seen where it cannot be told; one line.
    public var proof: String

    /// Makes one.
    public init(step: StepRecord, proof: String) {
        self.step = step
        self.proof = proof
    }
}

/// Finds out what became of steps whose host did not live to see it; never sends anything.
///
/// Whoever asks must hold the step's run, or know that nobody goes on with it.
public struct Reconciler: Sendable {
    /// Where the steps are.
    public let journal: any JournalStore
    /// The way to a cluster.
    public let client: @Sendable (String) async throws(Failure) -> ProxmoxClient
    /// The time of day, in seconds since 1970.
    public let now: @Sendable () -> Double
    /// How long to follow a task that still runs.
    public let patience: Swift.Duration
    /// Told in one line of what takes a while, and of what was found.
    public let tell: @Sendable (String) -> Void
    /// The boot of this machine.
    let boot: String?

    /// Makes a reconciler.
    public init(
        journal: any JournalStore, client: @escaping @Sendable (String) async throws(Failure) -> ProxmoxClient,
        now: @escaping @Sendable () -> Double, patience: Swift.Duration = .seconds(300),
        boot: String? = MachineBoot.id(), tell: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.journal = journal
        self.client = client
        self.now = now
        self.patience = patience
        self.boot = boot
        self.tell = tell
    }

    /// Settles one step that is open or in doubt, as far as that can be done, and writes down what was found.
    ///
    /// - Returns: The step as it is then; one that is settled already as it was.
    /// - Throws: ``Failure`` where the journal cannot be written or the looking is cancelled; a cluster that does not answer
    ///   only leaves the step in doubt.
    public func settle(_ step: StepRecord) async throws(Failure) -> ReconciledStep {
        guard !step.state.isSettled else { return ReconciledStep(step: step, proof: "it was settled before") }
        if step.state == .intent, let boot, step.boot == boot {
            return try await end(
                step,
                .notHappened(
                    "its intent is written down and its sending is not, and this machine has not gone down since: "
                        + "it was never sent"))
        }
        guard let call = step.call, let cluster = step.intent.cluster else {
            return try await end(step, .inDoubt("the journal holds too little of it to look for it"))
        }
        let client: ProxmoxClient
        do throws(Failure) {
            client = try await self.client(cluster)
        } catch {
            return try await end(step, .inDoubt("cluster \(cluster) cannot be asked: \(error.message)"))
        }
        let evidence = StepEvidence(step, of: call, now: now(), clock: client.clock.now())
        if let upid = step.upid.flatMap(UPID.init) {
            return try await follow(step, Pursuit(client: client, call: call, evidence: evidence), upid)
        }
        return try await search(step, Pursuit(client: client, call: call, evidence: evidence))
    }

    /// Settles every open step of a run, in order.
    public func settle(run: String) async throws(Failure) -> [ReconciledStep] {
        var found: [ReconciledStep] = []
        for step in try await journal.steps(of: run) where !step.state.isSettled {
            found.append(try await settle(step))
        }
        return found
    }

    /// What a step is looked for with.
    struct Pursuit: Sendable {
        let client: ProxmoxClient
        let call: APICall
        let evidence: StepEvidence?

        /// The change as its task is followed.
        func request(_ patience: Swift.Duration) -> ChangeRequest {
            var request = ChangeRequest(call, before: evidence?.call.before, timeout: patience)
            request.acceptsHeldState = evidence?.title.isRaw == false
            request.readsGuestAfterwards = evidence?.title.isRaw == false
            return request
        }
    }

    // MARK: - Looking

    /// Looks for a step that no answer is known of.
    private func search(_ step: StepRecord, _ pursuit: Pursuit) async throws(Failure) -> ReconciledStep {
        guard let evidence = pursuit.evidence?.call else {
            return try await end(step, .inDoubt("nothing was kept that would tell its task from another"))
        }
        tell("step \(step.sequence) of run \(step.run): looking for what became of it")
        switch try await pursuit.client.pastFate(of: past(step, pursuit.call, evidence)) {
        case .task(let upid):
            try await journal.recordAccepted(
                run: step.run, step: step.sequence, upid: upid.description, at: now())
            tell("step \(step.sequence) of run \(step.run): its task was found: \(upid)")
            var accepted = step
            accepted.state = .accepted
            accepted.upid = upid.description
            return try await follow(accepted, pursuit, upid, "its task was found")
        case .done(let report):
            var result = ChangeResult()
            result.effect = report
            let proof = "what it should bring about is there and was not before"
            return try await end(step, done(step, pursuit, result, proof))
        case .notHappened(let proof): return try await end(step, .notHappened(proof))
        case .unknown(let seen): return try await end(step, .inDoubt(seen))
        }
    }

    /// A step's call as it is looked for.
    func past(_ step: StepRecord, _ call: APICall, _ evidence: CallEvidence) -> PastCall {
        let journal = journal
        return PastCall(
            call, evidence, intended: step.intended, sent: step.sent, now: now,
            taken: { (tasks) throws(Failure) in
                let names = try await journal.tasksOfSteps(
                    among: tasks.map(\.description), cluster: step.intent.cluster ?? "",
                    except: (step.run, step.sequence))
                return tasks.filter { names.contains($0.description) }
            })
    }

    /// Follows a task that is certainly the step's own.
    func follow(
        _ step: StepRecord, _ pursuit: Pursuit, _ upid: UPID, _ origin: String = "its task is known"
    ) async throws(Failure) -> ReconciledStep {
        let result: ChangeResult
        do throws(ChangeFailure) {
            result = try await pursuit.client.follow(pursuit.request(patience), upid)
        } catch {
            var failure = error.failure
            switch failure.kind {
            case .cancelled where Swift.Task.isCancelled: throw failure
            case .taskTimeout, .cancelled:
                return ReconciledStep(step: step, proof: "its task goes on: \(upid)")
            case .outcomeUnknown: return try await end(step, .inDoubt(failure.message))
            default:
                let title = pursuit.evidence?.title ?? ChangeTitle(step, action: nil, isRaw: false)
                failure.action = failure.action ?? title.action
                failure.vmid = failure.vmid ?? title.vmid
                failure.node = failure.node ?? title.node
                return try await end(step, .failed(failure, "\(origin) and failed: \(upid)"))
            }
        }
        let end = result.isSeenOnly ? "cannot be read any more, and its effect is there" : "ended well"
        return try await self.end(step, done(step, pursuit, result, "\(origin) and \(end): \(upid)"))
    }

    func done(
        _ step: StepRecord, _ pursuit: Pursuit, _ result: ChangeResult, _ proof: String
    ) -> Verdict {
        var outcome = ChangeOutcome(result)
        // What the server answered: the task's name, or nothing.
        outcome.data = result.data ?? result.upid.map { .string($0.description) } ?? .null
        outcome.snapshot = pursuit.evidence?.snapshot
        outcome.details = outcome.foretold(pursuit.evidence?.foretold ?? JSONObject(), of: pursuit.call)
        if pursuit.evidence?.isReported ?? true { outcome.details["unreported"] = true }
        let title = pursuit.evidence?.title ?? ChangeTitle(step, action: nil, isRaw: false)
        return .done(outcome.record(title), warnings: outcome.warnings, proof)
    }

    // MARK: - Writing down

    /// What was found about a step.
    enum Verdict {
        case done(JSONValue, warnings: Int, String)
        case failed(Failure, String)
        case notHappened(String)
        case inDoubt(String)
    }

    func end(_ step: StepRecord, _ verdict: Verdict) async throws(Failure) -> ReconciledStep {
        switch verdict {
        case .done(let outcome, let warnings, let proof):
            return try await write(step, warnings > 0 ? .doneWithWarnings : .done, outcome, proof)
        case .failed(let failure, let proof): return try await write(step, .failed, failure.json, proof)
        case .notHappened(let proof):
            let failure = Failure(.connection, "it was not carried out: \(proof)", hint: "it can be tried again")
            return try await write(step, .notHappened, failure.json, proof)
        case .inDoubt(let seen):
            if step.state == .inDoubt {
                tell("step \(step.sequence) of run \(step.run) is still in doubt: \(seen)")
                return ReconciledStep(step: step, proof: seen)
            }
            let failure = Failure(.outcomeUnknown, "it is not known whether this was done: \(seen)")
            return try await write(step, .inDoubt, failure.json, seen)
        }
    }

    /// Writes what was found together with what it is known from, so that neither is ever without the other.
    private func write(
        _ step: StepRecord, _ state: StepState, _ outcome: JSONValue, _ proof: String
    ) async throws(Failure) -> ReconciledStep {
        var result = step
        (result.state, result.outcome, result.ended) = (state, outcome, now())
        do throws(Failure) {
            let event = AuditEvent(
                .resolved, run: step.run, step: step.sequence, cluster: step.intent.cluster,
                body: ["state": .string(state.rawValue), "proof": .string(proof)])
            try await journal.recordOutcome(
                run: step.run, step: step.sequence, state, outcome: outcome, proof: event,
                at: result.ended ?? now())
        } catch {
            // Somebody else may have found it out meanwhile.
            guard let now = try await journal.steps(of: step.run).first(where: { $0.sequence == step.sequence }),
                now.state.isSettled
            else { throw error }
            return ReconciledStep(step: now, proof: "somebody else found it out meanwhile")
        }
        tell("step \(step.sequence) of run \(step.run) is \(state.rawValue): \(proof)")
        return ReconciledStep(step: result, proof: proof)
    }
}

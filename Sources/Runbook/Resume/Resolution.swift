// SPDX-License-Identifier: Apache-2.0
internal import JSON
public import Journal
public import Model
public import Proxmox

/// What a person knows about a step that nobody else can tell of.
public enum StepResolution: Hashable, Sendable {
    /// This task was it.
    case task(UPID)
    /// It was carried out, and made no task.
    case done
    /// It was not carried out.
    case notHappened
}

extension Reconciler {
    /// The tasks that a step could have become, newest first.
    public func candidates(for step: StepRecord) async throws(Failure) -> [TaskRow] {
        guard let (client, past, _) = try await past(step) else { return [] }
        let since = step.intended + (past.evidence.clockOffset ?? 0) - 60
        return try await client.akinTasks(to: past.call, since: since)
    }

    /// Refuses what cannot be true of a step.
    ///
    /// - Throws: ``Failure`` of kind `conflict` that says why.
    public func check(_ resolution: StepResolution, of step: StepRecord) async throws(Failure) {
        if resolution == .notHappened { return }
        guard let (client, past, _) = try await past(step) else {
            throw Failure(.conflict, "the journal holds too little of step \(step.sequence) to tell its task")
        }
        switch resolution {
        case .task(let upid):
            guard let objection = try await client.objection(to: upid, of: past) else { return }
            throw Failure(
                .conflict, "\(upid) \(objection): it is not the task of step \(step.sequence)",
                hint: "look at the task list of \(upid.node) around \(UTCTime.text(step.intended))")
        case .done:
            guard let trace = CallTrace(past.call), !trace.types.isEmpty else { return }
            throw Failure(
                .conflict, "step \(step.sequence) makes a task", hint: "name the task: --happened UPID")
        case .notHappened: return
        }
    }

    /// Writes down what a person has said of a step; a task is followed to its end first.
    ///
    /// - Parameter account: Who said it.
    public func resolve(
        _ step: StepRecord, _ resolution: StepResolution, by account: String
    ) async throws(Failure) -> ReconciledStep {
        guard !step.state.isSettled else { return ReconciledStep(step: step, proof: "it was settled before") }
        try await check(resolution, of: step)
        switch resolution {
        case .notHappened: return try await end(step, .notHappened("\(account) says so"))
        case .done:
            guard let (client, past, evidence) = try await past(step) else { return try await settle(step) }
            let pursuit = Pursuit(client: client, call: past.call, evidence: evidence)
            return try await end(step, done(step, pursuit, ChangeResult(), "\(account) says so"))
        case .task(let upid):
            guard let (client, past, evidence) = try await past(step) else { return try await settle(step) }
            try await journal.audit(
                AuditEvent(
                    .resolved, run: step.run, step: step.sequence, cluster: step.intent.cluster,
                    body: [
                        "upid": .string(upid.description), "proof": .string("\(account) says that this is its task"),
                    ]),
                at: now())
            try await journal.recordAccepted(
                run: step.run, step: step.sequence, upid: upid.description, at: now())
            var accepted = step
            (accepted.state, accepted.upid) = (.accepted, upid.description)
            return try await follow(
                accepted, Pursuit(client: client, call: past.call, evidence: evidence), upid,
                "\(account) says that this is its task, which was followed")
        }
    }

    private func past(
        _ step: StepRecord
    ) async throws(Failure) -> (client: ProxmoxClient, past: PastCall, evidence: StepEvidence?)? {
        guard let call = step.call, let cluster = step.intent.cluster else { return nil }
        let client = try await client(cluster)
        let evidence = StepEvidence(step, of: call, now: now(), clock: client.clock.now())
        let known = evidence?.call ?? CallEvidence(mark: nil, before: nil, user: nil, now: 0)
        return (client, past(step, call, known), evidence)
    }
}

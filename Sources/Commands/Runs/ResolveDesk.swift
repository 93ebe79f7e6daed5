// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Journal
internal import Model
internal import Proxmox
internal import Runbook
internal import Terminal
internal import Text

/// Takes a person's word about a step that nothing else tells of.
struct ResolveDesk: Sendable {
    let journal: any JournalStore
    let reconciler: Reconciler
    let caller: Caller
    let account: String
    let prompter: any Prompter
    let style: Style

    /// How many tasks are shown that it may have been.
    private static let mostCandidates = 8

    /// Settles the step: by what can be seen now, else by what the person says.
    ///
    /// - Throws: ``Failure``: `policy_denied` for whoever is no person, `busy` while a process is at the run, `conflict` for
    ///   what cannot be true, `confirmation_required` without a typed yes.
    func resolve(run: String, step number: Int, _ resolution: StepResolution) async throws(Failure) -> ReconciledStep {
        guard caller == .human else {
            throw Failure(
                .policyDenied, "what became of a step is said by a person, and this is \(caller.rawValue)",
                hint: "ask the person who is in charge to look, and to run this")
        }
        try await journal.holdRun(run)
        do throws(Failure) {
            let found = try await settle(run, number, resolution)
            try await journal.releaseRun(run)
            return found
        } catch {
            try? await journal.releaseRun(run)
            throw error
        }
    }

    private func settle(
        _ run: String, _ number: Int, _ resolution: StepResolution
    ) async throws(Failure) -> ReconciledStep {
        let step = try await step(run, number)
        guard !step.state.isSettled else {
            throw Failure(
                .conflict, "step \(number) of run \(run) is \(step.state.rawValue), and that is certain",
                hint: "see it: pvelua runs show \(run)")
        }
        let seen = try await reconciler.settle(step)
        switch seen.step.state {
        case .inDoubt: break
        case .accepted:
            throw Failure(
                .busy, "the task of step \(number) is known and still runs: \(seen.step.upid ?? "")",
                hint: "wait for it, then: pvelua runs resume \(run)")
        default: return seen
        }
        let open = try await self.step(run, number)
        try await reconciler.check(resolution, of: open)
        try await ask(open, resolution, seen.proof)
        guard try await self.step(run, number) == open else {
            throw Failure(.conflict, "the step changed while you were asked", hint: "see it: pvelua runs show \(run)")
        }
        return try await reconciler.resolve(open, resolution, by: account)
    }

    private func step(_ run: String, _ number: Int) async throws(Failure) -> StepRecord {
        guard let step = try await journal.steps(of: run).first(where: { $0.sequence == number }) else {
            throw Failure(.notFound, "run \(run) has no step \(number)", hint: "see its steps: pvelua runs show \(run)")
        }
        return step
    }

    private func ask(_ step: StepRecord, _ resolution: StepResolution, _ seen: String) async throws(Failure) {
        var box = ConsentBox("what became of step \(step.sequence) of run \(step.run)", style: style)
        let intent = step.intent
        box.add("cluster", intent.cluster ?? "")
        box.add("call", "\(intent.method) \(intent.path)")
        if let parameters = intent.parameters.object, !parameters.members.isEmpty {
            box.add(
                "with",
                parameters.members.map { "\($0.key)=\($0.value.string ?? $0.value.text)" }.joined(separator: ", "))
        }
        if let guest = intent.identity { box.add("guest", guest["name"]?.string ?? "\(intent.vmid ?? 0)") }
        if let place = intent.place { box.add("line", place) }
        box.add(
            "intended", UTCTime.text(step.intended) + (step.sent == nil ? "; its sending was not written down" : ""))
        box.add("seen", seen)
        await addCandidates(to: &box, step)
        switch resolution {
        case .task(let upid): box.add("you say", "it happened, and this was its task: \(upid)")
        case .done: box.add("you say", "it happened")
        case .notHappened:
            box.add("you say", "it did not happen")
            box.add(warning: "a resumed run will send it again")
        }
        try await TypedYes.demand(
            box.text(asking: "yes", width: prompter.width), for: "your word on this step", else: "it stays in doubt",
            at: prompter, hint: "run it at a terminal; there is no option that answers this")
    }

    private func addCandidates(to box: inout ConsentBox, _ step: StepRecord) async {
        do throws(Failure) {
            let rows = try await reconciler.candidates(for: step)
            for row in rows.prefix(Self.mostCandidates) {
                let time = UTCTime.text(Double(row.upid.startTime))
                box.add("task", "\(time) \(row.status.text) \(row.upid)")
            }
            if rows.isEmpty { box.add("tasks", "none that fit are listed now") }
        } catch {
            box.add(warning: "the task list cannot be read: \(error.message)")
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import Journal
internal import Model
internal import Plan
internal import Policy
internal import Runbook
internal import Terminal

/// The planned inputs of a session on their way to the cluster, with the plan as their bound.
struct ReplApplication {
    let context: CommandContext
    let options: GlobalOptions
    let environment: RunEnvironment
    let plan: Plan
    let chunks: [Chunk]

    /// Asks once, then carries out the inputs; true where all of them came to a good end.
    ///
    /// - Parameter show: Called with what came of each.
    func run(
        _ interrupts: InterruptWatch, show: (ChunkOutcome, Chunk) -> Void
    ) async throws(Failure) -> Bool {
        let file = PlanFile(plan)
        let workplace = Workplace(context: context, options: options)
        let journal = try workplace.openJournal()
        try PlanChecks(plan: plan).content(now: environment.now(), caller: environment.caller)
        try PlanChecks(plan: plan).policy(try workplace.policyFingerprint())
        if let freeze = try await journal.standingFreeze(at: environment.now()) { throw freeze.refusal }
        try await consent(file, interrupts)
        let follower = PlanFollower(plan, digest: file.digest)
        guard var following = environment.following(plan, follower) else {
            throw Failure(.planDiverged, "the plan has no seed; nothing was sent")
        }
        following.openJournal = { journal }
        let id = environment.makeID()
        if let run = try await journal.claimPlan(file.digest, for: id, at: environment.now()) {
            throw PlanChecks.used(by: run)
        }
        let scope = RunScope(id: id, environment: following, script: nil)
        let session = try await Repl.start(following, scope, context)
        var last = ChunkOutcome.values([])
        for chunk in chunks {
            last = await interrupts.during {
                await session.evaluate(chunk)
            } onInterrupt: {
                await session.interrupt()
            }
            guard case .values = last else { break }
            show(last, chunk)
        }
        await session.end()
        let outcome = await follower.judge(last, telling: following)
        var status = ExitStatus.done
        if case .failed(let failure) = outcome {
            status = ExitStatus(failure.failure)
            show(outcome, chunks.last ?? Chunk(source: [], name: "=repl"))
        }
        await scope.close(status: status.rawValue)
        return status == .done
    }

    /// Asks; Ctrl-C is a no.
    private func consent(_ file: PlanFile, _ interrupts: InterruptWatch) async throws(Failure) {
        let demand = Effect(rawValue: plan.strictestEffect) ?? .deny
        if demand == .approve {
            throw Failure(
                .approvalRequired, "policy asks for an approval of this plan; nothing was sent",
                hint: ":plan off, :save FILE, then: pvelua plan FILE and pvelua approve")
        }
        let terminal = ControllingTerminal()
        let view = PlanView(
            file: file, path: "this session", style: Style(isEnabled: false), width: terminal.width.map { $0 - 3 })
        let question = PlanConsent(
            view: view, prompter: terminal, style: context.promptStyle, code: TypedYes.code(),
            assumesYes: options.yes)
        let asking = Swift.Task { () -> Result<Void, Failure> in
            do throws(Failure) { return .success(try await question.require(demand)) } catch { return .failure(error) }
        }
        try await interrupts.during {
            await asking.value
        } onInterrupt: {
            asking.cancel()
        }.get()
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import Configuration
internal import Glibc
internal import Journal
internal import Model
internal import Plan
internal import Policy
internal import Proxmox
internal import Runbook
internal import Text

/// Runs a script on twins of its clusters and makes a plan of what it does there.
struct Planning {
    let context: CommandContext
    let options: GlobalOptions
    /// How many seconds the plan holds.
    let lifetime: Int

    /// What came of it.
    struct Result {
        var plan: Plan
        /// How the script failed; nil where it ended well.
        var failure: ScriptFailure?
    }

    /// How many operations are made to fail, one after the other, to see what `pve.on_failure` does then.
    private static let mostFailures = 25

    func plan(_ source: PlanSource) async throws(Failure) -> Result {
        let workplace = Workplace(context: context, options: options)
        let header = try RunbookHeader.read(source.chunk)
        var environment = try workplace.environment(moduleFolder: source.folder).governed(by: header)
        var plan = try await draft(source.binding, environment, workplace)
        let output = PlanningOutput(ConsoleOutput(context, options: options), isQuiet: options.quiet)
        environment.output = output
        let recorder = PlanRecorder(nonce: plan.nonce)
        let (outcome, stage) = try await rehearse(source, environment, plan, recorder, workplace)
        output.flush()
        var result = Result(plan: plan, failure: Self.failure(of: outcome))
        if result.failure?.failure.kind == .cancelled { throw Failure(.cancelled, "interrupted; no plan was written") }
        if result.failure == nil {
            environment.output = PlanningOutput(
                ConsoleOutput(context, options: options), isQuiet: true, isSilent: true)
            try await addFailures(source, environment, plan, recorder, workplace)
        }
        await recorder.complete(&plan, policy: environment.policy)
        for name in plan.otherClusters {
            guard let client = stage.live(name) else { continue }
            plan.clusters.append(
                Plan.ClusterBinding(name: name, fingerprint: try await client.clusterFingerprint()))
        }
        // Where a plan had to end is no failure of the script.
        if plan.partial != nil {
            result.failure = nil
        } else {
            plan.failure = result.failure.map { failure in
                (failure.location.map { "\($0): " } ?? "") + failure.failure.description
            }
        }
        plan.reads = stage.reads.map { PlannedRead(request: $0.request, count: $0.count) }
        plan.unknowns += stage.gaps.map { PlannedUnknown(what: $0, place: nil) }
        result.plan = plan
        return result
    }

    /// Runs the script once on fresh twins.
    private func rehearse(
        _ source: PlanSource, _ live: RunEnvironment, _ plan: Plan, _ recorder: PlanRecorder, _ workplace: Workplace
    ) async throws(Failure) -> (outcome: ChunkOutcome, stage: PlanStage) {
        let worker = try context.launchWorker()
        let stage = PlanStage(live: live.client, start: Double(plan.created))
        let journal = try workplace.journal.rehearsal(at: WallTime.seconds())
        var environment = live.planning(on: stage.client, now: { stage.now }, recorder, journal: journal)
        environment.clusters = ClusterDirectory(names: live.clusters.names) { (name) throws(Failure) in
            var opened = try await live.clusters.open(name)
            opened.client = stage.client(of: name, live: opened.client)
            return opened
        }
        let scope = RunScope(id: plan.id, environment: environment, script: source.chunk)
        let session = try await RunbookSession.start(environment, worker: worker, run: scope)
        let outcome = await InterruptWatch().during { () -> ChunkOutcome in
            let outcome = await session.evaluate(source.chunk)
            if case .values = outcome { await session.rehearseCompensations() }
            return outcome
        } onInterrupt: {
            await session.interrupt()
        }
        await session.end()
        return (outcome, stage)
    }

    /// Lets each operation fail in turn at which `pve.on_failure` has something to undo, and adds what is done then.
    private func addFailures(
        _ source: PlanSource, _ environment: RunEnvironment, _ plan: Plan, _ recorder: PlanRecorder,
        _ workplace: Workplace
    ) async throws(Failure) {
        let guarded = await recorder.guarded
        for number in guarded.prefix(Self.mostFailures) {
            let other = PlanRecorder(nonce: plan.nonce, failing: number)
            let (outcome, _) = try await rehearse(source, environment, plan, other, workplace)
            if Self.failure(of: outcome)?.failure.kind == .cancelled {
                throw Failure(.cancelled, "interrupted; no plan was written")
            }
            await recorder.add(conditional: await other.recorded)
        }
        guard guarded.count > Self.mostFailures else { return }
        await recorder.addUnknown(
            PlannedUnknown(
                what:
                    "what pve.on_failure does where one of the operations from \(guarded[Self.mostFailures]) on fails",
                place: nil))
    }

    private static func failure(of outcome: ChunkOutcome) -> ScriptFailure? {
        var failure = outcome.failure
        // What was done was done on the twin: nothing of it stays.
        failure?.account = nil
        return failure
    }

    /// A plan with nothing in it yet.
    func draft(
        _ script: Plan.SourceBinding, _ environment: RunEnvironment, _ workplace: Workplace
    ) async throws(Failure) -> Plan {
        let created = Int(WallTime.seconds())
        let fingerprint = try await environment.client.clusterFingerprint()
        var plan = Plan(
            id: environment.makeID(), created: created, expires: created + lifetime,
            nonce: (0..<2).map { _ in String(UInt64.random(in: 1 << 60...UInt64.max), radix: 16) }.joined(),
            caller: environment.caller, requester: context.account,
            cluster: Plan.ClusterBinding(name: environment.clusterName, fingerprint: fingerprint),
            script: script,
            policy: Plan.PolicyBinding(
                sha256: try workplace.policyFingerprint(), demand: Effect.allow.rawValue, approvals: 0),
            seed: String(environment.settings.seed))
        plan.parameters = environment.settings.parameters.map {
            Plan.ParameterBinding(
                sealing: $0.name, $0.value, isSecret: environment.settings.isSecret($0.name), nonce: plan.nonce,
                context.secrets)
        }
        return plan
    }
}

extension CommandContext {
    /// The account of this process, as its machine calls it.
    var account: String {
        guard let account = getpwuid(getuid()), let name = account.pointee.pw_name else { return "uid \(getuid())" }
        return String(cString: name)
    }

    /// The account, and which agent works for whom where that was said: `alice via "claude-code 1.0" for "bob"`.
    ///
    /// Each word of others stands in quotes, so that none can pass for what another has said.
    var identity: String {
        func quoted(_ name: String) -> String? {
            guard let text = environment[name], !text.isEmpty else { return nil }
            return "\"\(TextCleaner.clean(String(text.prefix(200))).replacing("\"", with: "'"))\""
        }
        let agent = quoted("PVELUA_AGENT").map { " via " + $0 } ?? ""
        return account + agent + (quoted("PVELUA_ON_BEHALF_OF").map { " for " + $0 } ?? "")
    }
}

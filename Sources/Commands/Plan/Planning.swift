// SPDX-License-Identifier: Apache-2.0
internal import Configuration
internal import Glibc
internal import Hashing
internal import Journal
internal import Model
internal import Plan
internal import Policy
internal import Proxmox
internal import Runbook

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

    func plan(_ source: PlanSource) async throws(Failure) -> Result {
        let worker = try WorkerProcess.launch(executable: context.worker)
        let workplace = Workplace(context: context, options: options)
        var environment = try workplace.environment(moduleFolder: source.folder)
        var plan = try await draft(source, environment, workplace)
        let stage = PlanStage(live: environment.client, cluster: environment.clusterName, start: Double(plan.created))
        let recorder = PlanRecorder(nonce: plan.nonce)
        let output = PlanningOutput(ConsoleOutput(context, options: options), isQuiet: options.quiet)
        let journal = try SQLiteJournal.rehearsal(of: workplace.locations.journal, at: WallTime.seconds())
        environment.rehearse(on: stage, recorder, output, journal)
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
        output.flush()
        await recorder.complete(&plan)
        plan.reads = stage.reads.map { PlannedRead(request: $0.request, count: $0.count) }
        plan.unknowns += stage.gaps.map { PlannedUnknown(what: $0, place: nil) }
        var result = Result(plan: plan)
        switch outcome {
        case .values: break
        case .incomplete:
            result.failure = ScriptFailure(Failure(.script, "the script ends in the middle of something"))
        case .failed(let failure): result.failure = failure
        }
        if result.failure?.failure.kind == .cancelled { throw Failure(.cancelled, "interrupted; no plan was written") }
        // Where a plan had to end is no failure of the script.
        if plan.partial != nil { return result }
        result.plan.failure = result.failure.map { failure in
            (failure.location.map { "\($0): " } ?? "") + failure.failure.description
        }
        return result
    }

    /// A plan with nothing in it yet.
    private func draft(
        _ source: PlanSource, _ environment: RunEnvironment, _ workplace: Workplace
    ) async throws(Failure) -> Plan {
        let created = Int(WallTime.seconds())
        let fingerprint = try await ClusterIdentity.fingerprint(of: environment.client)
        var plan = Plan(
            id: environment.makeID(), created: created, expires: created + lifetime,
            nonce: (0..<2).map { _ in String(UInt64.random(in: 1 << 60...UInt64.max), radix: 16) }.joined(),
            caller: environment.caller, requester: context.account,
            cluster: Plan.ClusterBinding(name: environment.clusterName, fingerprint: fingerprint),
            script: source.binding,
            policy: Plan.PolicyBinding(
                sha256: try workplace.policyFingerprint(), demand: Effect.allow.rawValue, approvals: 0),
            seed: String(environment.settings.seed))
        plan.parameters = environment.settings.parameters.map {
            Plan.ParameterBinding(name: $0.name, value: $0.value)
        }
        return plan
    }
}

extension RunEnvironment {
    /// Turns the world of a run into one where nothing is sent and nobody is asked.
    fileprivate mutating func rehearse(
        on stage: PlanStage, _ recorder: PlanRecorder, _ output: any RunOutput, _ journal: SQLiteJournal
    ) {
        client = stage.client
        clock = stage.client.clock
        now = { stage.now }
        scriptTime = { stage.now }
        openJournal = { journal }
        self.output = output
        oversight = .planning(recorder)
        let (directory, start) = (clusters, stage.now)
        clusters = ClusterDirectory(names: directory.names) { (name) throws(Failure) in
            var opened = try await directory.open(name)
            opened.client = stage.other(name, of: opened.client, start: start).client
            return opened
        }
    }
}

extension CommandContext {
    /// The account of this process, as its machine calls it.
    var account: String {
        guard let account = getpwuid(getuid()), let name = account.pointee.pw_name else { return "uid \(getuid())" }
        return String(cString: name)
    }
}

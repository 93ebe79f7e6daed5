// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Configuration
internal import JSON
internal import Journal
internal import Model
internal import Plan
internal import Policy
internal import Proxmox
internal import Runbook
internal import Terminal
internal import Text

/// The command `pvelua apply PLAN`.
struct ApplyCommand: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply", abstract: "Run a planned runbook, and let it do nothing but what is planned.",
        usage: "pvelua apply [options] PLAN",
        discussion:
            "You are asked once, for the whole plan. A change that is not in it, or a guest that changed since, ends the run "
            + "before anything is sent for it. A plan can be applied once.\n\n" + ExitStatus.help)

    @Argument(help: "The plan's file, or the digest of one that an agent has made.", completion: .file())
    var plan: String

    @Option(help: ArgumentHelp("The script, where it is elsewhere now.", valueName: "file"))
    var script: String?

    @Option(
        help: ArgumentHelp(
            "What Ctrl-C does about what was done: keep it, or undo it by what pve.on_failure was given."))
    var onCancel = CancelChoice.keep

    @Flag(help: "Ask, then go on without the terminal, and print the run's name.")
    var detach = false

    @OptionGroup(title: "Common options") var options: GlobalOptions

    func run(in context: CommandContext) async throws(Failure) -> ExitStatus {
        if detach { return try Detachment(context: context, options: options).begin() }
        let (named, plan) = (plan, PlanShelf.file(plan, context, options))
        guard let bytes = try FileContent.read(plan, most: PlanFile.maximumSize) else {
            throw Failure(.usage, "\(plan) is not there", hint: "a plan is written by: pvelua plan FILE")
        }
        let file = try PlanFile(reading: bytes, name: plan)
        try PlanShelf.check(file, named: named)
        return try await Application(
            context: context, options: options, file: file, bytes: bytes, named: named, path: plan, script: script,
            undoesOnCancel: onCancel == .undo
        ).run()
    }
}

/// One plan on its way to the cluster.
struct Application {
    let context: CommandContext
    let options: GlobalOptions
    let file: PlanFile
    let bytes: [UInt8]
    /// As the command line says: a file, or a digest.
    let named: String
    let path: String
    let script: String?
    let undoesOnCancel: Bool

    private var plan: Plan { file.plan }

    func run() async throws(Failure) -> ExitStatus {
        let source = try PlanSource.of(plan, file: path, given: script)
        var options = options
        if options.cluster == nil { options.cluster = plan.cluster.name }
        let workplace = Workplace(context: context, options: options)
        let header = try RunbookHeader.read(source.chunk)
        var environment = try workplace.environment(moduleFolder: context.absolute(source.folder))
        try header?.admit(max(environment.caller, plan.caller))
        let journal = try workplace.openJournal()
        try await check(source, environment, workplace, journal)
        try await consent(workplace, journal)
        // Reading and typing takes its time, in which the plan may have expired, been denied or been frozen out.
        try PlanChecks(plan: plan).content(now: WallTime.seconds(), caller: environment.caller)
        let scope = try await prepare(&environment, header, source, journal)
        return try await carryOut(source.chunk, environment, scope)
    }

    private func check(
        _ source: PlanSource, _ environment: RunEnvironment, _ workplace: Workplace, _ journal: any WholeJournal
    ) async throws(Failure) {
        let checks = PlanChecks(plan: plan)
        try checks.content(now: WallTime.seconds(), caller: environment.caller)
        if let run = try await journal.planUse(file.digest) { throw PlanChecks.used(by: run) }
        try checks.sources(source, environment.modules)
        try checks.parameters(environment.settings.parameters)
        try checks.policy(try workplace.policyFingerprint())
        // The name first: another cluster is not even asked who it is.
        try checks.cluster(environment.clusterName, fingerprint: plan.cluster.fingerprint)
        try checks.cluster(
            environment.clusterName, fingerprint: try await environment.client.clusterFingerprint())
        try await checks.clusters { (name) throws(Failure) in try await environment.clusters.open(name).client }
    }

    /// The one yes for all of it, or the approvals; a denial of the plan stops it whatever policy demands.
    private func consent(_ workplace: Workplace, _ journal: any WholeJournal) async throws(Failure) {
        let demand = Effect(rawValue: plan.strictestEffect) ?? .deny
        let desk = ApprovalDesk(try workplace.approvalTerms(), journal: journal, context: context)
        let standing = try await desk.standing(of: file, at: context.absolute(path))
        if demand == .approve || standing.denial != nil {
            if standing.denial == nil, !standing.isMet { await announce() }
            return try standing.require(for: name)
        }
        let terminal = ControllingTerminal()
        let view = PlanView(
            file: file, path: path, style: Style(isEnabled: false), width: terminal.width.map { $0 - 3 })
        let question = PlanConsent(
            view: view, prompter: terminal, style: context.promptStyle,
            code: TypedYes.code(), assumesYes: options.yes)
        guard demand != .allow else { return }
        let audited = AuditedConsent(
            journal: journal, now: WallTime.seconds, subject: JSONObject([("plan", .string(file.digest))]),
            cluster: plan.cluster.name, demanded: demand.rawValue)
        if demand == .confirm, options.yes { return try await audited.note("yes", by: "--yes") }
        try await audited.ask(at: terminal) { () throws(Failure) in try await question.require(demand) }
    }

    private func announce() async {
        let notice = ApprovalNotice(context: context, options: options, file: file, name: name)
        for problem in await notice.announce() { writeError("warning: \(TextCleaner.clean(problem))\n") }
    }

    /// What a person names the plan by, to approve it.
    private var name: String { PlanShelf.isDigest(named) ? named : path }

    /// Takes the plan for this run, so that nothing can use it again whatever happens next.
    private func prepare(
        _ environment: inout RunEnvironment, _ header: RunbookHeader?, _ source: PlanSource,
        _ journal: any WholeJournal
    ) async throws(Failure) -> RunScope {
        let follower = PlanFollower(plan, digest: file.digest)
        guard let following = environment.following(plan, follower) else {
            throw Failure(.planDiverged, "the plan has no seed; nothing was sent")
        }
        environment = try following.governed(by: header)
        environment.openJournal = { journal }
        // Before the plan is taken: it can still be applied when the freeze is over.
        if !plan.operations.isEmpty, let freeze = try await journal.standingFreeze(at: WallTime.seconds()) {
            throw freeze.refusal
        }
        if let denial = try await journal.verdicts(of: file.digest).first(where: \.isDenial) {
            throw ApprovalStanding.denied(by: denial.person, reason: denial.reason)
        }
        let id = environment.makeID()
        if let run = try await journal.claimPlan(file.digest, for: id, at: WallTime.seconds()) {
            throw PlanChecks.used(by: run)
        }
        var origin = RunSource(path: context.absolute(source.path), plan: bytes)
        origin.isDetached = context.detachedReport != nil
        return RunScope(id: id, environment: environment, script: source.chunk, source: origin)
    }

    private func carryOut(
        _ chunk: Chunk, _ environment: RunEnvironment, _ scope: RunScope
    ) async throws(Failure) -> ExitStatus {
        let run = ScriptRun(context: context, options: options, undoesOnCancel: undoesOnCancel)
        guard case .applying(let follower) = environment.oversight else { return .scriptError }
        return try await run.run(chunk, environment, scope) { outcome in
            await follower.judge(outcome, telling: environment)
        }
    }
}

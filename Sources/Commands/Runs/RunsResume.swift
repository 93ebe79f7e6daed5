// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Configuration
internal import JSON
internal import Journal
internal import Model
internal import Runbook

/// The command `pvelua runs resume ID`.
struct RunsResume: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Go on with a run that was interrupted.",
        usage: "pvelua runs resume [options] ID",
        discussion:
            "What the run had asked and done is taken from the journal; nothing is done twice. What became of a change that was "
            + "under way is found out first. The script must be the one that ran.\n\n" + ExitStatus.help)

    @Argument(help: "The run's id, or as much of its beginning as is unique.")
    var id: String

    @Option(
        help: ArgumentHelp(
            "What Ctrl-C does about what was done: keep it, or undo it by what pve.on_failure was given."))
    var onCancel = CancelChoice.keep

    @OptionGroup(title: "Common options") var options: GlobalOptions

    func run(in context: CommandContext) async throws(Failure) -> ExitStatus {
        try await ResumedRun(context: context, options: options, undoesOnCancel: onCancel == .undo).run(id)
    }
}

/// One run on its way to go on.
struct ResumedRun {
    let context: CommandContext
    let options: GlobalOptions
    let undoesOnCancel: Bool

    func run(_ id: String) async throws(Failure) -> ExitStatus {
        let workplace = Workplace(context: context, options: options)
        let journal = try workplace.openJournal()
        let record = try await RunFinder(archive: journal).run(id)
        let checks = ResumeChecks(record: record, journal: journal)
        let origin = try await checks.origin()
        try await checks.embedded(try workplace.configuration())
        try await checks.intact()
        if let cluster = options.cluster, cluster != record.cluster {
            throw Failure(
                .usage, "run \(record.id) is one of cluster \(record.cluster), not of \(cluster)",
                hint: "leave --cluster out")
        }
        var own = options
        own.cluster = record.cluster
        own.parameters = []
        own.limit = []
        let world = Workplace(context: context, options: own)
        try await sources(origin, record, journal)
        var environment = try world.environment(moduleFolder: origin.folder)
        environment.openJournal = { journal }
        environment.caller = max(environment.caller, record.caller)
        environment.settings = environment.settings.resuming(
            origin, given: try ResumeChecks.parameters(origin, given: try workplace.parameters()))
        try await ResumeChecks.cluster(origin, environment)
        let follower = try await ResumedPlan.follow(origin, record, &environment, journal)
        environment = try environment.governed(
            by: try RunbookHeader.read(Chunk(source: origin.source, name: origin.chunk)))
        return try await goOn(record, origin, environment, journal, follower)
    }

    /// The script and its modules must be those that ran.
    private func sources(
        _ origin: RunOrigin, _ record: RunRecord, _ journal: any WholeJournal
    ) async throws(Failure) {
        let comparison = SourceComparison(run: record.id, isQuiet: options.quiet)
        try comparison.script(origin)
        try comparison.modules(try await journal.memory(of: record.id).modules, in: origin.folder)
    }

    private func goOn(
        _ record: RunRecord, _ origin: RunOrigin, _ environment: RunEnvironment, _ journal: any WholeJournal,
        _ follower: PlanFollower?
    ) async throws(Failure) -> ExitStatus {
        try await journal.takeRun(record.id)
        let output = environment.output
        let reconciler = Reconciler(
            journal: journal,
            client: { (name) throws(Failure) in try await environment.onCluster(name).client },
            now: environment.now, tell: { output.log(.info, $0) })
        var resumption = try await RunResumption(record, in: journal) { (step) throws(Failure) in
            try await reconciler.settle(step).step
        }
        do throws(Failure) {
            let doubtful = try await resumption.settleOpenSteps()
            if let doubt = doubtful.first { throw Self.doubt(doubt, of: doubtful.count) }
        } catch {
            // It is as open as it was before.
            let status = ExitStatus(error).rawValue
            try? await journal.endRun(
                record.id, outcome: ["status": .integer(Int64(status))], at: WallTime.seconds(),
                carrying: JournalBatch())
            throw error
        }
        let done = resumption.steps.filter { $0.state == .done || $0.state == .doneWithWarnings }.count
        say(
            "resuming run \(record.id): \(resumption.memory.calls.count) calls are answered from the journal, "
                + "\(done) steps were done")
        let chunk = Chunk(source: origin.source, name: origin.chunk, isExpression: origin.isExpression)
        let scope = RunScope(resuming: resumption, environment: environment, script: chunk, journal: journal)
        return try await ScriptRun(context: context, options: options, undoesOnCancel: undoesOnCancel).run(
            chunk, environment, scope
        ) { outcome in
            await tellLeftOver(scope, environment)
            return await follower?.judge(outcome, telling: environment) ?? outcome
        }
    }

    private func tellLeftOver(_ scope: RunScope, _ environment: RunEnvironment) async {
        let left = await scope.leftOverSteps
        guard !left.isEmpty else { return }
        let names = left.prefix(10).map { "\($0.sequence) (\($0.intent.method) \($0.intent.path))" }
        environment.output.log(
            .warning,
            "the script did not come back to \(left.count == 1 ? "a step" : "\(left.count) steps") of before: "
                + names.joined(separator: ", ") + (left.count > 10 ? " …" : ""))
    }

    private func say(_ text: String) { if !options.quiet { writeError(text + "\n") } }

    private static func doubt(_ step: StepRecord, of count: Int) -> Failure {
        var failure = Failure(
            .inDoubt,
            "it could not be found out whether step \(step.sequence) of run \(step.run) was done "
                + "(\(step.intent.method) \(step.intent.path))"
                + (count > 1 ? ", nor of \(count - 1) more" : "") + "; nothing was sent",
            hint: "look at the guest and its node's task list, then: pvelua runs resolve \(step.run) \(step.sequence) "
                + "--happened UPID|--did-not-happen")
        failure.vmid = step.intent.vmid
        failure.node = step.intent.node
        failure.upid = step.upid
        return failure
    }
}

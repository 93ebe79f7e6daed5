// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Configuration
internal import JSON
internal import Journal
internal import Model
internal import Proxmox
internal import Runbook
internal import Terminal
internal import Text

/// The command `pvelua runs resolve RUN STEP`.
struct RunsResolve: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve", abstract: "Say what became of a step that is in doubt.",
        usage: "pvelua runs resolve [options] RUN STEP --happened UPID|--did-not-happen",
        discussion: """
            First the step is looked for once more; where that tells, nobody is asked. Else all that is known is shown at the \
            terminal, and what you say is written down with your name once you have typed yes. A task is checked and followed to \
            its end. For a step that makes no task say --happened done. Neither --yes nor an agent can answer.


            """ + ExitStatus.help)

    @Argument(help: "The run's id, the beginning of it, or latest.")
    var run: String

    @Argument(help: "The number of the step.")
    var step: Int

    @Option(help: ArgumentHelp("It was carried out, by this task.", valueName: "UPID"))
    var happened: String?

    @Flag(help: "It was not carried out, and may be tried again.")
    var didNotHappen = false

    @OptionGroup(title: "Common options") var options: GlobalOptions

    func run(in context: CommandContext) async throws(Failure) -> ExitStatus {
        let resolution = try wish()
        let workplace = Workplace(context: context, options: options)
        let (journal, finder) = try RunFinder.needed(of: workplace)
        let run = try await finder.id(run)
        let (quiet, book) = (options.quiet, ResolvingClients(workplace: workplace))
        let reconciler = Reconciler(
            journal: journal, client: { (name) throws(Failure) in try await book.client(name) }, now: WallTime.seconds,
            patience: .seconds(300),
            tell: { if !quiet { writeError(TextCleaner.clean($0) + "\n") } })
        let desk = ResolveDesk(
            journal: journal, reconciler: reconciler, caller: .detected(environment: context.environment),
            account: context.account, prompter: ControllingTerminal(), style: context.promptStyle)
        let found = try await desk.resolve(run: run, step: step, resolution)
        try options.format.write(
            json: .object(
                JSONObject([
                    ("run", .string(run)), ("step", JSONValue(step)), ("state", .string(found.step.state.rawValue)),
                    ("upid", JSONValue(found.step.upid)), ("proof", .string(found.proof)),
                ])),
            text: TextCleaner.clean("step \(step) of run \(run) is \(found.step.state.rawValue): \(found.proof)") + "\n"
        )
        return found.step.state == .inDoubt ? .inDoubt : .done
    }

    private func wish() throws(Failure) -> StepResolution {
        switch (happened, didNotHappen) {
        case (nil, true): return .notHappened
        case ("done", false): return .done
        case (let text?, false):
            if let upid = UPID(text) { return .task(upid) }
            throw Failure(
                .usage, "--happened \(text.prefix(80)) is no task",
                hint: "it looks like UPID:pve1:…:, colon at the end")
        default:
            throw Failure(.usage, "say what became of it", hint: "--happened UPID, or --did-not-happen")
        }
    }
}

/// The ways to the clusters of one `runs resolve`, each opened once.
private actor ResolvingClients {
    private let workplace: Workplace
    private var clients: [String: ProxmoxClient] = [:]

    init(workplace: Workplace) { self.workplace = workplace }

    func client(_ name: String) async throws(Failure) -> ProxmoxClient {
        if let client = clients[name] { return client }
        let workplace = workplace
        let opened = await BlockingWork.run { () -> Result<ProxmoxClient, Failure> in
            do throws(Failure) {
                let configuration = try workplace.configuration()
                if configuration.isEmbedded(name) {
                    throw Failure(.notFound, "it was in memory, and is gone with the process that it was in")
                }
                let route = try ClusterRoute(
                    name: name, configuration: configuration, context: workplace.context,
                    logLevel: workplace.options.logLevel)
                return .success(try route.client())
            } catch {
                return .failure(error)
            }
        }
        let client = try opened.get()
        clients[name] = client
        return client
    }
}

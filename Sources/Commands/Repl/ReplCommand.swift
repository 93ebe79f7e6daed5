// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Configuration
internal import Model
internal import Runbook
internal import Schema
internal import Terminal

/// The command `pvelua repl`.
struct ReplCommand: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "repl", abstract: "Explore a cluster, line by line.",
        usage: "pvelua repl [options]",
        discussion: "Tab completes, :help explains, :quit or Ctrl-D ends.\n\n" + ExitStatus.help)

    @OptionGroup(title: "Common options") var options: GlobalOptions

    func run(in context: CommandContext) async throws(Failure) -> ExitStatus {
        let workplace = Workplace(context: context, options: options)
        var environment = try workplace.environment(moduleFolder: nil)
        environment.settings.isInteractive = true
        let history = ReplHistory.file(environment.clusterName, in: workplace.locations)
        try PrivateStorage.makeFolder(PrivateStorage.folder(of: history))
        let knowledge = ReplKnowledge(environment, schemas: workplace.schemas)
        let editor = LineEditor(environment: context.environment, history: history) { line, cursor in
            knowledge.candidates(line, cursor)
        }
        return try await Repl(
            context: context, options: options, environment: environment, input: ReplInput(editor),
            knowledge: knowledge
        ).run()
    }
}

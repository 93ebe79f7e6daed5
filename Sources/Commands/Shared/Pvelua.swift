// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Model
internal import Runbook
internal import Terminal
internal import Text

/// A command that gets its world passed in and says how it ended.
protocol ContextCommand: ParsableCommand {
    /// The options every command has.
    var options: GlobalOptions { get }
    /// Does the work; a thrown failure is reported by the caller.
    func run(in context: CommandContext) async throws(Failure) -> ExitStatus
}

/// The whole command line.
struct Pvelua: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pvelua",
        abstract: "Run short Lua runbooks against Proxmox VE, safely.",
        usage: "pvelua [options] -e CODE\npvelua [options] COMMAND …",
        discussion: "Without a configuration the embedded cluster `demo` is used.\n\n" + GlobalOptions.summary + "\n\n"
            + ExitStatus.help,
        version: PveluaVersion.text,
        subcommands: [
            RunCommand.self, PlanCommand.self, ApproveCommand.self, DenyCommand.self, ApplyCommand.self,
            EvalCommand.self, ReplCommand.self, MCPCommand.self, RunsCommand.self, ConfigCommand.self,
            ClusterCommand.self,
            MonitorCommand.self, CheckCommand.self, TestCommand.self, PolicyCommand.self, FreezeCommand.self,
            AuditCommand.self, DocsCommand.self,
            EvalExpressionCommand.self,
        ],
        defaultSubcommand: EvalExpressionCommand.self)
}

/// The version of pvelua.
public enum PveluaVersion {
    /// As `--version` and `pve.version().pvelua` tell it.
    public static let text = "0.1.0"
}

/// Runs the command line.
public enum PveluaMain {
    /// Parses the arguments, runs the command and returns the process's exit status.
    public static func run(_ arguments: [String], context: CommandContext) async -> Int32 {
        let context = context.running(arguments)
        let names = Set(Pvelua.configuration.subcommands.compactMap { $0.configuration.commandName })
        if let help = RunbookHelp(ArgumentOrder.arranged(arguments, commands: names)) {
            return await reported(help.options, context) { () throws(Failure) in try help.run(in: context) }
        }
        let command: any ParsableCommand
        do {
            if arguments.isEmpty { throw CleanExit.helpRequest(Pvelua.self) }
            try refuseUnknown(arguments)
            command = try Pvelua.parseAsRoot(ArgumentOrder.arranged(arguments, commands: names))
        } catch {
            return parsingEnded(error, arguments)
        }
        guard let command = command as? any ContextCommand else { return helped(command) }
        return await reported(command.options, context) { () throws(Failure) in try await command.run(in: context) }
    }

    /// Does the work of a command, and writes down how it failed.
    private static func reported(
        _ options: GlobalOptions, _ context: CommandContext, _ body: () async throws(Failure) -> ExitStatus
    ) async -> Int32 {
        do throws(Failure) {
            return try await body().rawValue
        } catch {
            let report = ErrorReport(format: options.format, style: context.errorStyle, secrets: context.secrets)
            writeError(report.text(ScriptFailure(error)))
            return ExitStatus(error).rawValue
        }
    }

    /// The words of every command that help shows, nouns as well as verbs; those of the whole are none.
    static var commands: [[String]] {
        func below(_ place: CommandConfiguration, _ path: [String]) -> [[String]] {
            let shown = place.subcommands.map { $0.configuration }.filter { $0.shouldDisplay }
            return [path] + shown.flatMap { below($0, path + [$0.commandName ?? ""]) }
        }
        return below(Pvelua.configuration, [])
    }

    /// A word that is no command is told of as such; the parser would miss the `-e` of the default command, or call a
    /// misspelt verb an unexpected argument.
    private static func refuseUnknown(_ arguments: [String]) throws {
        var place = Pvelua.configuration
        var words: [String] = []
        for word in ArgumentOrder.words(arguments) {
            let commands = place.subcommands.map { $0.configuration }
            guard !commands.isEmpty, !word.hasPrefix("-"), word != "help" else { return }
            words.append(word)
            guard let next = commands.first(where: { $0.commandName == word }) else {
                let names = commands.filter { $0.shouldDisplay }.compactMap { $0.commandName }
                let advice =
                    Spelling.suggestion(for: word, among: names) ?? "there are " + names.joined(separator: ", ")
                throw ValidationError("there is no command \"\(words.joined(separator: " "))\"; \(advice)")
            }
            place = next
        }
    }

    /// Runs what is no command of ours: the parser's own help, or a noun without its verb, which shows help too.
    private static func helped(_ command: any ParsableCommand) -> Int32 {
        var command = command
        do {
            try command.run()
            return ExitStatus.done.rawValue
        } catch {
            return parsingEnded(error, [])
        }
    }

    /// Help and version go to stdout with status 0, a usage error to stderr with status 2.
    private static func parsingEnded(_ error: any Error, _ arguments: [String]) -> Int32 {
        let text = Pvelua.fullMessage(for: error)
        guard Pvelua.exitCode(for: error) != .success else {
            writeAll(1, Array((text + "\n").utf8))
            return ExitStatus.done.rawValue
        }
        if arguments.contains("json") || arguments.contains("--format=json") {
            let failure = ScriptFailure(Failure(.usage, Pvelua.message(for: error)))
            writeError(ErrorReport(format: .json, style: Style(isEnabled: false)).text(failure))
        } else {
            writeError(TextCleaner.clean(text, keeping: .newlines) + "\n")
        }
        return ExitStatus.usage.rawValue
    }
}

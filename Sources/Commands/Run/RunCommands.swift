// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Model
internal import Runbook

/// The command `pvelua run FILE`.
struct RunCommand: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a runbook.",
        usage: "pvelua run [options] FILE",
        discussion:
            "Changes are judged by policy, asked for at the terminal, and recorded. With FILE and --help it shows what the "
            + "runbook says of itself.\n\n" + ExitStatus.help)

    @Argument(help: "The Lua file.", completion: Completions.scripts)
    var file: String

    @Option(
        help: ArgumentHelp(
            "What Ctrl-C does about what was done: keep it, or undo it by what pve.on_failure was given."))
    var onCancel = CancelChoice.keep

    @Flag(help: "Go on without the terminal, and print the run's name.")
    var detach = false

    @OptionGroup(title: "Common options") var options: GlobalOptions

    func run(in context: CommandContext) async throws(Failure) -> ExitStatus {
        if detach { return try Detachment(context: context, options: options).begin() }
        let source = try FileReader.read(path: file, maximum: Chunk.maximumSize)
        let slash = file.lastIndex(of: "/")
        let folder = slash.map { String(file[..<$0]) } ?? "."
        let name = slash.map { String(file[file.index(after: $0)...]) } ?? file
        let chunk = Chunk(source: source, name: "@" + name)
        return try await ScriptRun(context: context, options: options, undoesOnCancel: onCancel == .undo).run(
            chunk, folder: folder.isEmpty ? "/" : folder, path: file)
    }
}

/// `pvelua -e CODE`, which is what pvelua does when no command is named.
struct EvalExpressionCommand: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "expression", abstract: "Run a piece of Lua and print the value of an expression.",
        usage: "pvelua [options] -e CODE",
        discussion: ExitStatus.help, shouldDisplay: false)

    @Option(
        name: .customShort("e"),
        help: ArgumentHelp("The code; the value of an expression is printed.", valueName: "code"))
    var code: [String]

    @OptionGroup(title: "Common options") var options: GlobalOptions

    func run(in context: CommandContext) async throws(Failure) -> ExitStatus {
        guard let code = code.first, self.code.count == 1 else {
            throw Failure(.usage, "-e is given \(code.count) times", hint: "write one piece of code: -e 'a() b()'")
        }
        let chunk = Chunk(source: Array(code.utf8), name: "=(-e)", isExpression: true)
        return try await ScriptRun(context: context, options: options).run(chunk, folder: nil)
    }
}

/// The command `pvelua eval -`.
struct EvalCommand: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval", abstract: "Run Lua that comes on standard input.", usage: "pvelua eval [options] -",
        discussion: ExitStatus.help)

    @Argument(help: "A dash, for standard input.")
    var source: String

    @OptionGroup(title: "Common options") var options: GlobalOptions

    func run(in context: CommandContext) async throws(Failure) -> ExitStatus {
        guard source == "-" else {
            throw Failure(
                .usage, "eval reads standard input: pvelua eval -", hint: "to run a file: pvelua run \(source)")
        }
        let chunk = Chunk(
            source: try StandardInput.readAll(maximum: Chunk.maximumSize), name: "=stdin", isExpression: true)
        return try await ScriptRun(context: context, options: options).run(chunk, folder: nil)
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Model
internal import Runbook

/// A command that runs or plans a file, of which `--help` tells what the file itself says.
protocol RunbookCommand: ContextCommand {
    var file: String { get }
}

extension RunCommand: RunbookCommand {}
extension PlanCommand: RunbookCommand {}

/// `pvelua run FILE --help` and `pvelua plan FILE --help`: the runbook's own page.
struct RunbookHelp {
    private let command: any RunbookCommand
    private let verb: String

    /// - Returns: nil where the command line asks for something else.
    init?(_ arguments: [String]) {
        guard let verb = arguments.first, ["run", "plan"].contains(verb) else { return nil }
        let words = arguments.prefix { $0 != "--" }
        let rest = words.filter { !["--help", "-h"].contains($0) } + arguments.dropFirst(words.count)
        guard rest.count < arguments.count, let command = try? Pvelua.parseAsRoot(Array(rest)) as? any RunbookCommand
        else { return nil }
        self.command = command
        self.verb = verb
    }

    /// The options, for how an error is written.
    var options: GlobalOptions { command.options }

    /// Shows the page.
    func run(in context: CommandContext) throws(Failure) -> ExitStatus {
        let source = try PlanSource(path: command.file)
        let page = RunbookPage(
            header: try RunbookHeader.read(source.chunk), file: command.file, verb: verb, style: context.outputStyle,
            width: context.isTerminal.output ? windowWidth(1) : nil)
        try command.options.format.write(json: page.json, text: page.text())
        return .done
    }
}

// SPDX-License-Identifier: Apache-2.0
public import ArgumentParser
internal import Runbook

extension LogLevel: ExpressibleByArgument {}

/// The options that every command takes.
///
/// They may stand before or behind the command's name.
struct GlobalOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The cluster to work on, by its name in the configuration.", valueName: "name"),
        completion: Completions.clusters)
    var cluster: String?

    @Option(help: ArgumentHelp("The configuration file.", valueName: "file"), completion: Completions.yaml)
    var config: String?

    @Option(help: "How results and errors are written: text or json.")
    var format: OutputFormat = .text

    @Flag(help: "Answer yes to simple confirmations; typed ones and approvals still stand.")
    var yes = false

    @Flag(help: "Refuse every change, whatever policy allows.")
    var readOnly = false

    @Option(
        name: .customLong("param"),
        help: ArgumentHelp("A parameter of the runbook, as key=value.", valueName: "key=value"))
    var parameters: [String] = []

    @Option(name: .customLong("log-level"), help: "The least grave messages to show: debug, info, warning or error.")
    var logLevel: LogLevel = .info

    @Flag(help: "Show errors only.")
    var quiet = false

    @Option(help: ArgumentHelp("Tighten a limit: cpu=1s, memory=32MiB, output=64KiB.", valueName: "limits"))
    var limit: [String] = []

    /// The most used of them and `-e`, for the help of the whole, where the parser lists none.
    static let summary = """
        MOST USED OPTIONS, before or behind the command
          -e <code>               run a piece of Lua, print an expression's value
          --cluster <name>        the cluster to work on
          --format <format>       text or json
          --yes                   answer yes to simple confirmations
          --param <key=value>     a parameter of the runbook
        All: pvelua run --help
        """
}

/// Puts global options that stand before the command's name behind it, where the parser looks for them.
enum ArgumentOrder {
    private static let flags: Set<String> = ["--yes", "--quiet", "--read-only"]
    private static let options: Set<String> = [
        "--cluster", "--config", "--format", "--param", "--log-level", "--limit",
    ]

    /// What follows the global options that stand at the beginning.
    static func words(_ arguments: [String]) -> ArraySlice<String> { split(arguments).rest }

    static func arranged(_ arguments: [String], commands: Set<String>) -> [String] {
        let (leading, found) = split(arguments)
        var rest = found
        guard let command = rest.first, commands.contains(command) else { return arguments }
        var names = [command]
        rest = rest.dropFirst()
        // `cluster list`, `config check` and `policy test` are two words.
        if ["cluster", "config", "policy", "runs", "audit"].contains(command), let verb = rest.first,
            !verb.hasPrefix("-")
        {
            names.append(verb)
            rest = rest.dropFirst()
            // `cluster schema sync` and `cluster token plan` are three.
            if ["schema", "token"].contains(verb), let third = rest.first, !third.hasPrefix("-") {
                names.append(third)
                rest = rest.dropFirst()
            }
        }
        return names + leading + rest
    }

    private static func split(_ arguments: [String]) -> (leading: [String], rest: ArraySlice<String>) {
        var leading: [String] = []
        var rest = arguments[...]
        while let argument = rest.first {
            if flags.contains(argument) || options.contains(where: { argument.hasPrefix($0 + "=") }) {
                leading.append(argument)
                rest = rest.dropFirst()
            } else if options.contains(argument), rest.count > 1 {
                leading.append(contentsOf: rest.prefix(2))
                rest = rest.dropFirst(2)
            } else {
                break
            }
        }
        return (leading, rest)
    }
}

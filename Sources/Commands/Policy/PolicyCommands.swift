// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Configuration
internal import JSON
internal import Model
internal import Policy
internal import Terminal
internal import Text

/// The command `pvelua policy …`.
struct PolicyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "Check, show, explain and try the rules of what may be done.",
        subcommands: [PolicyCheck.self, PolicyExplain.self, PolicyShow.self, PolicyTest.self])
}

/// The command `pvelua policy check`.
struct PolicyCheck: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Read the policy and the ceiling, and say what is wrong.",
        usage: "pvelua policy check [FILE] [options]",
        discussion: ExitStatus.help)

    @Argument(help: "A policy to read in place of your own.", completion: Completions.yaml)
    var file: String?

    @OptionGroup(title: "Common options") var options: GlobalOptions

    func run(in context: CommandContext) async throws(Failure) -> ExitStatus {
        let workplace = Workplace(context: context, options: options)
        let found = try workplace.policyInForce(workplace.configuration(), file: file)
        let sources = [found.own] + (found.ceiling.map { [$0] } ?? [])
        var lines = ["ok: \(Self.count(found.own)), \(found.own.place)"]
        if let ceiling = found.ceiling { lines.append("ok: \(Self.count(ceiling)), \(ceiling.place) (ceiling)") }
        let json = sources.map { source in
            JSONValue.object(
                JSONObject([("file", .string(source.place)), ("rules", JSONValue(source.policy.rules.count))]))
        }
        try options.format.write(
            json: .object(JSONObject([("ok", true), ("files", .array(json))])),
            text: lines.map { TextCleaner.clean($0) + "\n" }.joined())
        return .done
    }

    private static func count(_ source: PolicySource) -> String {
        let rules = source.policy.rules.count
        return "\(rules) rule\(rules == 1 ? "" : "s")"
    }
}

/// The command `pvelua policy show`.
struct PolicyShow: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show the policy in force and where it stands.",
        usage: "pvelua policy show [options]",
        discussion: ExitStatus.help)

    @OptionGroup(title: "Common options") var options: GlobalOptions

    func run(in context: CommandContext) async throws(Failure) -> ExitStatus {
        let workplace = Workplace(context: context, options: options)
        let found = try workplace.policyInForce(workplace.configuration())
        let style = context.outputStyle
        var text = Self.text(found.own, "policy", style)
        if let ceiling = found.ceiling { text += "\n" + Self.text(ceiling, "ceiling", style) }
        var json = JSONObject([("policy", Self.json(found.own))])
        json["ceiling"] = found.ceiling.map(Self.json) ?? .null
        try options.format.write(json: .object(json), text: text)
        return .done
    }

    private static func text(_ source: PolicySource, _ what: String, _ style: Style) -> String {
        let text = TextCleaner.clean(source.text, keeping: [.newlines, .tabs])
        return style.dim("# \(what): \(TextCleaner.clean(source.place))") + "\n" + text
            + (text.hasSuffix("\n") ? "" : "\n")
    }

    private static func json(_ source: PolicySource) -> JSONValue {
        let rules = source.policy.rules.map { rule in
            JSONValue.object(
                JSONObject([
                    ("id", .string(rule.id)), ("effect", .string(rule.effect.rawValue)),
                    ("place", .string(rule.place)),
                ]))
        }
        return .object(
            JSONObject([("file", .string(source.place)), ("text", .string(source.text)), ("rules", .array(rules))]))
    }
}

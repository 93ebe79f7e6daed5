// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Configuration
internal import JSON
internal import Model
internal import Policy
internal import Terminal
internal import Text

/// The command `pvelua policy test`.
struct PolicyTest: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Try a policy with cases from a file.",
        usage: "pvelua policy test FILE … [options]",
        discussion: """
            A case is a question and the answer that is expected. It ends with 1 where one answer is another, with 2 where a \
            file is not understood.


            """ + ExitStatus.help)

    @Argument(help: "Files of cases.", completion: Completions.yaml)
    var files: [String]

    @OptionGroup(title: "Common options") var options: GlobalOptions

    func run(in context: CommandContext) async throws(Failure) -> ExitStatus {
        var results: [PolicyCaseResult] = []
        for file in files { results += try judge(file, context) }
        let report = PolicyTestReport(results: results, style: context.outputStyle)
        try options.format.write(json: report.json, text: report.text)
        return results.contains { $0.objection != nil } ? .scriptError : .done
    }

    private func judge(_ file: String, _ context: CommandContext) throws(Failure) -> [PolicyCaseResult] {
        let cases = try PolicyCaseFile.load(yaml: try PolicyFiles.named(file), file: file)
        let policy: PolicySet
        if let name = cases.policy {
            let path = name.hasPrefix("/") ? name : Self.folder(of: file) + name
            // Whose clusters are configured here must not decide whether a test can be run.
            policy = try PolicySet.load(yaml: try PolicyFiles.named(path), file: path)
        } else {
            let workplace = Workplace(context: context, options: options)
            policy = try workplace.policy(workplace.configuration())
        }
        return cases.cases.map { PolicyCaseResult($0, policy.evaluate($0.question)) }
    }

    private static func folder(of file: String) -> String {
        file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
    }
}

/// What came of one case.
struct PolicyCaseResult: Sendable {
    let tried: PolicyCase
    let decision: Decision
    /// What is wrong with the answer; nil where it is the expected one.
    let objection: String?

    init(_ tried: PolicyCase, _ decision: Decision) {
        self.tried = tried
        self.decision = decision
        objection = tried.objection(to: decision)
    }
}

/// What came of all.
struct PolicyTestReport {
    let results: [PolicyCaseResult]
    let style: Style

    var text: String {
        var lines: [String] = []
        for result in results {
            let name = TextCleaner.clean(result.tried.name)
            guard let objection = result.objection else {
                lines.append("\(style.green("ok    ")) \(name)")
                continue
            }
            lines.append("\(style.red("FAILED")) \(name)")
            lines.append("         " + TextCleaner.clean("\(result.tried.place): \(objection)"))
            lines += result.decision.reasons.map { "         " + style.dim(TextCleaner.clean("· \($0)")) }
        }
        let failed = results.count { $0.objection != nil }
        let count = "\(results.count) case\(results.count == 1 ? "" : "s")"
        lines.append(failed == 0 ? style.green("\(count), all as expected") : style.red("\(count), \(failed) failed"))
        return lines.joined(separator: "\n") + "\n"
    }

    var json: JSONValue {
        let failed = results.count { $0.objection != nil }
        return .object(
            JSONObject([
                ("ok", .bool(failed == 0)), ("cases", JSONValue(results.count)), ("failed", JSONValue(failed)),
                ("results", .array(results.map(Self.row))),
            ]))
    }

    private static func row(_ result: PolicyCaseResult) -> JSONValue {
        var row = JSONObject([
            ("name", .string(result.tried.name)), ("place", .string(result.tried.place)),
            ("ok", .bool(result.objection == nil)), ("effect", .string(result.decision.effect.rawValue)),
            ("rule", JSONValue(result.decision.rule)),
        ])
        if let objection = result.objection {
            row["objection"] = .string(objection)
            row["reasons"] = .array(result.decision.reasons.map { .string($0.description) })
        }
        return .object(row)
    }
}

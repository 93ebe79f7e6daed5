// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Configuration
internal import JSON
internal import Model
internal import Plan
internal import Runbook
internal import Secrets
internal import Text

/// The command `pvelua plan FILE`.
struct PlanCommand: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Show what a runbook would do, and write it down as a plan.",
        usage: "pvelua plan [options] FILE",
        discussion:
            "The runbook runs on a twin of the cluster: it reads the cluster as it is, and what it changes is changed in "
            + "the twin only. The plan can be applied once, until it expires.\n\n" + ExitStatus.help)

    @Argument(help: "The Lua file.", completion: Completions.scripts)
    var file: String

    @Option(
        help: ArgumentHelp("The plan's file; the runbook's name with .plan.json here otherwise.", valueName: "file"))
    var out: String?

    @Option(help: ArgumentHelp("How long the plan holds, such as 30m or 8h.", valueName: "time"))
    var expires = "1h"

    @Flag(help: "List every request that was read.")
    var verbose = false

    @OptionGroup(title: "Common options") var options: GlobalOptions

    func run(in context: CommandContext) async throws(Failure) -> ExitStatus {
        guard let lifetime = TimeSpan.seconds(expires), lifetime >= 1, lifetime <= TimeSpan.longest else {
            throw Failure(.usage, "--expires \(expires) is no time", hint: "from 1s to 168h, such as 30m or 8h")
        }
        let source = try PlanSource(path: file)
        let destination = out ?? PlanDestination.usual(for: file)
        try PlanDestination.check(destination)
        let result = try await Planning(context: context, options: options, lifetime: Int(lifetime)).plan(source)
        let sealed = PlanFile(result.plan)
        try PlanDestination.refuseSecrets(in: sealed, context.secrets)
        try PlanDestination.check(destination)
        try FileContent.put(context.absolute(destination), sealed.bytes)
        let view = PlanView(
            file: sealed, path: destination, style: context.outputStyle,
            width: context.isTerminal.output ? windowWidth(1) : nil, isVerbose: verbose)
        try options.format.write(
            json: ["digest": .string(sealed.digest), "file": .string(destination), "plan": sealed.plan.json],
            text: view.text())
        // Where a plan had to end is told in the plan, and is no failure of the script.
        guard let failure = result.failure, result.plan.partial == nil else { return .done }
        writeError(
            ErrorReport(format: options.format, style: context.errorStyle, secrets: context.secrets).text(
                failure, chunk: source.chunk))
        return ExitStatus(failure.failure)
    }
}

/// Where a plan is written to.
enum PlanDestination {
    /// `nightly.plan.json` in the current folder for `jobs/nightly.lua`.
    static func usual(for script: String) -> String {
        let name = script.split(separator: "/").last.map(String.init) ?? script
        return (name.hasSuffix(".lua") ? String(name.dropLast(4)) : name) + ".plan.json"
    }

    /// Refuses a plan that a known secret stands in under a name that does not say so: people read it and keep it.
    static func refuseSecrets(in file: PlanFile, _ secrets: SecretBook) throws(Failure) {
        guard secrets.holds(file.bytes) else { return }
        var place = "outside of its operations"
        for operation in file.plan.operations {
            let members = operation.parameters.object?.members ?? []
            guard let member = members.first(where: { secrets.holds($0.value.text) }) else { continue }
            place = "parameter \(member.key) of operation \(operation.number)"
            break
        }
        throw Failure(
            .unsupported, "a secret would stand in the plan, as part of \(place); no plan was written",
            hint: "hand it over in a parameter that is a secret by its name, such as password")
    }

    /// Refuses to write over what is no plan.
    static func check(_ path: String) throws(Failure) {
        guard let bytes = try FileContent.read(path, most: PlanFile.maximumSize) else { return }
        guard (try? JSONValue(parsing: bytes))?["plan"] != nil else {
            throw Failure(.usage, "\(path) is there already and is no plan", hint: "name another file with --out")
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Configuration
internal import Model
internal import Plan
internal import Text

/// Which plan a person gives their word on, and as whom they sign.
struct SigningOptions: ParsableArguments {
    @Argument(help: "The plan's file, or the digest of one that an agent has made.", completion: .file())
    var plan: String

    @Option(help: ArgumentHelp("The SSH key; default: the agent's first among the signers.", valueName: "file"))
    var key: String?

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp("Who signs, by the name in the file of signers.", valueName: "name"))
    var person: String?

    /// The plan, opened for this person's word.
    func open(in context: CommandContext, _ options: GlobalOptions) throws(Failure) -> PlanApproval {
        let path = context.absolutePath(PlanShelf.file(plan, context, options))
        var approval = try PlanApproval.open(path, context, options)
        try PlanShelf.check(approval.file, named: plan)
        approval.key = key.map(context.absolutePath)
        approval.person = person
        return approval
    }
}

/// The command `pvelua approve PLAN`.
struct ApproveCommand: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve", abstract: "Read a plan and sign that it may be applied.",
        usage: "pvelua approve [options] PLAN",
        discussion: """
            Shows all of the plan at the terminal, asks, and signs with an SSH key; the approval lies beside the plan as \
            PLAN.NAME.approval. The keys that count are in the file that policy names (approval.signers). Where it names \
            none, a typed yes is noted in the journal, which is weaker.


            """ + ExitStatus.help)

    @OptionGroup var signing: SigningOptions

    @Option(help: ArgumentHelp("How long the approval holds; default: as policy has it.", valueName: "time"))
    var expires: String?

    @Flag(help: "Only tell who has approved; ends with 0, 21 or 22.")
    var status = false

    @OptionGroup(title: "Common options") var options: GlobalOptions

    func run(in context: CommandContext) async throws(Failure) -> ExitStatus {
        let approval = try signing.open(in: context, options)
        var written: String?
        if !status { written = try await approval.approve(lifetime: try lifetime()) }
        let standing = try await approval.standing()
        let report = ApprovalReport(file: approval.file, standing: standing, written: written)
        try options.format.write(json: report.json, text: report.text)
        guard status, !standing.isMet else { return .done }
        return standing.denial == nil ? .approvalNeeded : .denied
    }

    private func lifetime() throws(Failure) -> Int? {
        guard let expires else { return nil }
        guard let seconds = TimeSpan.seconds(expires), (60...TimeSpan.longest).contains(seconds) else {
            throw Failure(.usage, "--expires \(expires) is no time", hint: "from 1m to 168h, such as 30m or 2h")
        }
        return Int(seconds)
    }
}

/// The command `pvelua deny PLAN`.
struct DenyCommand: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "deny", abstract: "Say that a plan may never be applied.",
        usage: "pvelua deny [options] PLAN",
        discussion: """
            One denial is final, whatever was or will be approved. It is noted in this account's journal, and signed beside the \
            plan as PLAN.NAME.denial where policy names signers and there is a key.


            """ + ExitStatus.help)

    @OptionGroup var signing: SigningOptions

    @Option(help: ArgumentHelp("Why, for those who asked for the plan.", valueName: "text"))
    var reason: String?

    @OptionGroup(title: "Common options") var options: GlobalOptions

    func run(in context: CommandContext) async throws(Failure) -> ExitStatus {
        let approval = try signing.open(in: context, options)
        let written = try await approval.deny(reason: reason)
        if written == nil, approval.terms.signers != nil, !options.quiet {
            writeError(
                "warning: no key to sign with, so only this account's journal holds the denial; name one with --key\n")
        }
        let report = ApprovalReport(file: approval.file, standing: try await approval.standing(), written: written)
        try options.format.write(json: report.json, text: report.text)
        return .done
    }
}

extension CommandContext {
    /// A path of the command line, made absolute, `~` replaced.
    fileprivate func absolutePath(_ path: String) -> String { Locations.expand(absolute(path), home: home) }
}

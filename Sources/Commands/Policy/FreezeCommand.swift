// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Configuration
internal import Glibc
internal import JSON
internal import Journal
internal import Model
internal import Terminal
internal import Text

/// The command `pvelua freeze`.
struct FreezeCommand: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "freeze", abstract: "Stop every change for a time, say until when, or end it.",
        usage: "pvelua freeze [--for 1h --reason TEXT] [--lift] [options]",
        discussion: """
            While a freeze stands, every run that uses this journal is refused its next change (status 22), one that is under way \
            too; reads go on. A second freeze never shortens the first. Ending one needs a yes typed at a terminal. Without \
            options it says whether changes are frozen.


            """ + ExitStatus.help)

    @Option(
        name: .customLong("for"), help: ArgumentHelp("How long, such as 30m or 2h; a week at most.", valueName: "time"))
    var time: String?

    @Option(help: ArgumentHelp("Why; everybody who is refused reads it.", valueName: "text"))
    var reason: String?

    @Flag(help: "End the freeze that stands.")
    var lift = false

    @OptionGroup(title: "Common options") var options: GlobalOptions

    func run(in context: CommandContext) async throws(Failure) -> ExitStatus {
        let workplace = Workplace(context: context, options: options)
        let desk = FreezeDesk(
            journal: workplace.journal,
            caller: .detected(environment: context.environment), prompter: ControllingTerminal(),
            style: context.promptStyle, now: WallTime.seconds)
        if lift {
            guard time == nil, reason == nil else {
                throw Failure(.usage, "--lift stands alone", hint: "lift first, then freeze anew")
            }
            let wasFrozen = try await desk.lift()
            try show(nil, wasFrozen ? "lifted: changes are free again" : "nothing was frozen", desk)
        } else if let time {
            let freeze = try await desk.freeze(for: time, reason: reason)
            try show(freeze, "", desk)
        } else {
            guard reason == nil else { throw Failure(.usage, "--reason goes with --for", hint: "such as --for 1h") }
            try show(try await desk.standing(), "changes are not frozen", desk)
        }
        return .done
    }

    private func show(_ freeze: FreezeRecord?, _ otherwise: String, _ desk: FreezeDesk) throws(Failure) {
        guard let freeze else {
            return try options.format.write(json: .object(JSONObject([("frozen", false)])), text: otherwise + "\n")
        }
        let left = TimeText.span(Int(min(freeze.until - desk.now(), TimeSpan.longest).rounded(.up)))
        try options.format.write(
            json: .object(
                JSONObject([
                    ("frozen", true), ("began", .string(UTCTime.text(freeze.began))),
                    ("until", .string(UTCTime.text(freeze.until))), ("reason", .string(freeze.reason)),
                    ("account", .string(freeze.account)),
                ])),
            text: TextCleaner.clean(
                "changes are frozen until \(UTCTime.text(freeze.until)) (\(left)) by \(freeze.account): \(freeze.reason)"
            )
                + "\n")
    }
}

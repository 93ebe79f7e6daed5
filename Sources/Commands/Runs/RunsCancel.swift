// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import JSON
internal import Journal
internal import Model

/// The command `pvelua runs cancel ID`.
struct RunsCancel: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Have a run end, as Ctrl-C at its terminal would.",
        usage: "pvelua runs cancel [options] ID",
        discussion:
            "A change that was sent is finished and nothing new is begun. With --undo what pve.on_failure was given is called then; "
            + "with --leave nobody waits for what is under way.\n\n" + ExitStatus.help)

    @Argument(help: "The run's id, or as much of its beginning as is unique.")
    var id: String

    @Flag(help: "Undo what was done: call what pve.on_failure was given.")
    var undo = false

    @Flag(help: "Leave what is under way to itself; the run can be resumed.")
    var leave = false

    @Option(help: ArgumentHelp("How long to wait for its end.", valueName: "seconds"))
    var wait = 10

    @OptionGroup(title: "Common options") var options: GlobalOptions

    func run(in context: CommandContext) async throws(Failure) -> ExitStatus {
        guard !(undo && leave) else { throw Failure(.usage, "--undo and --leave exclude each other") }
        let (journal, finder) = try RunFinder.needed(of: Workplace(context: context, options: options))
        let record = try await finder.run(id)
        guard try await journal.isHeld(record.id) else {
            let ended = record.ended.map { "it ended at \(UTCTime.text($0))" } ?? "no process is at it"
            throw Failure(
                .conflict, "run \(record.id) does not run: \(ended); nothing was done",
                hint: "what it did: pvelua runs show \(record.id); to go on with it: pvelua runs resume \(record.id)")
        }
        let wish = undo ? CancelWish.undo : leave ? .leave : .stop
        try await journal.cancelRun(record.id, wish, at: WallTime.seconds())
        let end = ContinuousClock.now + .seconds(min(max(wait, 0), 86400))
        while try await journal.isHeld(record.id) {
            guard ContinuousClock.now < end else {
                writeError(
                    "run \(record.id) was asked to end and is still at it; watch it: pvelua runs show --follow \(record.id)\n"
                )
                return try told(record.id, wish, hasEnded: false)
            }
            try? await ContinuousClock().sleep(for: .milliseconds(100))
        }
        writeError("run \(record.id) has ended; what it did: pvelua runs show \(record.id)\n")
        return try told(record.id, wish, hasEnded: true)
    }

    /// People are told on standard error, programs on standard output.
    private func told(_ run: String, _ wish: CancelWish, hasEnded: Bool) throws(Failure) -> ExitStatus {
        try options.format.write(
            json: ["run": .string(run), "cancel": .string(wish.rawValue), "ended": .bool(hasEnded)], text: "")
        return .done
    }
}

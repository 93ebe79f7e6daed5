// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import JSON
internal import Journal
internal import Model
internal import Proxmox
internal import Terminal
internal import Text

/// The command `pvelua runs show ID`.
struct RunsShow: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one run: where it came from, and each of its changes.",
        usage: "pvelua runs show [options] ID",
        discussion: """
            With `--follow` it goes on until the run ends, and ends with the run's own exit status. Ctrl-C leaves the \
            following; the run goes on.


            """ + ExitStatus.help)

    @Argument(help: "The run's id, the beginning of it, or latest.")
    var id: String

    @Flag(help: "Go on telling what happens until the run ends.")
    var follow = false

    @Flag(help: "Print what a run without a terminal has written: its stdout to stdout, the rest to stderr.")
    var output = false

    @Flag(help: "Print the script as it was recorded.")
    var script = false

    @Flag(help: "Ask the cluster for the last ten lines of each task's log.")
    var log = false

    @Flag(name: .customLong("whole-log"), help: "Ask the cluster for all of each task's log.")
    var wholeLog = false

    @OptionGroup(title: "Common options") var options: GlobalOptions

    func run(in context: CommandContext) async throws(Failure) -> ExitStatus {
        guard [follow, output, script].count(where: { $0 }) <= 1 else {
            throw Failure(.usage, "--follow, --output and --script go one at a time")
        }
        let workplace = Workplace(context: context, options: options)
        let (journal, finder) = try RunFinder.needed(of: workplace)
        let id = try await finder.id(id)
        if output { return try await RunOutputPrinter(archive: journal, context: context).print(id) }
        if follow { return try await follow(id, journal, workplace) }
        var detail = try await RunDetail.read(id, from: journal)
        if script { return try printScript(of: detail, context) }
        if log || wholeLog {
            detail.logs = await TaskLogs(workplace: workplace).read(detail.steps, of: detail.summary, all: wholeLog)
        }
        let now = WallTime.seconds()
        let width = context.isTerminal.output ? windowWidth(1) : nil
        try options.format.write(
            json: detail.json(now: now),
            text: RunView(detail: detail, now: now, style: context.outputStyle, width: width).text())
        return .done
    }

    private func follow(
        _ id: String, _ journal: any WholeJournal, _ workplace: Workplace
    ) async throws(Failure) -> ExitStatus {
        let context = workplace.context
        let board = ProgressBoard(context)
        let isText = options.format == .text
        let sink: any FollowSink =
            isText
            ? TextFollowSink(context: context, board: board, isQuiet: options.quiet, now: WallTime.seconds)
            : JSONFollowSink(now: WallTime.seconds)
        let logs = TaskLogs(workplace: workplace)
        let tasks = isText && !options.quiet ? TaskFollower(board: board) { logs.client(of: $0) } : nil
        let follow = RunFollow(id: id, archive: journal, clock: SystemClock(), sink: sink, tasks: tasks)
        do throws(Failure) {
            return try await Interruptible.run { () async throws(Failure) in try await follow.follow() }
        } catch {
            guard error.kind == .cancelled else { throw error }
            board.endAll()
            throw Failure(
                .cancelled, "no longer followed; the run itself goes on",
                hint:
                    "again: pvelua runs show --follow \(id.prefix(10)); to end it: pvelua runs cancel \(id.prefix(10))")
        }
    }

    /// A pipe gets the script byte for byte.
    private func printScript(of detail: RunDetail, _ context: CommandContext) throws(Failure) -> ExitStatus {
        guard let source = detail.record.origin?.source else {
            throw Failure(.notFound, "the script of run \(detail.summary.id) was not kept")
        }
        let bytes =
            context.isTerminal.output
            ? Array(TextCleaner.clean(bytes: source, keeping: [.newlines, .tabs]).utf8) : source
        guard writeAll(1, bytes) else { throw .lostOutput }
        return .done
    }
}

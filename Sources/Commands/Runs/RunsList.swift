// SPDX-License-Identifier: Apache-2.0
public import ArgumentParser
internal import Configuration
internal import JSON
public import Journal
internal import Model
internal import Text

extension RunFilter.Standing: ExpressibleByArgument {}

/// The command `pvelua runs list`.
struct RunsList: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List what ran, the newest first.",
        usage: "pvelua runs list [options]",
        discussion: """
            Only runs that changed something, or tried to, are written down. A run that is "left behind" has no end, and no \
            process is at it: pvelua runs resume ID goes on with it. `--limit 50` lists fifty; the default is 20.


            """ + ExitStatus.help)

    @Option(help: "Only those that stand so: running, dead (left behind), ended, failed or in-doubt.")
    var state: RunFilter.Standing?

    @Option(help: ArgumentHelp("Only those since a time ago (2h, 7d) or a day (2026-11-22).", valueName: "time"))
    var since: String?

    @OptionGroup(title: "Common options") var options: GlobalOptions

    func run(in context: CommandContext) async throws(Failure) -> ExitStatus {
        let now = WallTime.seconds()
        let filter = try filter(now: now)
        let workplace = Workplace(context: context, options: options)
        let runs = try await RunFinder.archive(of: workplace)?.summaries(filter) ?? []
        let width = context.isTerminal.output ? windowWidth(1) : nil
        try options.format.write(
            json: .object(JSONObject([("runs", .array(runs.map { .object($0.json(now: now)) }))])),
            text: runs.isEmpty
                ? nothing(filter)
                : RunListTable(runs: runs, now: now, style: context.outputStyle, width: width).text())
        return .done
    }

    private func filter(now: Double) throws(Failure) -> RunFilter {
        var filter = RunFilter()
        // The option that tightens limits elsewhere: here nothing runs that could have any.
        if let text = options.limit.last {
            guard let number = Int(text), (1...100_000).contains(number) else {
                throw Failure(.usage, "--limit \(text): here it is how many runs to list, from 1 to 100000")
            }
            filter.limit = number
        }
        filter.standing = state
        filter.cluster = options.cluster
        if let since {
            guard let moment = Self.moment(since, now: now) else {
                throw Failure(
                    .usage, "--since \(since) is no time",
                    hint: "a time ago such as 30m, 2h or 7d, a day such as 2026-11-22, or a moment such as "
                        + "2026-11-22T18:00:00Z")
            }
            filter.since = moment
        }
        return filter
    }

    /// The moment that a text means, in seconds since 1970.
    static func moment(_ text: String, now: Double) -> Double? {
        if let seconds = TimeSpan.seconds(text) { return now - seconds }
        return UTCTime.seconds(text)
    }

    private func nothing(_ filter: RunFilter) -> String {
        let isAny = filter.standing == nil && filter.since == nil && filter.cluster == nil
        return isAny
            ? "Nothing has run yet: a run is written down when it makes its first change.\n"
            : "No run is like that. All of them: pvelua runs list\n"
    }
}

// SPDX-License-Identifier: Apache-2.0
public import ArgumentParser
internal import Configuration
internal import JSON
internal import Journal
public import Model
internal import Monitor
internal import Runbook
internal import Text

extension AlertSeverity: ExpressibleByArgument {}

/// The command `pvelua monitor`.
struct MonitorCommand: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "monitor",
        abstract: "Watch a cluster and tell what is wrong, once and then now and again.",
        usage: "pvelua monitor [options] [--once] [--interval 60s]",
        discussion: """
            Rules, channels and silences stand in the configuration under `monitor`; without that section a few rules hold \
            and alerts go to standard output. An alert fires once, is repeated on schedule and resolves; what has been told \
            is kept in the journal, so that a second `--once` from cron does not tell it again. Nothing is changed at the \
            cluster.

            `--once` ends with 0 however many alerts there are, unless the cluster could not be watched; with `--fail-on` \
            it ends with 8 while an alert of that severity fires.


            """ + ExitStatus.help)

    @OptionGroup(title: "Common options") var options: GlobalOptions

    @Flag(help: "Do one round and end, for cron.")
    var once = false

    @Option(help: ArgumentHelp("The time between rounds; default: as configured, or 60s.", valueName: "time"))
    var interval: String?

    @Option(
        name: .customLong("fail-on"),
        help: "With --once: end with 8 while an alert of this severity fires: warning or critical.")
    var failOn: AlertSeverity?

    @Flag(name: .customLong("test-channels"), help: "Send one test alert by every channel and end.")
    var testsChannels = false

    func run(in context: CommandContext) async throws(Failure) -> ExitStatus {
        if failOn != nil, !once { throw Failure(.usage, "--fail-on goes with --once") }
        let workplace = Workplace(context: context, options: options)
        let configuration = try workplace.configuration()
        let name = try workplace.chosenCluster(configuration)
        var monitor = configuration.monitor
        if let interval {
            guard let seconds = TimeSpan.seconds(interval), (1...TimeSpan.longest).contains(seconds) else {
                throw Failure(.usage, "--interval \(interval) is no time", hint: "it looks like 30s, 5m or 1h")
            }
            monitor.plan.interval = seconds
        }
        let showsEvents = !((once || testsChannels) && options.format == .json)
        let lines = LineChannel(format: options.format, style: context.outputStyle, isShown: showsEvents)
        let routes = try AlertRoutes(context: context, lines: lines).make(monitor.channels)
        let console = MonitorConsole(output: ConsoleOutput(context, options: options), cluster: name)
        if testsChannels { return try await test(routes, name, console) }
        let route = try ClusterRoute(
            name: name, configuration: configuration, context: context, logLevel: options.logLevel)
        // A host that hangs must not hold up the round for long; the next round tries again anyway.
        let client = route.client(try route.credential(), attempts: 2)
        let round = MonitorRound(
            cluster: name, plan: monitor.plan,
            reader: PictureReader(client, plan: monitor.plan, now: WallTime.seconds),
            store: try workplace.openJournal(), routes: routes, now: WallTime.seconds)
        let watch = MonitorWatch(round: round, console: console, lines: lines)
        guard once else {
            console.begins(monitor.plan, routes)
            return try await Interruptible.run { () async throws(Failure) in try await watch.forever() }
        }
        return try await doOnce(watch)
    }

    private func doOnce(_ watch: MonitorWatch) async throws(Failure) -> ExitStatus {
        let report = try await Interruptible.run { () async throws(Failure) in try await watch.once() }
        if options.format == .json { try options.format.write(json: report.json, text: "") }
        if let outage = report.outage { return ExitStatus(outage) }
        guard let failOn, report.firing.contains(where: { $0.severity >= failOn }) else { return .done }
        return .alertsFiring
    }

    private func test(_ routes: [AlertRoute], _ cluster: String, _ console: MonitorConsole) async throws(Failure)
        -> ExitStatus
    {
        var failed: [String] = []
        var rows: [JSONValue] = []
        for route in routes {
            var row = JSONObject([("channel", .string(route.id)), ("told", true)])
            do throws(DeliveryFailure) {
                try await route.channel.deliver(.test(cluster: cluster, at: WallTime.seconds()))
                console.tell(.info, "channel \(route.id): told")
            } catch {
                console.tell(.error, "channel \(route.id): \(error.text)")
                failed.append(route.id)
                row["told"] = false
                row["problem"] = .string(error.text)
            }
            rows.append(.object(row))
        }
        if options.format == .json { try options.format.write(json: ["channels": .array(rows)], text: "") }
        guard failed.isEmpty else {
            throw Failure(.config, "not every channel works: \(failed.joined(separator: ", "))")
        }
        return .done
    }
}

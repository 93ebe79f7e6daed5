// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Monitor
internal import Proxmox
internal import Runbook

/// Rounds, one or as many as there are until somebody ends them.
struct MonitorWatch: Sendable {
    let round: MonitorRound
    let console: MonitorConsole
    let lines: LineChannel
    var clock: any ClientClock = SystemClock()

    func once() async throws(Failure) -> RoundReport {
        let report = try await round.run(after: nil).report
        for problem in report.problems { console.tell(.warning, problem) }
        if lines.isLost { throw .lostOutput }
        if !lines.isShown, report.outage == nil { return report }
        console.summary(report)
        return report
    }

    /// Goes on whatever happens to cluster and channels; ends with the task, or when nobody reads what is printed.
    func forever() async throws(Failure) -> ExitStatus {
        var previous: ClusterPicture?
        var told: Set<String> = []
        while true {
            let start = clock.now()
            var problems: [String] = []
            do throws(Failure) {
                let (report, picture) = try await round.run(after: previous)
                previous = picture
                problems = report.problems
                for (rule, cause) in report.unjudged {
                    problems.append("rule \(rule) cannot be judged: \(cause.message)")
                }
            } catch {
                if Swift.Task.isCancelled { throw error }
                problems = [error.message]
            }
            if lines.isLost { throw .lostOutput }
            // The same trouble every round is told once.
            for problem in problems where !told.contains(problem) { console.tell(.warning, problem) }
            told = Set(problems)
            let rest = .seconds(round.plan.interval) - (clock.now() - start)
            do throws(CancellationError) {
                try await clock.sleep(for: max(rest, .milliseconds(100)))
            } catch {
                throw Failure(.cancelled, "interrupted")
            }
        }
    }
}

/// What the monitor says of itself on standard error.
struct MonitorConsole: Sendable {
    let output: ConsoleOutput
    let cluster: String

    func tell(_ level: LogLevel, _ text: String) { output.log(level, text) }

    func begins(_ plan: MonitorPlan, _ routes: [AlertRoute]) {
        let count = plan.rules.count
        tell(
            .info,
            "watching \(cluster) by \(count) rules every \(Int(plan.interval)) s; alerts go to "
                + routes.map(\.id).joined(separator: ", "))
    }

    func summary(_ report: RoundReport) {
        if let outage = report.outage {
            tell(.error, "\(cluster) could not be watched: \(outage.message)")
            return
        }
        let new = Set(report.events.map(\.alert.fingerprint))
        for alert in report.firing where !new.contains(alert.fingerprint) {
            tell(.info, "\(alert.severity.rawValue) since \(UTCTime.text(alert.since)), told before: \(alert.text)")
        }
        for alert in report.pending {
            let reason = report.silenced.contains(alert.fingerprint) ? "silenced" : "not told yet"
            tell(.info, "\(reason), since \(UTCTime.text(alert.since)): \(alert.text)")
        }
        for (rule, cause) in report.unjudged {
            tell(.warning, "rule \(rule) cannot be judged: \(cause.message)\(cause.hint.map { "; \($0)" } ?? "")")
        }
        if report.alerts.isEmpty, report.events.isEmpty, report.unjudged.isEmpty {
            tell(.info, "\(cluster): all is well")
        }
    }
}

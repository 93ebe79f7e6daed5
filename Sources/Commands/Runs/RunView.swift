// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Journal
internal import Model
internal import Terminal
internal import Text

/// One run as people read it.
struct RunView {
    let detail: RunDetail
    let now: Double
    let style: Style
    /// The columns of the terminal; nil to let lines be as long as they are.
    let width: Int?

    private var run: RunSummary { detail.summary }

    /// All of it, ending in a line end.
    func text() -> String {
        (heading() + [""] + steps() + next()).map { $0 + "\n" }.joined()
    }

    /// Where it came from and how it stands.
    func heading() -> [String] {
        let standing = detail.standing
        let title = "run \(run.id) of \(run.script.scriptName) on \(run.cluster)"
        var lines = broken(title).map(style.bold)
        lines.append(standing.paint(style)(standing.word(run)) + style.dim(", ") + changes)
        lines += script + who
        lines += entry("began", moment(run.started))
        if let ended = run.ended {
            lines += entry("ended", "\(moment(ended)), after \(span(run.seconds(now: now)))")
        } else if !run.isHeld, let last = run.lastActivity {
            lines += entry("last", "heard of at \(moment(last)), after \(span(run.seconds(now: now)))")
        }
        lines += history
        if let undoing = detail.record.undoing {
            let message = undoing["message"]?.string ?? undoing.text
            lines += entry("undoing", "pve.on_failure was called after: \(message)", style.yellow)
        }
        return lines
    }

    private var changes: String {
        guard !detail.steps.isEmpty else { return "no change" }
        var parts = ["\(run.done) of \(detail.steps.count) changes done"]
        if run.failed > 0 { parts.append(style.red("\(run.failed) failed")) }
        if let count = run.changes[.notHappened] { parts.append("\(count) not sent") }
        if run.open > 0 { parts.append(style.yellow("\(run.open) open")) }
        return parts.joined(separator: ", ")
    }

    private var script: [String] {
        let origin = detail.record.origin
        var lines = entry("script", origin?.path ?? run.script.scriptName)
        if !detail.record.scriptSHA256.isEmpty { lines += entry("sha256", detail.record.scriptSHA256, style.dim) }
        let parameters = (origin?.parameters ?? []).map { "\($0.name)=\($0.value ?? "(secret, not kept)")" }
        if !parameters.isEmpty { lines += entry("with", parameters.joined(separator: ", ")) }
        if !detail.keepings.modules.isEmpty {
            lines += entry("modules", detail.keepings.modules.map(\.scriptName).joined(separator: ", "))
        }
        if let plan = detail.keepings.plan { lines += entry("plan", plan, style.dim) }
        return lines
    }

    private var who: [String] {
        entry("by", (run.account ?? "unknown") + " (\(run.caller.rawValue))" + (run.isDetached ? ", detached" : ""))
    }

    private var history: [String] {
        var lines: [String] = []
        if run.resumes > 0 {
            let times = detail.events.filter { $0.kind == AuditEvent.Kind.runResumed.rawValue }.map { moment($0.time) }
            lines += entry(
                "resumed",
                (run.resumes == 1 ? "once" : "\(run.resumes) times") + (times.last.map { ", last \($0)" } ?? ""))
        }
        if detail.keepings.calls > 0, !detail.standing.isOver {
            let count = detail.keepings.calls
            lines += entry(
                "on record", "\(count) \(count == 1 ? "answer" : "answers") that a resumed run is given again")
        }
        for row in detail.events where row.kind == AuditEvent.Kind.runCanceled.rawValue {
            let wish = (try? JSONValue(parsing: row.body))?["wish"]?.string ?? "end"
            lines += entry("canceled", "\(wish), by \(row.account) at \(UTCTime.text(row.time))", style.yellow)
        }
        for row in detail.events where row.kind == AuditEvent.Kind.resolved.rawValue {
            lines += entry("resolved", "step \(row.step ?? 0) by \(row.account) at \(UTCTime.text(row.time))")
        }
        if detail.keepings.outputBytes > 0 {
            lines += entry("output", "\(detail.keepings.outputBytes) bytes: pvelua runs show --output \(run.shortID)")
        }
        return lines
    }

    /// The table of changes.
    private func steps() -> [String] {
        StepTable(detail: detail, now: now, style: style, width: width).lines()
    }

    /// What to do now.
    func next() -> [String] { detail.next.map { [""] + entry("next", $0, style.yellow) } ?? [] }

    // MARK: - Setting

    /// Such as `2026-11-22 01:00:00 UTC (2 h ago)`.
    private func moment(_ seconds: Double) -> String {
        let bounded = Int(max(0, min(seconds, 253_402_300_799)))
        return TimeText.moment(bounded) + " (\(TimeText.span(Int(max(0, min(now - seconds, 1e12))))) ago)"
    }

    private func span(_ seconds: Double) -> String { TimeText.span(Int(max(0, min(seconds, 1e12)))) }

    private func broken(_ text: String) -> [String] { TextCleaner.clean(text).broken(toWidth: width) }

    /// A line with its name in front, going on below where it is long.
    private func entry(_ name: String, _ value: String, _ paint: ((String) -> String)? = nil) -> [String] {
        let margin = 10
        return TextCleaner.clean(value).broken(toWidth: width.map { max($0 - margin, 20) }).enumerated().map {
            index, text in
            let lead = (index == 0 ? name : "") + String(repeating: " ", count: margin - (index == 0 ? name.count : 0))
            return (paint ?? style.dim)(lead) + (paint?(text) ?? text)
        }
    }
}

extension RunStanding {
    /// Whether nothing is left to go on with.
    fileprivate var isOver: Bool { self == .ended || self == .failed }
}

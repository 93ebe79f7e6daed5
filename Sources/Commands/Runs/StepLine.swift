// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Journal
internal import Model
internal import Terminal

/// One change of a run, read from its record for people.
struct StepLine {
    let step: StepRecord
    let run: RunSummary

    /// The action that says most: what a call does besides stands in the details.
    var action: String { step.intent.actions.sorted().first?.rawValue ?? step.intent.method }

    /// How it stands, in a word; an open one of a living run is under way, of a dead one nobody knows.
    var word: String {
        if step.state.isSettled || step.state == .inDoubt { return step.state.word }
        guard run.isHeld else { return "open" }
        return switch step.state {
        case .intent: "begins"
        case .sent: "sending"
        default: "goes on"
        }
    }

    func paint(_ style: Style) -> (String) -> String {
        switch step.state {
        case .done: return style.green
        case .failed: return style.red
        case .notHappened: return style.dim
        case .doneWithWarnings, .inDoubt: return style.yellow
        case .intent, .sent, .accepted:
            if run.isHeld { return style.bold }
            return style.yellow
        }
    }

    /// Such as `101 web-1`; the request where it is about no guest.
    var subject: String {
        let cluster = step.intent.cluster.flatMap { $0 == run.cluster ? nil : " @\($0)" } ?? ""
        guard let vmid = step.intent.vmid else { return "-" + cluster }
        return "\(vmid)" + (step.intent.identity?["name"]?.string.map { " \($0)" } ?? "") + cluster
    }

    /// The line alone where it is one of the script itself.
    var place: String {
        guard let place = step.intent.place else { return "" }
        let script = run.script.scriptName
        return place.hasPrefix(script + ":") ? String(place.dropFirst(script.count + 1)) : place
    }

    /// How long it took, or has by now.
    func seconds(now: Double) -> Double? {
        guard let end = step.ended ?? (run.isHeld ? now : nil) else { return nil }
        return max(0, end - step.intended)
    }

    /// What was asked of the cluster, without secrets.
    var request: String {
        let parameters = step.intent.parameters.object?.members ?? []
        return "\(step.intent.method) \(step.intent.path)"
            + parameters.map { " \($0.key)=\($0.value.string ?? $0.value.text)" }.joined()
    }

    /// The error it ended with, or what is known of its doubt.
    var problem: String? {
        guard step.state != .done, step.state != .doneWithWarnings, let outcome = step.outcome else { return nil }
        guard let message = outcome["message"]?.string else { return nil }
        return message + (outcome["kind"]?.string.map { " [\($0)]" } ?? "")
    }

    /// The last lines of the task's log that the outcome has kept.
    var log: [String] { (step.outcome?["log"]?.array ?? []).compactMap(\.string) }
}

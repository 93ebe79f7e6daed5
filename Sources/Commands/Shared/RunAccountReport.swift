// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Journal
internal import Model
internal import Runbook
internal import Terminal
internal import Text

/// Says what a run had done when it failed, what was done about that, and what is left to do; in a dozen lines at most.
struct RunAccountReport {
    let account: RunAccount
    /// The error that ended the run, which has been told already.
    let failure: Failure
    let style: Style

    /// How many changes and how many compensations are shown; of more, those first that a person must look after.
    private static let shown = (steps: 4, compensations: 3)

    /// Whether there is anything that the error itself does not say.
    var isWorthTelling: Bool {
        !account.compensations.isEmpty || account.steps.contains { $0.state.isInEffect } || account.steps.count > 1
    }

    /// The lines below the error.
    func lines() -> [String] {
        guard isWorthTelling else { return [] }
        var lines = heading("done when it failed", "run \(account.run)")
        let steps = account.steps.filter { $0.compensation == nil }
        lines += steps.isEmpty ? ["    nothing was changed"] : rows(of: steps)
        if !account.compensations.isEmpty {
            lines += heading("pve.on_failure", "newest first") + compensationRows()
        }
        return lines + ["  " + style.yellow("next: ") + next()]
    }

    private func heading(_ title: String, _ note: String) -> [String] {
        ["  " + style.bold(title) + style.dim(" (\(TextCleaner.clean(note)))")]
    }

    // MARK: - Changes

    private func rows(of steps: [StepNote]) -> [String] {
        let chosen = selection(of: steps, most: Self.shown.steps) { !$0.state.isDone }
        let width = chosen.map(\.action.count).max() ?? 0
        var lines = chosen.map { "    " + line($0, width) }
        if chosen.count < steps.count { lines.append("    … and \(steps.count - chosen.count) more") }
        return lines
    }

    private func line(_ step: StepNote, _ width: Int) -> String {
        let place = (step.node.map { " on \($0)" } ?? "") + (step.cluster.map { " of cluster \($0)" } ?? "")
        let action = step.action.padding(to: width)
        let upid = step.state.isDone || step.upid == failure.upid ? nil : step.upid
        let detail = step.state.isDone || step.problem == failure.message ? nil : step.problem
        return mark(step.state) + TextCleaner.clean(" \(action)  \(step.subject)\(place)")
            + style.dim(TextCleaner.clean((detail.map { "  \($0.clipped)" } ?? "") + (upid.map { "  \($0)" } ?? "")))
    }

    private func mark(_ state: StepState) -> String {
        let word = state.word.padding(to: 8)
        return switch state {
        case .done: style.green(word)
        case .failed: style.red(word)
        case .notHappened: style.dim(word)
        default: style.yellow(word)
        }
    }

    // MARK: - Compensations

    private func compensationRows() -> [String] {
        let all = account.compensations
        let chosen = selection(of: all, most: Self.shown.compensations) { !$0.end.isDone }
        var lines = chosen.map { "    " + line($0) }
        if chosen.count < all.count { lines.append("    … and \(all.count - chosen.count) more") }
        return lines
    }

    private func line(_ note: CompensationNote) -> String {
        let place = TextCleaner.clean(note.location ?? "no. \(note.number)")
        let steps = account.steps.filter { $0.compensation == note.number }
        let did = steps.prefix(2).map { "\($0.action) of \($0.subject) \($0.state.word)" }
        let rest = steps.count > 2 ? ["\(steps.count - 2) more"] : []
        let what = TextCleaner.clean((did + rest).joined(separator: ", "))
        switch note.end {
        case .done:
            return style.green("done".padding(to: 8)) + " \(place)  " + (what.isEmpty ? "changed nothing" : what)
        case .failed(let failure):
            let message = TextCleaner.clean(failure.message.clipped)
            return style.red("failed".padding(to: 8)) + " \(place)  \(message)"
                + style.dim(" [\(failure.kind.rawValue)]" + (what.isEmpty ? "" : "  \(what)"))
        case .notRun(let reason): return style.yellow("not run".padding(to: 8)) + " \(place)  \(reason)"
        }
    }

    // MARK: - What to do

    /// What `runs resume` would do, which makes nothing twice; nil where it would do nothing.
    private var resuming: String? {
        guard account.isResumable, !account.isUndone, ResumeChecks.resumable.contains(ExitStatus(failure)) else {
            return nil
        }
        return "pvelua runs resume \(account.run)"
    }

    private func next() -> String {
        let steps = account.steps
        if let resuming { return next(resuming, steps) }
        if steps.contains(where: { $0.state.isDoubtful }) {
            return "find out what became of what is in doubt: the guest, and its node's task list; only then run again"
        }
        if steps.contains(where: { $0.state == .accepted }) {
            return "wait until what goes on has ended; only then run again"
        }
        if account.compensations.contains(where: { !$0.end.isDone }) {
            return "undo by hand what pve.on_failure did not, remove the cause, then run again"
        }
        if !account.compensations.isEmpty {
            return "remove the cause, then run again: pve.on_failure has done its part"
        }
        return "what is done stays done; remove the cause, and see that a second run may do it again"
    }

    private func next(_ resuming: String, _ steps: [StepNote]) -> String {
        if steps.contains(where: { $0.state.isDoubtful }) {
            return "\(resuming) finds out what became of what is in doubt; a person is asked where nothing tells"
        }
        if steps.contains(where: { $0.state == .accepted }) {
            return "\(resuming) waits for what goes on, and goes on from there"
        }
        return "remove the cause, then \(resuming) goes on from there; to run it anew would do again what is done"
    }

    /// At most so many: those that matter first, shown in the order they had.
    private func selection<Note>(of notes: [Note], most: Int, _ matters: (Note) -> Bool) -> [Note] {
        guard notes.count > most else { return notes }
        let ranked =
            notes.indices.filter { matters(notes[$0]) } + notes.indices.reversed().filter { !matters(notes[$0]) }
        return ranked.prefix(most).sorted().map { notes[$0] }
    }
}

extension StepState {
    /// Whether it happened.
    fileprivate var isDone: Bool { self == .done || self == .doneWithWarnings }
    /// Whether nobody knows if it happened.
    fileprivate var isDoubtful: Bool { self == .inDoubt || self == .sent || self == .intent }
    /// Whether it has changed something, or may have, or will.
    fileprivate var isInEffect: Bool { isDone || self == .accepted }

    /// The state as a person reads it in a list.
    var word: String {
        switch self {
        case .done: "done"
        case .doneWithWarnings: "warnings"
        case .failed: "failed"
        case .notHappened: "not sent"
        case .accepted: "goes on"
        case .inDoubt, .sent, .intent: "in doubt"
        }
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }

    /// One line of it, short enough for a list.
    fileprivate var clipped: String {
        let line = prefix { !$0.isNewline }
        return line.count > 90 ? "\(line.prefix(89))…" : String(line)
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import Journal
internal import Model

/// All that is shown of one run.
struct RunDetail: Sendable {
    var summary: RunSummary
    var record: RunRecord
    var steps: [StepRecord]
    var keepings: RunKeepings
    /// What happened to the run itself: resumed, asked to end, a step resolved by a person.
    var events: [AuditRow]
    /// Logs of tasks that the cluster was asked for, by step.
    var logs: [Int: [String]] = [:]

    /// Reads it from the journal.
    static func read(_ id: String, from archive: any RunArchive) async throws(Failure) -> RunDetail {
        var filter = RunFilter()
        filter.id = id
        guard let record = try await archive.run(id), let summary = try await archive.summaries(filter).first else {
            throw Failure(.notFound, "run \(id) is not there any more")
        }
        return RunDetail(
            summary: summary, record: record, steps: try await archive.steps(of: id),
            keepings: try await archive.keepings(of: id),
            events: try await archive.auditRows(of: id, kinds: [.runResumed, .runCanceled, .resolved]))
    }

    var standing: RunStanding { RunStanding(summary) }

    /// What a person may do now; nil where there is nothing to do.
    var next: String? {
        let id = summary.shortID
        if summary.isHeld {
            return "wait; to watch: pvelua runs show --follow \(id); to end it: pvelua runs cancel \(id)"
        }
        let isOpen = summary.open > 0
        let isLeft = standing == .leftBehind || standing == .interrupted || isOpen
        if summary.isGone {
            let gone =
                "nothing: the cluster was in the memory of the process, and is gone with it; run the script again"
            return isLeft ? gone : nil
        }
        if let step = steps.first(where: { $0.state == .inDoubt }) {
            return "look at the guest and its node's task list, then say what you found: pvelua runs resolve \(id) "
                + "\(step.sequence) --happened UPID, or --did-not-happen"
        }
        guard isLeft || summary.canGoOn else { return nil }
        if summary.isUndone, !isOpen { return nil }
        guard summary.isResumable else {
            return isOpen
                ? "look what became of the open changes: the script was not kept, so it cannot be resumed"
                : "the script was not kept, so it cannot be resumed; look at what is done, then run it again"
        }
        return "pvelua runs resume \(id)"
            + (isOpen ? " finds out what became of the open changes and goes on" : " goes on where it was left")
    }
}

extension RunSummary {
    /// Whether `runs resume` may come to another end than it did.
    var canGoOn: Bool {
        guard isResumable, !isHeld, !isGone else { return false }
        return ResumeChecks.goesFurther(
            status.flatMap(Int32.init(exactly:)).flatMap(ExitStatus.init(rawValue:)), isAccident: isAccident,
            isUndone: isUndone, isOpen: open > 0)
    }
}

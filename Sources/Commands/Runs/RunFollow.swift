// SPDX-License-Identifier: Apache-2.0
internal import Journal
internal import Model
internal import Proxmox

/// What becomes of a run while somebody looks, piece by piece.
protocol FollowSink: Sendable {
    /// The run as it stands when the following begins.
    func begins(_ detail: RunDetail) throws(Failure)
    /// Steps that have come further since they were told of.
    func moved(_ steps: [StepRecord], in detail: RunDetail) throws(Failure)
    /// What the run has written.
    func wrote(_ piece: OutputPiece) throws(Failure)
    /// The run as it ended, or was left.
    func ends(_ detail: RunDetail) throws(Failure)
}

/// Follows a run of another process by what that writes into the journal.
struct RunFollow: Sendable {
    let id: String
    let archive: any RunArchive
    let clock: any ClientClock
    let sink: any FollowSink
    /// Shows the figures of tasks under way; nil where nobody wants them.
    var tasks: TaskFollower?

    /// The time between two looks, and how many looks must find nobody at the run before it counts as left behind: between
    /// its beginning, or the hand-over to another process, and the lock there is a moment.
    private static let (pause, patience) = (Duration.milliseconds(200), 5)
    /// How many pieces of output are read at a time.
    private static let pieces = 256

    /// Follows until the run has an end, or nobody is at it any more.
    ///
    /// - Returns: The run's own exit status; of one that was left behind 27 where a change is open, 130 otherwise.
    func follow() async throws(Failure) -> ExitStatus {
        var detail = try await RunDetail.read(id, from: archive)
        try sink.begins(detail)
        var told: [Int: StepState] = [:]
        for step in detail.steps { told[step.sequence] = step.state }
        var output = 0
        var absences = 0
        while true {
            try await printOutput(after: &output)
            await tasks?.watch(detail.summary.isHeld ? detail.steps : [], of: detail.summary)
            if detail.summary.isHeld { absences = 0 } else { absences += 1 }
            if detail.summary.ended != nil, !detail.summary.isHeld { break }
            if absences >= Self.patience { break }
            do { try await clock.sleep(for: Self.pause) } catch {
                await tasks?.end()
                throw Failure(.cancelled, "the following was left; the run goes on")
            }
            try await look(&detail, &told)
        }
        await tasks?.end()
        try await printOutput(after: &output)
        try sink.ends(detail)
        return Self.status(of: detail.summary)
    }

    /// Reads the run's head, and more only where that says that something has happened.
    private func look(_ detail: inout RunDetail, _ told: inout [Int: StepState]) async throws(Failure) {
        var filter = RunFilter()
        filter.id = id
        guard let summary = try await archive.summaries(filter).first, summary != detail.summary else { return }
        detail = try await RunDetail.read(id, from: archive)
        var moved: [StepRecord] = []
        for step in detail.steps where told[step.sequence] != step.state {
            told[step.sequence] = step.state
            // That something is about to be sent is over before anybody has read it.
            if step.state != .intent, step.state != .sent { moved.append(step) }
        }
        if !moved.isEmpty { try sink.moved(moved, in: detail) }
    }

    private func printOutput(after last: inout Int) async throws(Failure) {
        while true {
            let pieces = try await archive.output(of: id, after: last, limit: Self.pieces)
            for piece in pieces {
                last = piece.sequence
                try sink.wrote(piece)
            }
            if pieces.count < Self.pieces { return }
        }
    }

    /// The exit status that tells how a run ended.
    static func status(of run: RunSummary) -> ExitStatus {
        guard run.ended != nil else { return run.open > 0 ? .inDoubt : .interrupted }
        return run.status.flatMap { Int32(exactly: $0) }.flatMap { ExitStatus(rawValue: $0) } ?? .scriptError
    }
}

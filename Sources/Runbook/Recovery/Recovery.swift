// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Wire

extension RunbookSession {
    /// How many compensations may meet a limit before the rest is left alone.
    private static let patience = 3

    /// Runs what the failed chunk gave to `pve.on_failure`, newest first, and tells what was done in all.
    ///
    /// Each is a chunk of its own, with fresh limits, so that one that fails or never ends keeps no other from its turn.
    /// After an interrupt none is run unless that was asked for, and none while it is not known what became of a step.
    func recover(from failure: ScriptFailure) async -> RunAccount {
        var notes: [CompensationNote] = []
        beginUndoingAfterInterrupt()
        let total = await run.compensationCount
        var impatience = 0
        if total > 0, await reasonToStop(impatience) == nil {
            await run.beginUndoing(after: failure.failure)
            environment.output.log(
                .warning,
                (failure.location.map { "\($0): " } ?? "")
                    + "\(failure.failure.message); what pve.on_failure was given is called now, newest first")
        }
        while await reasonToStop(impatience) == nil, let entry = await run.beginCompensation() {
            environment.output.log(
                .info,
                "pve.on_failure \(notes.count + 1) of \(total)"
                    + (entry.location.map { ", registered at \($0)" } ?? ""))
            let outcome = await carry(["compensation": .integer(Int64(entry.number))])
            var end = CompensationNote.End.done
            if case .failed(let failure) = outcome {
                end = .failed(failure.leaving(await run.takeLeftOpen()).failure)
                if failure.failure.kind == .limit { impatience += 1 }
            }
            notes.append(CompensationNote(number: entry.number, location: entry.location, end: end))
        }
        let reason = await reasonToStop(impatience) ?? "it was not reached"
        notes += await run.endCompensations().map {
            CompensationNote(number: $0.number, location: $0.location, end: .notRun(reason))
        }
        return RunAccount(
            run: run.id, steps: await run.takeNotes(), compensations: notes, isResumable: await run.isResumable)
    }

    /// Calls what a chunk that ended well gave to `pve.on_failure`, newest first, as if a later step had failed; for plans.
    public func rehearseCompensations() async {
        var impatience = 0
        while await reasonToStop(impatience) == nil, let entry = await run.beginCompensation() {
            let outcome = await carry(["compensation": .integer(Int64(entry.number))])
            if case .failed(let failure) = outcome, failure.failure.kind == .limit { impatience += 1 }
        }
        _ = await run.endCompensations()
    }

    private func reasonToStop(_ impatience: Int) async -> String? {
        if let step = await run.doubtfulStep { return "step \(step) is in doubt" }
        if isInterrupted { return "the run was interrupted" }
        if cannotGoOn { return "the run cannot go on" }
        if hasEnded { return "the script's process is gone" }
        if impatience >= Self.patience { return "\(impatience) before it met a limit" }
        return nil
    }
}

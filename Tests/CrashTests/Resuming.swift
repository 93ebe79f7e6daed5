// SPDX-License-Identifier: Apache-2.0
import Journal
import Model
import Runbook
import TestSupport

extension CrashWorld {
    /// Goes on with the run, as `pvelua runs resume` does.
    func resume(_ process: Process, boot: String?) async throws -> ResumedEnding {
        do {
            return try await taken(process, boot: boot)
        } catch {
            if process.crash.isDead { return .killed }
            throw error
        }
    }

    /// Takes the run; what is left of the dead host may hold it for as long as its last call of the journal takes.
    private func take(_ journal: any JournalStore) async throws {
        for _ in 0..<1000 {
            do throws(Failure) {
                return try await journal.takeRun(Self.run)
            } catch {
                guard error.kind == .busy else { throw error }
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw NeverHappened("the lock of a dead host is free")
    }

    private func taken(_ process: Process, boot: String?) async throws -> ResumedEnding {
        var environment = process.environment
        let journal = try environment.openJournal()
        guard let record = try await journal.run(Self.run) else { return .unknown }
        if record.ended != nil { return .over }
        try await take(journal)
        let reconciler = Reconciler(
            journal: journal,
            client: { [environment] (name) throws(Failure) in try await environment.onCluster(name).client },
            now: environment.now, boot: boot)
        var resumption = try await RunResumption(record, in: journal) { (step) throws(Failure) in
            try await reconciler.settle(step).step
        }
        let doubtful = try await resumption.settleOpenSteps()
        guard doubtful.isEmpty else {
            try await journal.releaseRun(Self.run)
            return .doubt
        }
        environment.settings.seed = record.origin?.seed ?? 0
        var living = process
        living.environment = environment
        let scope = RunScope(resuming: resumption, environment: environment, script: chunk, journal: journal)
        return try await evaluate(living, scope).map { .ended($0) } ?? .killed
    }
}

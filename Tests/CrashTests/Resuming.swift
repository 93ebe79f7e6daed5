// SPDX-License-Identifier: Apache-2.0
import Runbook
import Journal
import Model
extension CrashWorld {
    func resume(_ process: Process, boot: String?) async throws -> ResumedEnding {
        let journal = try process.environment.openJournal()
        guard try await journal.run(Self.run) != nil else { return .unknown }
        let reconciler = Reconciler(
            journal: journal, client: { [environment = process.environment] (name) throws(Failure) in
                if name == "demo" { return environment.client }
                return try await environment.clusters.open(name).client },
            now: process.environment.now, boot: boot)
        do { _ = try await reconciler.settle(run: Self.run) } catch { if process.crash.isDead { return .killed }; throw error }
        return .doubt
    }
}

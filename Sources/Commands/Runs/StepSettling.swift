// SPDX-License-Identifier: Apache-2.0
internal import Journal
internal import Model
internal import Proxmox
internal import Runbook

/// Finds out what became of a step that another process has left open, and writes it down.
struct StepSettling: Sendable {
    let journal: SQLiteJournal
    let environment: RunEnvironment

    /// The step as it is then; `accepted` while its task still runs, `in_doubt` where nobody can tell.
    func settle(_ step: StepRecord) async throws(Failure) -> StepRecord {
        let reconciler = Reconciler(
            journal: journal,
            client: { [environment] (name) throws(Failure) in try await environment.onCluster(name).client },
            now: environment.now, tell: { [output = environment.output] in output.log(.info, $0) })
        return try await reconciler.settle(step).step
    }
}

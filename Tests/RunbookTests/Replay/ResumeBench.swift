// SPDX-License-Identifier: Apache-2.0
import JSON
import Journal
import Model
import Proxmox
import Testing

@testable import Runbook

extension Bench {
    /// Runs a script as a run that can be resumed; the run's end is written only where it is said so.
    ///
    /// - Parameter ends: Whether the process lives to write the run's end.
    func start(
        _ code: String, id: String = "r", ends: Bool = false
    ) async throws -> (outcome: ChunkOutcome, scope: RunScope) {
        let chunk = Chunk(source: Array(code.utf8), name: "@test.lua")
        let scope = RunScope(id: id, environment: environment, script: chunk, source: RunSource())
        return (try await evaluate(chunk, scope, ends: ends), scope)
    }

    /// Goes on with a run, with the steps as they are or as a person settled them.
    func resume(
        _ code: String, id: String = "r", ends: Bool = false,
        settle: RunResumption.StepSettling? = nil
    ) async throws -> (outcome: ChunkOutcome, scope: RunScope) {
        let record = try #require(try journal.run(id))
        try journal.releaseRun(id)
        try journal.takeRun(id)
        let (world, journal) = (self.environment, journal)
        let reconciler = Reconciler(
            journal: journal, client: { (name) throws(Failure) in try await world.onCluster(name).client },
            now: world.now)
        var resumption = try await RunResumption(record, in: journal) { (step) throws(Failure) in
            if let settle { try await settle(step) } else { try await reconciler.settle(step).step }
        }
        _ = try await resumption.settleOpenSteps()
        let chunk = Chunk(source: Array(code.utf8), name: "@test.lua")
        var environment = environment
        if let origin = record.origin { environment.settings = environment.settings.resuming(origin, given: []) }
        let scope = RunScope(resuming: resumption, environment: environment, script: chunk, journal: journal)
        return (try await evaluate(chunk, scope, environment, ends: ends), scope)
    }

    private func evaluate(
        _ chunk: Chunk, _ scope: RunScope, _ environment: RunEnvironment? = nil, ends: Bool
    ) async throws -> ChunkOutcome {
        let session = try await RunbookSession.start(
            environment ?? self.environment, worker: try .launch(executable: Self.worker), run: scope)
        let outcome = await session.evaluate(chunk)
        await session.end()
        if ends { await scope.close(status: 130) }
        return outcome
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import Journal
internal import Model
internal import Plan
internal import Runbook

/// The plan of a run that goes on, where it follows one.
enum ResumedPlan {
    /// Makes the world one that follows the run's plan, with the time going on from when it was applied first.
    ///
    /// - Returns: nil where the run follows no plan.
    /// - Throws: ``Failure`` where the plan has expired or been denied since.
    static func follow(
        _ origin: RunOrigin, _ record: RunRecord, _ environment: inout RunEnvironment, _ journal: any WholeJournal
    ) async throws(Failure) -> PlanFollower? {
        guard let bytes = origin.plan else { return nil }
        let file = try PlanFile(reading: bytes, name: "the plan of run \(record.id)")
        try PlanChecks(plan: file.plan).content(now: WallTime.seconds(), caller: environment.caller)
        try PlanChecks(plan: file.plan).parameters(environment.settings.parameters)
        if let denial = try await journal.verdicts(of: file.digest).first(where: \.isDenial) {
            throw ApprovalStanding.denied(by: denial.person, reason: denial.reason)
        }
        let follower = PlanFollower(file.plan, digest: file.digest)
        guard var following = environment.following(file.plan, follower) else {
            throw Failure(.planDiverged, "the plan has no seed; nothing was sent")
        }
        let (created, began, live) = (Double(file.plan.created), record.started, environment.now)
        following.scriptTime = { created + max(0, live() - began) }
        environment = following
        return follower
    }
}

extension PlanFollower {
    /// How a run that follows the plan has ended, and what it left out.
    func judge(_ outcome: ChunkOutcome, telling environment: RunEnvironment) -> ChunkOutcome {
        let missing = missing
        if !missing.isEmpty {
            environment.output.log(
                .warning,
                "not done, though planned: " + missing.map { "\($0.number) \($0.action)" }.joined(separator: ", "))
        }
        // A script may catch the error; that the run was not the planned one is told all the same.
        guard let divergence, case .values = outcome else { return outcome }
        return .failed(ScriptFailure(divergence))
    }
}

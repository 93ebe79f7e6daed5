// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Journal
internal import Model
internal import Proxmox
internal import Runbook

/// Finds out what became of a step that another process has left open, and writes it down.
struct StepSettling: Sendable {
    let journal: any WholeJournal
    let environment: RunEnvironment

    /// The step as it is then; `accepted` while its task still runs, `in_doubt` where nobody can tell.
    func settle(_ step: StepRecord) async throws(Failure) -> StepRecord {
        var settled = step
        switch step.state {
        case .intent where step.boot != nil && step.boot == MachineBoot.id():
            settled.state = .notHappened
            settled.outcome = Failure(.cancelled, "the process ended before it was sent").json
        case .accepted:
            guard let task = step.upid.flatMap({ UPID($0) }) else { fallthrough }
            guard try await end(of: task, &settled) else { return step }
        case .intent, .sent:
            settled.state = .inDoubt
            settled.outcome = Failure(.outcomeUnknown, "the process ended before it had an answer").json
        default: return step
        }
        try journal.recordOutcome(
            run: step.run, step: step.sequence, settled.state, outcome: settled.outcome ?? .null, at: WallTime.seconds())
        return settled
    }

    /// Looks how a task ended; false while it runs.
    private func end(of task: UPID, _ step: inout StepRecord) async throws(Failure) -> Bool {
        let client = try await environment.onCluster(step.intent.cluster).client
        guard try await client.task(task).hasEnded else { return false }
        do throws(Failure) {
            let outcome = try await client.wait(for: task)
            var object = JSONObject([
                ("changed", true), ("action", .string(step.intent.actions.min()?.rawValue ?? "call")),
                ("upid", .string(task.description)), ("verified", false),
            ])
            if let vmid = step.intent.vmid { object["vmid"] = JSONValue(vmid) }
            if let node = step.intent.node { object["node"] = .string(node) }
            if case .warnings(let count) = outcome.status { object["warnings"] = JSONValue(count) }
            step.state = object["warnings"] == nil ? .done : .doneWithWarnings
            step.outcome = .object(object)
        } catch {
            guard error.upid != nil else { throw error }
            step.state = .failed
            step.outcome = error.json
        }
        return true
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Journal
internal import Model
internal import Policy
internal import Proxmox

/// Writes one step's life into the journal, each stage before anybody acts on it.
struct StepRecorder: Sendable {
    let journal: any JournalStore
    let run: String
    let number: Int

    func intend(_ change: Change, actions: Set<Action>, decision: Decision, now: Double) throws(Failure) {
        try journal.recordIntent(
            StepIntent(
                run: run, number: number, actions: actions.map(\.rawValue).sorted(),
                method: change.call.method.rawValue, path: change.call.path.description,
                parameters: change.call.parametersJSON, vmid: change.guest.vmid.rawValue,
                node: change.guest.node.rawValue, identity: change.guest.identity, rule: decision.rule, time: now))
    }

    func sent() throws(Failure) { try journal.recordSent(run: run, step: number) }

    func accepted(_ upid: UPID) throws(Failure) {
        try journal.recordAccepted(run: run, step: number, upid: upid.description)
    }

    func done(_ result: JSONValue, warnings: Int) throws(Failure) {
        try record(warnings > 0 ? .doneWithWarnings : .done, result)
    }

    /// Records how a request ended that brought no task, and gives the error to raise.
    ///
    /// What may have arrived without an answer is in doubt; it is never sent again.
    func notAccepted(_ failure: Failure) throws(Failure) -> Failure {
        switch failure.kind {
        case .outcomeUnknown:
            try record(.inDoubt, failure.json)
            var doubt = failure
            doubt.kind = .inDoubt
            doubt.hint = "look at the guest and its node's task list before trying again; this was step \(number) of run \(run)"
            return doubt
        case .connection, .tls, .nodeUnreachable: try record(.notHappened, failure.json)
        default: try record(.failed, failure.json)
        }
        return failure
    }

    /// Records how an accepted task failed; one that still runs stays accepted.
    func taskFailed(_ failure: Failure) throws(Failure) -> Failure {
        switch failure.kind {
        case .taskTimeout, .cancelled: break
        case .outcomeUnknown, .inDoubt: try record(.inDoubt, failure.json)
        default: try record(.failed, failure.json)
        }
        return failure
    }

    private func record(_ state: StepState, _ outcome: JSONValue) throws(Failure) {
        try journal.recordOutcome(run: run, step: number, state: state, outcome: outcome)
    }
}

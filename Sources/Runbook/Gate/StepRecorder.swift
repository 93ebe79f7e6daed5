// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Journal
internal import Model

/// A step that the run ends without knowing the end of.
struct Unsettled: Sendable {
    /// Whether it is not even known if it happened.
    let isDoubtful: Bool
    /// What a person is told of it.
    let text: String
}

/// Writes one step's life into the journal, each stage before anybody acts on it.
struct StepRecorder: Sendable {
    let journal: any JournalStore
    let run: String
    let number: Int
    /// The cluster, where it is not the run's own.
    let cluster: String?
    let now: @Sendable () -> Double
    /// Told of each stage: the state, the task where it is new, and what went wrong.
    let note: @Sendable (StepState, String?, String?) async -> Void
    /// Told of what a person must look after.
    let leave: @Sendable (Unsettled) async -> Void

    private var name: String {
        "step \(number) of run \(run)" + (cluster.map { " on cluster \($0)" } ?? "")
    }

    func sent() async throws(Failure) {
        try await journal.recordSent(run: run, step: number, at: now())
        await note(.sent, nil, nil)
    }

    func accepted(_ upid: UPID) async throws(Failure) {
        try await journal.recordAccepted(run: run, step: number, upid: upid.description, at: now())
        await note(.accepted, upid.description, nil)
    }

    func done(_ result: JSONValue, warnings: Int) async throws(Failure) {
        try await record(warnings > 0 ? .doneWithWarnings : .done, result)
    }

    /// Records that a request was not sent because something stood in the way, and gives the error to raise.
    func notSent(_ failure: Failure) async throws(Failure) -> Failure {
        try await record(.notHappened, failure)
        return failure
    }

    /// Records how a request ended that brought no task, and gives the error to raise.
    ///
    /// What may have arrived without an answer is in doubt; it is never sent again.
    func notAccepted(_ failure: Failure) async throws(Failure) -> Failure {
        switch failure.kind {
        case .outcomeUnknown: return try await doubt(failure)
        case .connection, .tls, .nodeUnreachable, .cancelled, .auth: try await record(.notHappened, failure)
        default: try await record(.failed, failure)
        }
        return failure
    }

    /// Records that the cluster took a change, and that nobody could see what came of it; it may have happened, so it is never
    /// written down as one that may be sent again.
    func notLookedAt(_ failure: Failure) async throws(Failure) -> Failure {
        switch failure.kind {
        case .outcomeUnknown, .connection, .tls, .nodeUnreachable, .cancelled, .auth: return try await doubt(failure)
        default: try await record(.failed, failure)
        }
        return failure
    }

    /// Records how an accepted change failed; one that still runs stays accepted.
    func taskFailed(_ failure: Failure) async throws(Failure) -> Failure {
        switch failure.kind {
        case .taskTimeout, .cancelled:
            let task = failure.upid.map { " (\($0))" } ?? ""
            await leave(Unsettled(isDoubtful: false, text: "\(name) goes on\(task)"))
        case .outcomeUnknown: return try await doubt(failure)
        default: try await record(.failed, failure)
        }
        return failure
    }

    private func doubt(_ failure: Failure) async throws(Failure) -> Failure {
        try await record(.inDoubt, failure)
        var doubt = failure
        doubt.kind = .inDoubt
        doubt.message = "it is not known whether this was done: \(failure.message)"
        await leave(Unsettled(isDoubtful: true, text: "\(name) is in doubt"))
        doubt.hint =
            "look at the guest and its node's task list before trying again; this was \(name)"
        return doubt
    }

    private func record(_ state: StepState, _ failure: Failure) async throws(Failure) {
        // Told even where the journal cannot take it: the person must not hear less because a disk is full.
        await note(state, nil, failure.message)
        try await record(state, failure.json)
    }

    private func record(_ state: StepState, _ outcome: JSONValue) async throws(Failure) {
        try await journal.recordOutcome(run: run, step: number, state, outcome: outcome, proof: nil, at: now())
        if state == .done || state == .doneWithWarnings { await note(state, nil, nil) }
    }
}

// SPDX-License-Identifier: Apache-2.0
public import JSON
public import Model

/// A change as a caller wants it made: the call, what was true before, and how patient to be.
public struct ChangeRequest: Sendable {
    /// The call.
    public var call: APICall
    /// The guest as it was read just before, where the call is about one; what changed is told from it.
    public var before: GuestFacts?
    /// How long to wait for the task, and then for the effect.
    public var timeout: Duration
    /// The longest pause between two looks at the task.
    public var interval: Duration = .seconds(1)
    /// Whether to wait for the task at all.
    public var waits = true
    /// Whether a refusal because the wanted state holds already counts as success.
    public var acceptsHeldState = true
    /// Whether the guest is read afterwards even where the call has no effect that could be seen on it.
    public var readsGuestAfterwards = true

    /// What the task list held before, where the caller has asked for that already.
    public var mark: TaskWatermark?
    /// Whether the caller has asked; else that is done before sending.
    public var isMarked = false

    /// Makes a request.
    public init(_ call: APICall, before: GuestFacts? = nil, timeout: Duration = .seconds(300)) {
        self.call = call
        self.before = before
        self.timeout = timeout
    }

    /// What must be true afterwards, read off the call.
    var effect: ExpectedEffect { CallTrace(call)?.effect ?? .none }

    /// Where the effect is to be looked for: the guest that is changed or made.
    var target: GuestReference? {
        CallTrace(call)?.made ?? before?.reference
    }
}

/// Told of a change's way, each time before anything else is done; a journal keeps its promises here.
public struct ChangeStages: Sendable {
    /// The change is about to be sent; throwing keeps it from being sent.
    public var sending: @Sendable () async throws(Failure) -> Void = {}
    /// The cluster took it, and this task carries it out.
    public var accepted: @Sendable (UPID) async throws(Failure) -> Void = { _ in }
    /// Its answer was lost, and what became of it is looked for.
    public var lost: @Sendable () -> Void = {}
    /// Something that a person should hear, in one line.
    public var notice: @Sendable (String) -> Void = { _ in }
    /// How far the task has come; nil where nobody watches.
    public var progress: (@Sendable (TaskProgress) -> Void)?

    /// Stages that nobody is told of.
    public init() {}
}

/// What a change came to.
public struct ChangeResult: Sendable {
    /// What the server answered; nil where the answer was lost.
    public var data: JSONValue?
    /// The task, where there was one.
    public var upid: UPID?
    /// How many warnings its log holds.
    public var warnings = 0
    /// What was seen of the effect; nil where the call has none that could be seen, and where nobody waited.
    public var effect: EffectReport?
    /// Whether anything had to be done.
    public var isChange = true
    /// Whether it has come to its end; false where nobody waited.
    public var isFinished = true
    /// Whether only the effect tells that it happened: what became of its task cannot be read.
    public var isSeenOnly = false

    /// Makes a result.
    public init(data: JSONValue? = nil, upid: UPID? = nil) {
        self.data = data
        self.upid = upid
    }
}

/// Why a change did not come to its end, and how far it had come.
public struct ChangeFailure: Error, Sendable {
    /// How far a change came.
    public enum Stage: Sendable, Hashable {
        /// Nothing was sent.
        case notSent
        /// It was sent; the failure's kind tells whether it was refused or is in doubt (`outcome_unknown`).
        case sent
        /// The cluster took it without a task, and it could not be looked at afterwards.
        case answered
        /// This task was to carry it out.
        case accepted(UPID)
    }

    /// What went wrong.
    public var failure: Failure
    /// How far it came.
    public var stage: Stage

    /// Makes a failure of that stage.
    public init(_ failure: Failure, _ stage: Stage) {
        self.failure = failure
        self.stage = stage
    }
}

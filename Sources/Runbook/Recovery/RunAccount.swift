// SPDX-License-Identifier: Apache-2.0
public import Journal
public import Model

/// What a chunk that failed had done by then, and what its compensations did about it.
public struct RunAccount: Sendable {
    /// The run's id in the journal.
    public var run: String
    /// Its changes in their order, those of the compensations as well.
    public var steps: [StepNote]
    /// What `pve.on_failure` was given, newest first.
    public var compensations: [CompensationNote]
    /// Whether all is kept that it takes to go on with the run.
    public var isResumable = false

    /// Whether what was done was undone, all of it.
    public var isUndone: Bool { !compensations.isEmpty && compensations.allSatisfy(\.end.isDone) }
}

/// One change of a run, as a person is told of it.
public struct StepNote: Sendable {
    /// Its number in the run.
    public var number: Int
    /// What it does, such as `guest.stop`.
    public var action: String
    /// Such as `guest 101 (web-1)`; without a guest, the request.
    public var subject: String
    /// The guest it is about.
    public var vmid: Int?
    /// The node it goes to.
    public var node: String?
    /// The cluster, where it is not the run's own.
    public var cluster: String?
    /// How far it came.
    public var state: StepState
    /// The task it became.
    public var upid: String?
    /// What went wrong, as the error of the step said it.
    public var problem: String?
    /// Which compensation it belongs to, by its number; nil for what the script did before it failed.
    public var compensation: Int?
}

/// One function that `pve.on_failure` was given, and what came of it.
public struct CompensationNote: Sendable {
    /// Its number in the run.
    public var number: Int
    /// Where the script registered it, such as `nightly.lua:12`.
    public var location: String?
    /// What came of it.
    public var end: End

    /// How a compensation ended.
    public enum End: Sendable {
        /// It came to its end.
        case done
        /// It failed, or met a limit.
        case failed(Failure)
        /// It was not run, for this reason.
        case notRun(String)

        /// Whether it came to its end.
        public var isDone: Bool { if case .done = self { true } else { false } }
    }
}

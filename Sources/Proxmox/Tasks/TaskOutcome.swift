// SPDX-License-Identifier: Apache-2.0
public import Model

/// How a task ended well.
public struct TaskOutcome: Hashable, Sendable {
    /// The task.
    public var upid: UPID
    /// ``TaskStatus/ok`` or ``TaskStatus/warnings(_:)``.
    public var status: TaskStatus
    /// The last lines of its log, oldest first, where it ended with warnings.
    public var log: [String]
    /// How long it was waited for.
    public var duration: Duration

    /// Makes an outcome.
    public init(upid: UPID, status: TaskStatus, log: [String] = [], duration: Duration = .zero) {
        self.upid = upid
        self.status = status
        self.log = log
        self.duration = duration
    }

    /// Whether the task only handed the request to high availability, which acts later, perhaps on another node.
    public var isOnlyQueued: Bool { upid.isHandedToHA }
}

/// A look at a task that still runs.
public struct TaskProgress: Hashable, Sendable {
    /// The task.
    public var upid: UPID
    /// How long it has been waited for.
    public var elapsed: Duration
    /// What its log says of how far it has come.
    public var figures: TaskFigures

    /// Makes a look.
    public init(upid: UPID, elapsed: Duration, figures: TaskFigures = TaskFigures()) {
        self.upid = upid
        self.elapsed = elapsed
        self.figures = figures
    }
}

extension UPID {
    /// Whether the task only hands a request to high availability: its OK means queued (pve-facts §5).
    public var isHandedToHA: Bool { ["hastart", "hastop", "hamigrate"].contains(type) }
}

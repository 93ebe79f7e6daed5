// SPDX-License-Identifier: Apache-2.0

/// What must be true of a guest before an operation on it counts as done; the task's own word is not enough.
public enum PostCondition: String, Sendable, CaseIterable {
    /// Nothing beyond the end of the task.
    case none
    /// The guest runs.
    case running
    /// The guest is stopped.
    case stopped
    /// The guest's CPUs stand still (`qmpstatus` paused) while its process lives.
    case paused
    /// The guest runs and its uptime began after the request (pve-facts: qmreboot OK means only that it shut down).
    case restarted
    /// A snapshot of the requested name is listed and complete.
    case snapshotExists
}

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
    /// No snapshot of the requested name is listed.
    case snapshotGone
    /// The guest's present descends from the requested snapshot, and nothing holds the guest any more.
    case rolledBack
    /// The guest is on the requested node, and nothing holds it any more.
    case onTarget
    /// The guest is a template.
    case template
    /// The guest is there, and its creation has ended.
    case exists
    /// The options that the call sets read as they were set, and those that it deletes are not there.
    case configured
    /// The disk has at least the requested size.
    case resized
    /// The disk's volume is on the requested storage.
    case diskMoved
    /// There is no such guest any more.
    case gone
}

// SPDX-License-Identifier: Apache-2.0

/// What else the Gate does with the changes of a run, besides making them.
public enum Oversight: Sendable {
    /// Nothing: whoever must be asked is asked.
    case none
    /// Nobody is asked, and every change is written down; the client must be that of a twin.
    case planning(PlanRecorder)
    /// Nobody is asked, since the plan as a whole was agreed to; a change that is not in it is refused.
    case applying(PlanFollower)

    /// Whether a plan is made or followed.
    var isPlanned: Bool {
        if case .none = self { false } else { true }
    }
}

/// How it stands with what `pve.on_failure` was given.
struct UndoState: Sendable {
    /// Whether it is being called just now.
    var isRunning: Bool
    /// Whether there is something that would be called if the next change failed.
    var isPrepared: Bool
}

/// Where in a script a call comes from, by the worker's word.
struct CallOrigin: Sendable {
    /// The function, such as `vm_action`.
    var operation = "call"
    /// File and line, hostile until cleaned.
    var place: String?
}

/// A guest of one of a run's clusters.
struct PlannedGuest: Hashable, Sendable {
    let cluster: String
    let vmid: Int
}

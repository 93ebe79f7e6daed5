// SPDX-License-Identifier: Apache-2.0

/// How far a call has come, as the journal knows it.
public enum StepState: String, Sendable, CaseIterable {
    /// It is about to be sent; after a crash it may have been.
    case intent
    /// It is being sent, or was.
    case sent
    /// Proxmox took it and named a task.
    case accepted
    /// It happened, and its effect was seen.
    case done
    /// It happened, and its task ended with warnings.
    case doneWithWarnings = "done_with_warnings"
    /// It was tried and failed.
    case failed
    /// It was never carried out.
    case notHappened = "not_happened"
    /// Nobody could find out what became of it.
    case inDoubt = "in_doubt"

    /// Whether the call's fate is written down.
    public var isSettled: Bool {
        switch self {
        case .intent, .sent, .accepted, .inDoubt: false
        case .done, .doneWithWarnings, .failed, .notHappened: true
        }
    }

    /// The states from which a step may come here; what is settled stays as it is.
    var predecessors: [StepState] {
        switch self {
        case .intent: []
        case .sent: [.intent]
        case .accepted: [.intent, .sent, .inDoubt]
        case .done, .doneWithWarnings, .failed, .notHappened: [.intent, .sent, .accepted, .inDoubt]
        case .inDoubt: [.intent, .sent, .accepted]
        }
    }
}

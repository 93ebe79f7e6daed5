// SPDX-License-Identifier: Apache-2.0
internal import Model

/// Compares what is true of a guest with what should be.
enum EffectCheck {
    /// Whether the condition holds, judged from facts alone.
    static func holds(_ condition: PostCondition, _ now: GuestFacts, since before: GuestFacts?) -> Bool {
        switch condition {
        case .none, .snapshotExists: true
        case .running: now.isRunning
        case .stopped: now.isStopped
        case .paused: now.isPaused
        case .restarted: now.isRunning && before.map { hasNewStart(now, since: $0) } ?? true
        }
    }

    /// Whether the guest was started after `before` was read.
    static func hasNewStart(_ now: GuestFacts, since before: GuestFacts) -> Bool {
        if before.isStopped { return true }
        // Another process is another start; a migration is one too, but no reboot was asked of a guest on its way.
        if let old = before.pid, let new = now.pid { return old != new }
        // An unbroken uptime grew at least by the time between the two readings, whenever within its request each was
        // taken. Uptimes come in whole seconds, so it may seem to lag by one.
        let expected = Double(before.uptime) + (now.askedAt - before.observedAt).inSeconds
        return Double(now.uptime) + 1.5 < expected || now.uptime < before.uptime
    }

    /// What should be true, in words.
    static func wish(_ condition: PostCondition, snapshot: String?) -> String {
        switch condition {
        case .none: "exist"
        case .running: "be running"
        case .stopped: "be stopped"
        case .paused: "be paused"
        case .restarted: "have been started anew"
        case .snapshotExists: "have the complete snapshot '\(snapshot ?? "")'"
        }
    }

    /// What is true, in words.
    static func observed(_ facts: GuestFacts) -> String {
        var words = facts.state
        if !facts.isStopped { words += " for \(facts.uptime) s" }
        if let lock = facts.lock { words += ", locked (\(lock))" }
        return words + " on \(facts.node)"
    }
}

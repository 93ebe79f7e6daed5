// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

/// Compares what is true of a guest with what should be.
enum EffectCheck {
    /// Whether the effect is there, judged from facts alone; snapshots are listed apart.
    static func holds(_ effect: ExpectedEffect, _ now: GuestFacts, since before: GuestFacts?) -> Bool {
        switch effect.condition {
        case .none, .snapshotExists, .snapshotGone: true
        case .running: now.isRunning
        case .stopped: now.isStopped
        case .paused: now.isPaused
        case .restarted: now.isRunning && before.map { hasNewStart(now, since: $0) } ?? true
        // Rolling back writes the snapshot into the configuration as the present's parent (PVE::AbstractConfig).
        case .rolledBack: now.config["parent"]?.perlText == effect.snapshot && now.lock == nil
        // A guest that ran before must run afterwards: arriving stopped is no move that anybody asked for.
        case .onTarget:
            now.node == effect.node && now.lock != "migrate" && (before.map { !$0.isRunning || now.isRunning } ?? true)
        case .template: now.isTemplate
        case .exists: !["create", "clone", "disk"].contains(now.lock)
        case .configured: effect.options.holds(now, since: before)
        case .resized: effect.disk?.isGrown(now, since: before) ?? true
        case .diskMoved: effect.disk?.isMoved(now) ?? true
        case .gone: false
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

    /// What is true, in words.
    static func observed(_ facts: GuestFacts) -> String {
        var words = facts.state
        if !facts.isStopped { words += " for \(facts.uptime) s" }
        if let lock = facts.lock { words += ", locked (\(lock))" }
        return words + " on \(facts.node)"
    }
}

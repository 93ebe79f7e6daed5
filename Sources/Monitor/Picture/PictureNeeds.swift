// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Proxmox

/// What a set of rules has to be told; nothing else is asked for.
struct PictureNeeds: Sendable {
    let rules: [AlertRule]
    let silences: [AlertSilence]

    init(_ plan: MonitorPlan) {
        rules = plan.rules
        silences = plan.silences
    }

    var quorum: Bool { rules.contains { $0.condition == .noQuorum } }
    var backups: Bool { rules.contains { if case .backupOlder = $0.condition { true } else { false } } }

    /// Over how many seconds tasks of a node are looked at; nil for not at all.
    func taskSpan(_ node: String) -> Double? {
        rules.compactMap { rule in
            if case .taskFailed(_, let within) = rule.condition, rule.covers(node: node) { within } else { nil }
        }.max()
    }

    func load(_ node: String) -> Bool {
        rules.contains { if case .loadAbove = $0.condition { $0.covers(node: node) } else { false } }
    }

    func certificates(_ node: String) -> Bool {
        rules.contains { if case .certificateExpires = $0.condition { $0.covers(node: node) } else { false } }
    }

    /// The guests that some rule wants to know something of, and cannot be told apart from others yet.
    func agents(_ guest: GuestSight, _ onboot: Bool?) -> Bool {
        rules.contains { $0.condition == .guestUnresponsive && $0.mayCover(guest, onboot: onboot) }
    }

    func snapshots(_ guest: GuestSight, _ onboot: Bool?) -> Bool {
        rules.contains { rule in
            if case .snapshotOlder = rule.condition { rule.mayCover(guest, onboot: onboot) } else { false }
        }
    }

    func onboot(_ guest: GuestSight) -> Bool {
        if silences.contains(where: { $0.guests?.onboot != nil }) { return true }
        return rules.contains { rule in
            let asks = rule.guests.onboot != nil || rule.except?.onboot != nil
            return asks && rule.condition.isAboutGuests && rule.mayCover(guest, onboot: nil)
        }
    }
}

extension AlertRule {
    /// Whether the rule looks at a guest; nil where that hangs on what is not known of the guest.
    func covers(_ guest: GuestSight, onboot: Bool?) -> Bool? {
        guard covers(node: guest.node) else { return false }
        let isPicked = guests.matches(guest, onboot: onboot)
        let isExcepted = except.map { $0.matches(guest, onboot: onboot) } ?? false
        if isPicked == false || isExcepted == true { return false }
        guard isPicked != nil, isExcepted != nil else { return nil }
        return true
    }

    func mayCover(_ guest: GuestSight, onboot: Bool?) -> Bool { covers(guest, onboot: onboot) != false }
}

extension GuestSelector {
    func matches(_ guest: GuestSight, onboot: Bool?) -> Bool? {
        matches(
            vmid: guest.vmid, name: guest.name, tags: guest.tags, pool: guest.reference.pool, onboot: onboot)
    }
}

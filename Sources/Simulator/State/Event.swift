// SPDX-License-Identifier: Apache-2.0

/// Something that will happen in the cluster by itself.
struct Event: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        /// A task's time has passed.
        case finish(String)
        /// A task has waited for its lock long enough.
        case giveUp(String)
        /// The clean-up daemon starts a guest that was shut down for a reboot.
        case restart(Int)
        /// The HA manager comes round to a guest: start, stop, shutdown or migrate:NODE.
        case manage(Int, String)
        /// The statistics daemons look at the guests.
        case look
    }

    var due: Double
    var sequence: Int
    var kind: Kind
}

extension ClusterState {
    mutating func schedule(_ kind: Event.Kind, after seconds: Double) {
        sequence += 1
        events.append(Event(due: now + max(0, seconds) * scale, sequence: sequence, kind: kind))
    }

    /// Notes what the statistics daemons see, until they look again (PVE::Service::pvestatd).
    mutating func look() {
        seen = guests
        seenAt = now
        schedule(.look, after: lag)
    }

    /// When the next thing happens by itself.
    var nextEvent: Double? { events.map(\.due).min() }

    /// Lets everything happen that is due.
    mutating func advance(to time: Double) {
        // A cluster whose clock stands still must not be able to keep itself busy for ever.
        var budget = 100_000
        while budget > 0, let index = dueEvent(time) {
            let event = events.remove(at: index)
            now = max(now, event.due)
            perform(event.kind)
            budget -= 1
        }
        now = max(now, time)
    }

    private func dueEvent(_ time: Double) -> Int? {
        events.indices.filter { events[$0].due <= time }
            .min { (events[$0].due, events[$0].sequence) < (events[$1].due, events[$1].sequence) }
    }

    private mutating func perform(_ kind: Event.Kind) {
        switch kind {
        case .finish(let upid): finishTask(upid)
        case .giveUp(let upid): giveUp(upid)
        case .restart(let vmid):
            guard let guest = guests[vmid], !guest.isRunning else { return }
            spawn("qmstart", id: String(vmid), node: guest.node, vmid: vmid, by: "root@pam")
        case .manage(let vmid, let order): manage(vmid, order)
        case .look: look()
        }
    }
}

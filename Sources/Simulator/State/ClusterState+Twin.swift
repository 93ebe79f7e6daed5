// SPDX-License-Identifier: Apache-2.0
internal import Model

/// What the twin of a plan needs: a simulated cluster that is made of what was read from another one.
extension ClusterState {
    /// The storages.
    public var storageList: [SimulatedStorage] { storages }

    /// Whether there is such a task.
    public func hasTask(_ upid: String) -> Bool { tasks[upid] != nil }

    /// The numbers of the guests that are other in another state, or only there or only here.
    public func guestsDiffering(from other: ClusterState) -> Set<Int> {
        var result = Set(guests.keys).symmetricDifference(other.guests.keys)
        for (vmid, guest) in guests where other.guests[vmid] != guest { result.insert(vmid) }
        return result
    }

    /// Puts in a task that was started elsewhere.
    ///
    /// - Parameter exit: How it ended; nil where it runs, or where that is not known.
    public mutating func adopt(_ upid: String, isRunning: Bool, exit: String?) {
        guard tasks[upid] == nil, let name = UPID(upid) else { return }
        var task = SimulatedTask(
            upid: upid, node: name.node.description, processID: Int(name.pid),
            processStart: Int(truncatingIfNeeded: name.processStart),
            start: Double(name.startTime), type: name.type, id: name.id, owner: name.user, vmid: nil,
            parameters: [:])
        if !isRunning { (task.phase, task.end, task.exit) = (.ended, now, exit ?? "unexpected status") }
        tasks[upid] = task
        taskOrder.append(upid)
    }
}

extension SimulatedCluster {
    /// Whether an option of a guest's configuration names a disk.
    public static func isDiskOption(_ name: String) -> Bool { GuestOptions.isDisk(name) }
}

extension SimulatedGuest {
    /// Keeps the digest that the configuration has elsewhere, until it changes.
    public mutating func pin(_ digest: String) { pinned = PinnedDigest(digest: digest, config: config) }

    /// Forty hex digits that change whenever the configuration does.
    public var digest: String {
        guard let pinned, pinned.config == config else { return config.digest }
        return pinned.digest
    }
}

/// The digest that a configuration has where it comes from.
struct PinnedDigest: Sendable, Hashable {
    var digest: String
    var config: GuestConfig
}

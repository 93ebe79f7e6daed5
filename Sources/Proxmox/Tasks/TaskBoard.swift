// SPDX-License-Identifier: Apache-2.0
internal import Model

/// What is known about the running tasks of each node, shared by all that wait for one.
///
/// With one waiter at a node its task is asked for directly. With more, one listing answers for all of them: whoever comes
/// while it is on its way joins, and whoever comes soon after takes what it brought.
actor TaskBoard {
    private struct Listing {
        let begun: Duration
        let running: Set<UPID>
    }

    private var waiters: [NodeName: Int] = [:]
    private var listings: [NodeName: Listing] = [:]
    private var underway: [NodeName: (begun: Duration, work: Task<Set<UPID>?, Never>)] = [:]

    /// One more waits for a task of this node.
    func enter(_ node: NodeName) { waiters[node, default: 0] += 1 }

    /// One fewer waits for a task of this node.
    func leave(_ node: NodeName) {
        waiters[node, default: 1] -= 1
        if waiters[node] == 0 {
            waiters[node] = nil
            listings[node] = nil
        }
    }

    /// Whether a listing shows the task as running, no older than `freshness` and begun after `since`.
    ///
    /// False says nothing: a listing that fails, that the credential may not see or that is cut short tells no ends.
    func isListedRunning(
        _ upid: UPID, since: Duration, freshness: Duration, now: Duration,
        list: @escaping @Sendable (NodeName) async -> Set<UPID>?
    ) async -> Bool {
        let node = upid.node
        guard waiters[node, default: 0] > 1 else { return false }
        if let known = listings[node], known.begun >= since, now - known.begun <= freshness {
            return known.running.contains(upid)
        }
        if let joined = underway[node], joined.begun >= since {
            return await joined.work.value?.contains(upid) ?? false
        }
        let work = Task { await list(node) }
        underway[node] = (now, work)
        let running = await work.value
        if let current = underway[node], current.work == work { underway[node] = nil }
        if let running { listings[node] = Listing(begun: now, running: running) }
        return running?.contains(upid) ?? false
    }
}

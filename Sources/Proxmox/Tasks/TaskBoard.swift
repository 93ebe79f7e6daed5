// SPDX-License-Identifier: Apache-2.0
internal import Model

/// What is known about the tasks of each node, shared by all that wait for one.
///
/// With one waiter at a node its task is asked for directly. With more, one listing answers for all of them: whoever comes
/// while it is on its way joins, and whoever comes soon after takes what it brought.
actor TaskBoard {
    /// What of a node's list is wanted.
    struct Wanted: Sendable {
        /// When the oldest of the tasks began, in seconds since 1970 by the node's clock.
        let since: Int
        /// How many rows are read at most.
        let limit: Int
    }

    private struct Listing {
        let begun: Duration
        let states: [UPID: TaskStatus]
    }

    private var waiters: [NodeName: [UPID: Int]] = [:]
    private var listings: [NodeName: Listing] = [:]
    private var underway: [NodeName: (begun: Duration, work: Task<[UPID: TaskStatus]?, Never>)] = [:]

    /// One more waits for this task.
    func enter(_ upid: UPID) { waiters[upid.node, default: [:]][upid, default: 0] += 1 }

    /// One fewer waits for it.
    func leave(_ upid: UPID) {
        guard let count = waiters[upid.node]?[upid] else { return }
        waiters[upid.node]?[upid] = count > 1 ? count - 1 : nil
        if waiters[upid.node]?.isEmpty == true {
            waiters[upid.node] = nil
            listings[upid.node] = nil
        }
    }

    /// How many tasks of this node are waited for.
    func count(on node: NodeName) -> Int { waiters[node]?.count ?? 0 }

    /// The pause that many waiters of a node have in common; nil where they are few.
    ///
    /// The more wait, the more ends a listing brings, and the less it matters to each when exactly it hears of its own.
    func commonPause(on node: NodeName) -> Duration? {
        let count = count(on: node)
        return count < 8 ? nil : .milliseconds(min(max(4 * count, 50), 400))
    }

    /// How a listing shows the task, no older than `freshness` and begun after `since`.
    ///
    /// Nil says nothing: a listing that fails, that the credential may not see or that is cut short tells no ends.
    func listed(
        _ upid: UPID, since: Duration, freshness: Duration, now: Duration,
        list: @escaping @Sendable (NodeName, Wanted) async -> [UPID: TaskStatus]?
    ) async -> TaskStatus? {
        let node = upid.node
        let waiting = waiters[node] ?? [:]
        guard waiting.values.reduce(0, +) > 1 else { return nil }
        if let known = listings[node], known.begun >= since, now - known.begun <= freshness {
            return known.states[upid]
        }
        if let joined = underway[node], joined.begun >= since {
            return await joined.work.value?[upid]
        }
        let wanted = Wanted(
            since: waiting.keys.map(\.startTime).min() ?? upid.startTime, limit: max(50, 4 * waiting.count))
        let work = Task { await list(node, wanted) }
        underway[node] = (now, work)
        let states = await work.value
        if let current = underway[node], current.work == work { underway[node] = nil }
        if let states { listings[node] = Listing(begun: now, states: states) }
        return states?[upid]
    }
}

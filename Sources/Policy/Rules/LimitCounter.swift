// SPDX-License-Identifier: Apache-2.0
public import Model

/// Counts what a run has done against its limits.
public struct LimitCounter: Sendable {
    private let limits: RunLimits
    private var changes = 0
    private var guests: Set<Guest> = []
    private var byLimit: [Int]

    /// A vmid says which guest only within its cluster.
    private struct Guest: Hashable {
        let cluster: String
        let vmid: Int
    }

    /// Makes a counter at zero.
    public init(_ limits: RunLimits) {
        self.limits = limits
        byLimit = limits.actions.map { _ in 0 }
    }

    /// Counts one call that is about to be made; a call that only reads costs nothing.
    ///
    /// One call may do an action to many guests; it is counted for each of them.
    ///
    /// - Parameter isWhole: Whether `touched` holds all the guests; a limit on guests cannot be kept where nobody knows them.
    /// - Throws: ``Failure`` of kind `limit` naming the limit; the call then was not counted.
    public mutating func admit(
        actions: Set<Action>, guests touched: [Int], isWhole: Bool = true, of cluster: String
    ) throws(Failure) {
        guard actions.contains(where: { !$0.isRead }) else { return }
        if let most = limits.changes, changes >= most { throw over("changes", most, actions) }
        let known = guests.union(touched.map { Guest(cluster: cluster, vmid: $0) })
        if let most = limits.guests, known.count > most { throw over("guests", most, actions) }
        if let most = limits.guests, !isWhole {
            var failure = over("guests", most, actions)
            failure.message = "nobody can tell how many guests this is about, and limits.run.guests is \(most)"
            failure.hint = "name the guests, or take the limit out of policy.yaml"
            throw failure
        }
        var counts = byLimit
        for (index, limit) in limits.actions.enumerated() where actions.contains(where: { limit.pattern.matches($0) }) {
            let touches = actions.contains { limit.pattern.matches($0) && PolicyQuestion.touchesGuest($0) }
            let times = touches ? max(1, Set(touched).count) : 1
            guard counts[index] <= limit.most, times <= limit.most - counts[index] else {
                throw over(limit.pattern.pattern, limit.most, actions)
            }
            counts[index] += times
        }
        changes += 1
        guests = known
        byLimit = counts
    }

    private func over(_ name: String, _ most: Int, _ actions: Set<Action>) -> Failure {
        var failure = Failure(
            .limit, "this run may make no more: the policy's limits.run.\(name) is \(most)",
            hint: "split the work into several runs, or raise the limit in policy.yaml")
        failure.action = actions.filter { !$0.isRead }.min()?.rawValue
        return failure
    }
}

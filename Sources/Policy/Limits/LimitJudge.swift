// SPDX-License-Identifier: Apache-2.0
public import Model
internal import Text

/// One change as limits count it.
public struct CountedChange: Hashable, Sendable {
    /// A vmid says which guest only within its cluster.
    public struct Guest: Hashable, Sendable, Comparable, CustomStringConvertible {
        /// The cluster's name in the configuration.
        public var cluster: String
        /// The number.
        public var vmid: Int

        /// Makes one.
        public init(cluster: String, vmid: Int) {
            self.cluster = cluster
            self.vmid = vmid
        }

        /// Orders by cluster and number.
        public static func < (left: Guest, right: Guest) -> Bool {
            (left.cluster, left.vmid) < (right.cluster, right.vmid)
        }

        /// The number.
        public var description: String { String(vmid) }
    }

    /// What came of it.
    public enum Ending: Hashable, Sendable {
        /// It was done.
        case well
        /// It has not ended yet.
        case open
        /// It failed, or nobody knows.
        case badly
    }

    /// What it does.
    public var actions: Set<Action>
    /// The guests it touches, as far as they are known.
    public var guests: Set<Guest>
    /// Whether those are all.
    public var isWhole: Bool
    /// What came of it; `open` for one that is about to be made.
    public var ending: Ending

    /// Makes one that is about to be made.
    public init(actions: Set<Action>, guests: Set<Guest>, isWhole: Bool = true, ending: Ending = .open) {
        self.actions = actions
        self.guests = guests
        self.isWhole = isWhole
        self.ending = ending
    }

    /// Whether it does more than look.
    fileprivate var isChange: Bool { actions.contains { !$0.isRead } }

    /// How often a limit on actions counts it.
    fileprivate func times(_ glob: Glob) -> Int {
        let matching = actions.filter { glob.matches($0) }
        guard !matching.isEmpty else { return 0 }
        return matching.contains(where: PolicyQuestion.touchesGuest) ? max(1, guests.count) : 1
    }
}

extension Limit {
    /// Whether it depends on how many guests a change is about.
    fileprivate func countsGuests(of change: CountedChange) -> Bool {
        switch measure {
        case .changes, .pool, .canary: false
        case .guests: true
        case .action(let glob):
            change.actions.contains { glob.matches($0) && PolicyQuestion.touchesGuest($0) }
        }
    }
}

/// The pools of the clusters of a run, as they were when it began.
public struct PoolCensus: Hashable, Sendable {
    /// The pool of each guest; a guest that is not here was in none.
    public var pools: [CountedChange.Guest: String]

    /// Makes a census; without arguments nobody is in a pool.
    public init(_ pools: [CountedChange.Guest: String] = [:]) { self.pools = pools }

    fileprivate func key(_ guest: CountedChange.Guest) -> String? {
        pools[guest].map { guest.cluster + "/" + $0 }
    }

    /// How many guests each pool has.
    fileprivate var sizes: [String: Int] { pools.keys.compactMap(key).reduce(into: [:]) { $0[$1, default: 0] += 1 } }
}

/// Says whether limits leave room for one more change.
///
/// It holds no count of its own: what was done is in the journal, and the question is put in the transaction that records the
/// next intent, so that two runs cannot both take the last place.
public struct LimitJudge: Sendable {
    /// The limits that hold for the caller.
    public let limits: [Limit]
    /// The pools as the run found them.
    public let census: PoolCensus

    /// Makes a judge.
    public init(_ limits: [Limit], census: PoolCensus = PoolCensus()) {
        self.limits = limits
        self.census = census
    }

    /// Whether any limit looks at what the run did before.
    public var looksAtRun: Bool { limits.contains { $0.span == .run } }

    /// Whether any limit looks at what was done within the hour.
    public var looksAtHour: Bool { limits.contains { $0.span == .hour } }

    /// Returns where the change may be made; one that only reads costs nothing.
    ///
    /// - Parameters:
    ///   - run: The changes of the run so far, in order.
    ///   - hour: Those of the last hour for the same kind of caller, the run's own among them.
    /// - Throws: ``Failure`` of kind `limit` naming the limit.
    public func admit(
        _ change: CountedChange, run: [CountedChange], hour: [CountedChange]
    ) throws(Failure) {
        guard change.isChange else { return }
        let (run, hour) = (run.filter(\.isChange), hour.filter(\.isChange))
        for limit in limits {
            let before = limit.span == .run ? run : hour
            switch limit.measure {
            case .canary: try admit(change, after: before, canary: limit)
            case .pool: try admit(change, after: before, pool: limit)
            default:
                guard change.isWhole || !limit.countsGuests(of: change) else {
                    var failure = over(limit, used: limit.most, change)
                    failure.message =
                        "nobody can tell how many guests this is about, and \(limit.name) is \(limit.most)"
                    failure.hint = "name the guests, or take the limit out of policy.yaml"
                    throw failure
                }
                let (used, after) = (used(limit, before), used(limit, before + [change]))
                guard after <= limit.most || after == used else { throw over(limit, used: used, change) }
            }
        }
    }

    /// How much of each limit is used, those on pools and canaries left out.
    public func uses(run: [CountedChange], hour: [CountedChange]) -> [(limit: Limit, used: Int)] {
        limits.filter { $0.measure != .pool && $0.measure != .canary }
            .map { ($0, used($0, ($0.span == .run ? run : hour).filter(\.isChange))) }
    }

    private func used(_ limit: Limit, _ changes: [CountedChange]) -> Int {
        switch limit.measure {
        case .changes: changes.count
        case .guests: changes.reduce(into: Set<CountedChange.Guest>()) { $0.formUnion($1.guests) }.count
        case .action(let glob): changes.reduce(0) { $0 + $1.times(glob) }
        case .pool, .canary: 0
        }
    }

    private func admit(
        _ change: CountedChange, after before: [CountedChange], pool limit: Limit
    ) throws(Failure) {
        if !change.isWhole {
            var failure = over(limit, used: 0, change)
            failure.message =
                "nobody can tell which guests of a pool this is about, and \(limit.name) is \(limit.most)%"
            failure.hint = "name the guests, or take the limit out of policy.yaml"
            throw failure
        }
        let touched = before.reduce(into: Set<CountedChange.Guest>()) { $0.formUnion($1.guests) }
        let sizes = census.sizes
        for pool in Set(change.guests.subtracting(touched).compactMap(census.key)).sorted() {
            let size = sizes[pool] ?? 0
            // Rounded up, and so at least one.
            let most = (size * limit.most + 99) / 100
            let count = touched.union(change.guests).count { census.key($0) == pool }
            guard count <= most else {
                let name = pool[(pool.firstIndex(of: "/").map(pool.index(after:)) ?? pool.startIndex)...]
                var failure = over(limit, used: count - 1, change)
                failure.message =
                    "this would be guest \(count) of the \(size) that pool \(TextCleaner.clean(String(name))) had when the run "
                    + "began: \(limit.name) is \(limit.most)%, which is \(most)"
                throw failure
            }
        }
    }

    /// Before a guest beyond the canary is changed, all that was done to the canary must have ended well.
    private func admit(
        _ change: CountedChange, after before: [CountedChange], canary limit: Limit
    ) throws(Failure) {
        var order: [CountedChange.Guest] = []
        for guest in (before + [change]).flatMap({ $0.guests.sorted() }) where !order.contains(guest) {
            order.append(guest)
            // Nothing beyond the first one too many is asked for.
            if order.count > limit.most { break }
        }
        let canary = order.prefix(limit.most)
        if change.isWhole, change.guests.isSubset(of: canary) { return }
        // Guests that nobody can name come after the canary, and so there has to be one.
        guard canary.count == limit.most else {
            throw canaryFailure(limit, change, "the first \(limit.most) must come out well by themselves")
        }
        for guest in canary {
            // What counts is how the last change of it ended: a lock that was waited for is no failure.
            switch before.last(where: { $0.guests.contains(guest) })?.ending {
            case .well: continue
            case .open: throw canaryFailure(limit, change, "guest \(guest) has not come out yet")
            case .badly: throw canaryFailure(limit, change, "guest \(guest) did not come out well")
            case nil: throw canaryFailure(limit, change, "the first \(limit.most) must come out well by themselves")
            }
        }
    }

    private func canaryFailure(_ limit: Limit, _ change: CountedChange, _ reason: String) -> Failure {
        var failure = over(limit, used: 0, change)
        failure.message = "no further guest may be changed: \(limit.name) is \(limit.most), and \(reason)"
        failure.hint = "look at the guest, and go on with a new run"
        return failure
    }

    private func over(_ limit: Limit, used: Int, _ change: CountedChange) -> Failure {
        let whole = limit.span == .run ? "this run may make no more" : "no more may be made within the hour"
        var failure = Failure(
            .limit,
            "\(whole): the \(limit.isOfRunbook ? "runbook header" : "policy")'s \(limit.name) is \(limit.most), and "
                + "\(used) are used",
            hint: limit.isOfRunbook
                ? "if the runbook may do more, raise the limit in its header"
                : limit.span == .run
                    ? "split the work into several runs, or raise the limit in policy.yaml"
                    : "wait, or raise the limit in policy.yaml")
        failure.action = change.actions.filter { !$0.isRead }.min()?.rawValue
        return failure
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Journal
internal import Model
internal import Policy
internal import Proxmox
internal import Text

/// The guests of a cluster as they were before a run's first change there.
///
/// A target is judged on what it was then and on what it is now, and the stricter counts: a run cannot take a tag away, or move a
/// guest out of a pool, and so out of a rule.
struct StartFacts: Sendable {
    private var guests: [Int: PolicyGuest]
    /// The tags that copies made in the run have from the guests they are copies of.
    private var inherited: [Int: [String]] = [:]
    /// What the journal has not been told yet: the overview first, then each guest and each copy that came after it.
    private(set) var news: [JSONValue]
    /// All guests with a name, in order of their numbers.
    let named: [ClusterResource]
    /// The pools as they were.
    let census: PoolCensus

    init(_ resources: [ClusterResource], cluster: String) {
        guests = [:]
        var pools: [CountedChange.Guest: String] = [:]
        for resource in resources {
            guard let vmid = resource.vmid?.rawValue else { continue }
            guests[vmid] = PolicyGuest(resource)
            if let pool = resource.pool, !pool.isEmpty { pools[.init(cluster: cluster, vmid: vmid)] = pool }
        }
        named = resources.filter { $0.vmid != nil && $0.name != nil }
        census = PoolCensus(pools)
        news = [.array(resources.filter { $0.vmid != nil }.map(\.recorded))]
    }

    /// Takes what the journal is to be told.
    mutating func takeNews() -> [JSONValue] {
        defer { news = [] }
        return news
    }

    /// Puts back what an earlier process knew; the first piece is the overview.
    init?(_ pieces: [JSONValue], cluster: String) {
        guard let overview = pieces.first?.array else { return nil }
        self.init(ClusterResource.all(overview), cluster: cluster)
        for piece in pieces.dropFirst() {
            if let guest = piece["guest"].flatMap(PolicyGuest.init(recorded:)), let vmid = guest.vmid {
                guests[vmid] = guest
            } else if let copy = piece["copy"]?.perlInteger {
                inherited[copy] = (piece["tags"]?.array ?? []).compactMap(\.string)
            }
        }
        news = []
    }

    /// What a guest was; of one that came later, what it was when it was first seen, which is now at the latest.
    mutating func facts(of now: PolicyGuest) -> PolicyGuest {
        guard let vmid = now.vmid else { return now }
        if let known = guests[vmid] { return known }
        let first = inheriting(now)
        guests[vmid] = first
        news.append(["guest": first.recorded])
        return first
    }

    /// What a guest was that is not there, or not yet: nothing is remembered of it before it can be seen.
    func facts(ofMissing guest: PolicyGuest) -> PolicyGuest { guest.vmid.flatMap { guests[$0] } ?? inheriting(guest) }

    /// Lets a guest that is to be made have the tags that the one it copies had.
    mutating func inherit(_ copy: Int, from source: Int) {
        let tags = guests[source]?.tags ?? []
        inherited[copy] = tags
        news.append(["copy": JSONValue(copy), "tags": .array(tags.map(JSONValue.string))])
    }

    private func inheriting(_ guest: PolicyGuest) -> PolicyGuest {
        guard let tags = guest.tags, let more = guest.vmid.flatMap({ inherited[$0] }) else { return guest }
        var result = guest
        result.tags = tags + more.filter { !tags.contains($0) }
        return result
    }

    /// Other guests that a person could take for this one; five at most.
    func nearNames(_ guest: GuestFacts) -> [ConsentQuestion.GuestSummary] {
        let near = named.lazy.compactMap { resource -> ConsentQuestion.GuestSummary? in
            guard let vmid = resource.vmid, vmid != guest.vmid, let name = resource.name, !name.isEmpty,
                let node = resource.node, let kind = resource.guestKind, Spelling.isNear(name, guest.name)
            else { return nil }
            return ConsentQuestion.GuestSummary(
                vmid: vmid, name: name, kind: kind, node: node, state: resource.status ?? "unknown")
        }
        return Array(near.prefix(5))
    }
}

/// The guests of each cluster of a run as they were before its first change there.
actor StartBook {
    private var readings: [String: Swift.Task<Result<StartFacts, Failure>, Never>] = [:]
    private var facts: [String: StartFacts] = [:]
    /// How many pieces the journal has of each cluster.
    private var parts: [String: Int] = [:]

    /// Makes a book of what an earlier process knew, in the order of the pieces.
    init(_ records: [StartRecord] = []) {
        for (cluster, pieces) in Dictionary(grouping: records, by: \.cluster) {
            let sorted = pieces.sorted { $0.part < $1.part }
            facts[cluster] = StartFacts(sorted.map(\.body), cluster: cluster)
            parts[cluster] = (sorted.last?.part ?? -1) + 1
        }
    }

    /// What the journal is to be told, in order.
    func takeRecords() -> [StartRecord] {
        var records: [StartRecord] = []
        for cluster in facts.keys.sorted() {
            for body in facts[cluster]?.takeNews() ?? [] {
                let part = parts[cluster] ?? 0
                parts[cluster] = part + 1
                records.append(StartRecord(cluster: cluster, part: part, body: body))
            }
        }
        return records
    }

    /// What policy knew of the guests of a change; the overview is read at the first change on their cluster, once, whoever
    /// asks meanwhile.
    func facts(
        of change: Change, on cluster: String, _ client: ProxmoxClient
    ) async throws(Failure) -> [PolicyGuest] {
        if facts[cluster] == nil {
            let found = try await read(cluster, client)
            if facts[cluster] == nil { facts[cluster] = found }
        }
        let seen = known((change.guests + change.owners).map { PolicyGuest($0) }, on: cluster)
        if change.makesCopy, let source = change.guests.first?.vmid.rawValue {
            for copy in change.others.compactMap(\.vmid) { facts[cluster]?.inherit(copy, from: source) }
        }
        return seen + change.others.map { facts[cluster]?.facts(ofMissing: $0) ?? $0 }
    }

    /// The same where that has been read already; else what the guests are now is what they were.
    func known(_ guests: [PolicyGuest], on cluster: String) -> [PolicyGuest] {
        guests.map { facts[cluster]?.facts(of: $0) ?? $0 }
    }

    /// Other guests that a person could take for this one.
    func nearNames(_ guest: GuestFacts, on cluster: String) -> [ConsentQuestion.GuestSummary] {
        facts[cluster]?.nearNames(guest) ?? []
    }

    /// The pools of all clusters that were changed.
    var census: PoolCensus {
        PoolCensus(facts.values.reduce(into: [:]) { $0.merge($1.census.pools) { first, _ in first } })
    }

    private func read(_ cluster: String, _ client: ProxmoxClient) async throws(Failure) -> StartFacts {
        let reading =
            readings[cluster]
            ?? Swift.Task {
                do throws(Failure) {
                    return .success(StartFacts(try await client.resources(type: .vm), cluster: cluster))
                } catch {
                    return .failure(error)
                }
            }
        readings[cluster] = reading
        let result = await reading.value
        if case .failure = result { readings[cluster] = nil }
        return try result.get()
    }
}

extension PolicyGuest {
    /// What policy may know of a guest from the cluster's overview.
    init(_ resource: ClusterResource) {
        self.init(
            vmid: resource.vmid?.rawValue, name: resource.name, node: resource.node?.rawValue,
            pool: resource.pool ?? "", tags: resource.tags,
            kind: resource.guestKind, status: resource.status,
            isTemplate: resource.isTemplate, lock: resource.lock ?? "", haState: resource.haState ?? "")
    }
}

extension ClusterResource {
    /// What kind of guest the row is about; nil for what is none.
    fileprivate var guestKind: GuestKind? {
        switch kind {
        case .qemu: .qemu
        case .lxc: .lxc
        default: nil
        }
    }
}

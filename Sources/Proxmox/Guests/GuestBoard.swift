// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Synchronization

/// What many calls want to know of guests at the same time, read for all of them together.
final class GuestBoard: Sendable {
    /// The guests of one kind on one node.
    struct Place: Hashable, Sendable {
        let node: NodeName
        let kind: GuestKind
        /// Whether QEMU is asked as well, which tells a running machine from a paused one.
        var asksQEMU = false

        init(_ guest: GuestReference, asksQEMU: Bool = false) {
            node = guest.node
            kind = guest.kind
            self.asksQEMU = asksQEMU && guest.kind == .qemu
        }
    }

    /// The cluster's overview by number.
    struct Overview: Sendable {
        let rows: [VMID: ClusterResource]
        /// How many guests there are at each place.
        let counts: [Place: Int]

        init(_ resources: [ClusterResource]) {
            var rows: [VMID: ClusterResource] = [:]
            var counts: [Place: Int] = [:]
            for row in resources {
                guard let vmid = row.vmid, let guest = row.guest, rows[vmid] == nil else { continue }
                rows[vmid] = row
                counts[Place(guest), default: 0] += 1
            }
            (self.rows, self.counts) = (rows, counts)
        }
    }

    private struct Crowd {
        var present = 0
        var peak = 0
        var lasts = Duration.zero
        var counts: [Place: Int] = [:]
    }

    let overview = GatheredRead<Overview>()
    let lists = GatheredReads<Place, [VMID: JSONObject]>()
    /// What the task lists of the nodes hold before changes are sent.
    let marks = GatheredReads<NodeName, (rows: [TaskRow], time: Int?)>()
    private let crowd = Mutex(Crowd())

    /// From so many calls on, lists are worth asking for.
    private static let smallestCrowd = 4
    /// Listing so many guests costs a node about as much as one question about one of them: the request itself weighs most.
    private static let guestsPerQuestion = 16
    /// How long a crowd is taken to be still about.
    private static let memory = Duration.seconds(5)

    /// How far apart lists are asked for while so many calls are at work on a node: the more there are, the less it matters to
    /// each when exactly it hears.
    static func spacing(_ crowd: Int, most: Duration) -> Duration {
        crowd < 8 ? .zero : min(.milliseconds(4 * min(crowd, 1000)), most)
    }

    /// One more call wants to know of a guest.
    func enter(now: Duration) {
        crowd.withLock { crowd in
            crowd.present += 1
            if now >= crowd.lasts { crowd.peak = 0 }
            guard crowd.present >= Self.smallestCrowd else { return }
            crowd.peak = max(crowd.peak, crowd.present)
            crowd.lasts = now + Self.memory
        }
    }

    /// One call less does.
    func leave() { crowd.withLock { $0.present -= 1 } }

    /// Remembers how many guests there are.
    func learn(_ overview: Overview) { crowd.withLock { $0.counts = overview.counts } }

    /// Whether to ask for all guests of a place rather than for one of them.
    ///
    /// - Parameter others: How many more calls are known to want to know of guests there soon.
    func favoursList(at guest: GuestReference, now: Duration, others: Int) -> Bool {
        crowd.withLock { crowd in
            let size = max(crowd.present, others, now < crowd.lasts ? crowd.peak : 0)
            guard size >= Self.smallestCrowd, let count = crowd.counts[Place(guest)] else { return false }
            return count / Self.guestsPerQuestion <= size
        }
    }
}

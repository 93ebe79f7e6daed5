// SPDX-License-Identifier: Apache-2.0

/// All that a simulated cluster is at one moment; a value, so that it can be copied, kept and continued elsewhere.
public struct ClusterState: Sendable {
    var name: String
    /// The members.
    public var nodes: [SimulatedNode]
    var storages: [SimulatedStorage]
    /// The guests by number.
    public var guests: [Int: SimulatedGuest]
    var pools: [SimulatedPool]
    /// Disk images, backups and files.
    public var volumes: [SimulatedVolume]
    var users: [SimulatedUser]
    var grants: [SimulatedGrant]
    /// The roles that somebody made, by name.
    var customRoles: [String: [String]] = [:]
    /// Whether the members that are online make a quorum.
    public var quorate: Bool
    var version: PVEVersion
    /// Whether this stands in for another cluster: it takes options, values and storages that it does not know, lets everybody do
    /// everything, runs no program in a guest, and what is copied takes as long as its size says.
    public var isTwin = false
    /// Seconds between two looks of the statistics daemons; 0 where lists show what is.
    var lag: Double
    /// The guests as the daemons last saw them.
    var seen: [Int: SimulatedGuest] = [:]
    var seenAt = 0.0
    /// The groups of nodes that HA keeps guests on.
    var groups: [SimulatedGroup] = []

    var now: Double
    /// The factor on durations.
    var scale: Double
    var numbers: RandomNumbers
    var tasks: [String: SimulatedTask] = [:]
    var taskOrder: [String] = []
    var events: [Event] = []
    var sequence = 0
    /// Which task holds a lock.
    var locks: [String: String] = [:]
    var lastProcessID = 4000
    /// Tickets given out.
    var tickets: [String: Ticket] = [:]
    /// Second factors asked for.
    var challenges: [String: Challenge] = [:]

    /// Makes the state that a seed describes.
    ///
    /// - Parameters:
    ///   - seed: What the cluster holds.
    ///   - now: The time, in seconds since 1970.
    ///   - scale: The factor on everything that takes time.
    ///   - randomSeed: What made-up numbers follow from.
    ///   - version: The version to answer as.
    public init(
        seed: ClusterSeed, now: Double, scale: Double = 1, randomSeed: UInt64 = 1, version: PVEVersion = .v8
    ) {
        name = seed.name
        nodes = seed.nodes
        storages = seed.storages
        guests = Dictionary(seed.guests.map { ($0.vmid, $0) }, uniquingKeysWith: { $1 })
        pools = seed.pools
        volumes = seed.volumes
        users = seed.users
        grants = seed.grants
        quorate = seed.quorate
        lag = seed.lag
        self.version = version
        self.now = now
        self.scale = scale
        numbers = RandomNumbers(seed: randomSeed)
        for index in nodes.indices where nodes[index].bootTime == nil { nodes[index].bootTime = now - 1_234_567 }
        for index in nodes.indices where !nodes[index].online && nodes[index].offlineSince == nil {
            nodes[index].offlineSince = now
        }
        for (vmid, guest) in guests where guest.isRunning && guest.startedAt == 0 {
            guests[vmid]?.startedAt = now - 86_400 - Double(vmid % 1000) * 61
        }
        if lag > 0 { look() }
    }

    /// The node that takes the requests.
    var localNode: String { nodes.first?.name ?? "localhost" }

    /// The guests as they stand, by number.
    public var guestList: [SimulatedGuest] { guests.values.sorted { $0.vmid < $1.vmid } }

    /// Puts a guest in or replaces it, as when the twin of a plan learns of one.
    public mutating func put(_ guest: SimulatedGuest) { guests[guest.vmid] = guest }
}

/// The version a simulated cluster answers as.
public struct PVEVersion: Sendable, Hashable {
    /// The full version.
    public var version: String
    /// Its first two numbers.
    public var release: String
    /// The build.
    public var repository: String

    /// PVE 8.4.
    public static let v8 = PVEVersion(version: "8.4.21", release: "8.4", repository: "2606ac85d3d1a2b4")
}

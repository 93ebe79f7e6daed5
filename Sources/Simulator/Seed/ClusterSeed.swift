// SPDX-License-Identifier: Apache-2.0

/// What a simulated cluster holds when it is made.
public struct ClusterSeed: Sendable, Hashable {
    /// The cluster's name.
    public var name: String
    /// The members, the first of which takes the requests.
    public var nodes: [SimulatedNode]
    /// The storages.
    public var storages: [SimulatedStorage]
    /// The guests.
    public var guests: [SimulatedGuest]
    /// The pools.
    public var pools: [SimulatedPool]
    /// Disk images, backups and files.
    public var volumes: [SimulatedVolume]
    /// The users and their tokens.
    public var users: [SimulatedUser]
    /// The access control list.
    public var grants: [SimulatedGrant]
    /// Whether the members that are online make a quorum.
    public var quorate: Bool
    /// Seconds between two looks of a node's statistics daemon, by which `/cluster/resources` lags; 0 for no lag.
    public var lag = 0.0
    /// The time at which the cluster was like this, in seconds since 1970; nil where that does not matter.
    public var time: Double?

    /// Makes a seed.
    public init(
        name: String, nodes: [SimulatedNode], storages: [SimulatedStorage] = [], guests: [SimulatedGuest] = [],
        pools: [SimulatedPool] = [], volumes: [SimulatedVolume] = [], users: [SimulatedUser] = [],
        grants: [SimulatedGrant] = [], quorate: Bool = true
    ) {
        self.name = name
        self.nodes = nodes
        self.storages = storages
        self.guests = guests
        self.pools = pools
        self.volumes = volumes
        self.users = users
        self.grants = grants
        self.quorate = quorate
    }

    /// The token to use with the simulator: the first one that is not limited, as `user@realm!id=secret`.
    public var token: String? {
        for user in users where user.enabled {
            if let token = user.tokens.first(where: { !$0.separated }) {
                return "\(user.id)!\(token.id)=\(token.secret)"
            }
        }
        return nil
    }
}

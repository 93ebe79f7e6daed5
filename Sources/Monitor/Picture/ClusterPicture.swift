// SPDX-License-Identifier: Apache-2.0
public import Model
public import Proxmox

/// What one round of reads saw of a cluster.
///
/// What no rule needs was not asked for and is nil or missing; what was asked for and refused is a failure.
public struct ClusterPicture: Sendable {
    /// A reading, or why there is none.
    public typealias Sight<Value: Sendable> = Result<Value, Failure>

    /// When it was taken, in seconds since 1970.
    public var time: Double
    /// Why not even the cluster's overview could be read.
    public var outage: Failure?
    /// Whether the cluster can decide.
    public var quorum: Sight<Bool>?
    /// The nodes, in the cluster's order.
    public var nodes: [NodeSight] = []
    /// The storages, one row for each node that has one.
    public var storages: [StorageSight] = []
    /// The guests, templates not among them.
    public var guests: [GuestSight] = []
    /// Load average of five minutes for each processor, by node.
    public var loads: [String: Sight<Double>] = [:]
    /// The tasks that ended lately, by node.
    public var tasks: [String: Sight<[TaskRow]>] = [:]
    /// Whether agents answer, by vmid.
    public var agents: [Int: Sight<AgentSight>] = [:]
    /// What is read more rarely.
    public var slow = SlowFacts()

    /// An empty picture.
    public init(time: Double) { self.time = time }

    /// The nodes that certainly do not take part in the cluster.
    var offline: Set<String> { Set(nodes.filter { $0.status == .offline }.map(\.name)) }
}

/// What changes slowly and costs many requests.
public struct SlowFacts: Sendable {
    /// When it was read, in seconds since 1970; nil for never.
    public var time: Double?
    /// The certificates, by node.
    public var certificates: [String: ClusterPicture.Sight<[CertificateSight]>] = [:]
    /// The backups on each storage, by storage or, where it is not shared, by `node/storage`.
    public var backups: [String: ClusterPicture.Sight<[BackupSight]>] = [:]
    /// The snapshots of guests, by vmid.
    public var snapshots: [Int: ClusterPicture.Sight<[SnapshotSight]>] = [:]
    /// Whether guests start with their node, by vmid.
    public var onboot: [Int: ClusterPicture.Sight<Bool>] = [:]
    /// What the monitor's own identity may do: what it may not see is left out of answers without a word.
    public var permissions: ClusterPicture.Sight<Permissions>?

    /// Nothing read.
    public init() {}
}

/// One node.
public struct NodeSight: Hashable, Sendable {
    /// How it stands in the overview.
    public enum Status: String, Sendable {
        /// It takes part, and tells of itself.
        case online
        /// It does not take part.
        case offline
        /// It takes part, but its figures are missing.
        case unknown
    }

    /// Its name.
    public var name: String
    /// How it stands.
    public var status: Status
    /// How much of its memory is in use, 0 to 1; nil where that is not told.
    public var memory: Double?
    /// How busy its processors are, 0 to 1; nil where that is not told.
    public var processors: Double?

    /// Describes a node.
    public init(_ name: String, status: Status = .online, memory: Double? = nil, processors: Double? = nil) {
        self.name = name
        self.status = status
        self.memory = memory
        self.processors = processors
    }
}

/// One storage as one node has it.
public struct StorageSight: Hashable, Sendable {
    /// Its name.
    public var name: String
    /// The node.
    public var node: String
    /// Whether all nodes see the same content.
    public var isShared: Bool
    /// Whether it can be used there.
    public var isAvailable: Bool
    /// How much of it is in use, 0 to 1; nil where that is not told.
    public var used: Double?
    /// Whether backups may lie there.
    public var holdsBackups: Bool

    /// Describes a storage.
    public init(
        _ name: String, node: String, isShared: Bool = false, isAvailable: Bool = true, used: Double? = nil,
        holdsBackups: Bool = false
    ) {
        self.name = name
        self.node = node
        self.isShared = isShared
        self.isAvailable = isAvailable
        self.used = used
        self.holdsBackups = holdsBackups
    }

    /// What content is found under: the same for all nodes where it is shared.
    public var key: String { isShared ? name : "\(node)/\(name)" }
}

/// One guest.
public struct GuestSight: Hashable, Sendable {
    /// Its number, kind, node and pool.
    public var reference: GuestReference
    /// Its name.
    public var name: String?
    /// Its status in the overview: `running`, `stopped`, of a virtual machine also QEMU's own words; `unknown`.
    public var status: String
    /// Its tags.
    public var tags: [String]
    /// The operation that holds it.
    public var lock: String?

    /// Describes a guest.
    public init(
        _ reference: GuestReference, name: String? = nil, status: String, tags: [String] = [], lock: String? = nil
    ) {
        self.reference = reference
        self.name = name
        self.status = status
        self.tags = tags
        self.lock = lock
    }

    /// Its number.
    public var vmid: Int { reference.vmid.rawValue }
    /// The node it is on.
    public var node: String { reference.node.rawValue }
}

/// What asking a guest's agent came to.
public enum AgentSight: Hashable, Sendable {
    /// It answers.
    case answers
    /// None is configured.
    case absent
    /// One is configured and does not answer; Proxmox's words.
    case silent(String)
}

/// One certificate of a node.
public struct CertificateSight: Hashable, Sendable {
    /// Its file, such as `pve-ssl.pem`.
    public var file: String
    /// Its SHA-256.
    public var fingerprint: String
    /// Its last second, since 1970.
    public var end: Double

    /// Describes a certificate.
    public init(file: String, fingerprint: String, end: Double) {
        self.file = file
        self.fingerprint = fingerprint
        self.end = end
    }
}

/// One backup.
public struct BackupSight: Hashable, Sendable {
    /// The guest it is of.
    public var vmid: Int
    /// When it was made, in seconds since 1970.
    public var time: Double

    /// Describes a backup.
    public init(vmid: Int, time: Double) {
        self.vmid = vmid
        self.time = time
    }
}

/// One snapshot of a guest.
public struct SnapshotSight: Hashable, Sendable {
    /// Its name.
    public var name: String
    /// When it was taken, in seconds since 1970.
    public var time: Double

    /// Describes a snapshot.
    public init(name: String, time: Double) {
        self.name = name
        self.time = time
    }
}

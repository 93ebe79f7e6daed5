// SPDX-License-Identifier: Apache-2.0

/// A limit that a figure is held against.
public struct AlertThreshold: Hashable, Sendable {
    /// Above this the condition is met.
    public var limit: Double
    /// Only at or below this it is over again, so that a figure that sways around the limit makes one alert and not many.
    public var clear: Double

    /// Makes a threshold.
    ///
    /// - Parameter clear: At most the limit; nil for the limit itself.
    public init(_ limit: Double, clear: Double? = nil) {
        self.limit = limit
        self.clear = min(clear ?? limit, limit)
    }
}

/// What a rule looks for.
public enum AlertCondition: Hashable, Sendable {
    /// No host of the cluster gives an answer.
    case clusterUnreachable
    /// A rule could not be judged, for want of rights or because a node does not answer questions.
    case cannotSee
    /// A node does not take part in the cluster.
    case nodeOffline
    /// Too few nodes are up for the cluster to decide.
    case noQuorum
    /// A storage is fuller than so many percent.
    case storageAbove(AlertThreshold)
    /// A storage cannot be used on a node that is up.
    case storageUnavailable
    /// A node's memory is fuller than so many percent.
    case memoryAbove(AlertThreshold)
    /// A node's processors are busier than so many percent.
    case cpuAbove(AlertThreshold)
    /// A node's load average of five minutes is above so much for each of its processors.
    case loadAbove(AlertThreshold)
    /// A guest is stopped that should run.
    case guestStopped
    /// A guest that runs does not react: its processors stand still, or its agent does not answer.
    case guestUnresponsive
    /// A guest's newest backup is older than so many seconds, or there is none.
    case backupOlder(Double)
    /// A guest has a snapshot older than so many seconds whose name matches.
    case snapshotOlder(Double, names: [Glob])
    /// The last task of a type about a thing failed, within so many seconds.
    case taskFailed(types: [Glob], within: Double)
    /// A node's certificate ends within so many seconds.
    case certificateExpires(Double)

    /// The name that configuration and alerts use.
    public var name: String {
        switch self {
        case .clusterUnreachable: "cluster_unreachable"
        case .cannotSee: "cannot_see"
        case .nodeOffline: "node_offline"
        case .noQuorum: "no_quorum"
        case .storageAbove: "storage_above"
        case .storageUnavailable: "storage_unavailable"
        case .memoryAbove: "memory_above"
        case .cpuAbove: "cpu_above"
        case .loadAbove: "load_above"
        case .guestStopped: "guest_stopped"
        case .guestUnresponsive: "guest_unresponsive"
        case .backupOlder: "backup_older"
        case .snapshotOlder: "snapshot_older"
        case .taskFailed: "task_failed"
        case .certificateExpires: "certificate_expires"
        }
    }

    /// Whether it is about guests, so that a rule may pick some.
    public var isAboutGuests: Bool {
        switch self {
        case .guestStopped, .guestUnresponsive, .backupOlder, .snapshotOlder: true
        default: false
        }
    }
}

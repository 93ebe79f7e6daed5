// SPDX-License-Identifier: Apache-2.0
public import Model

/// What must be true of a guest after a change, with the names that the condition needs.
public struct ExpectedEffect: Hashable, Sendable {
    /// What must be true.
    public var condition: PostCondition
    /// The snapshot, where the condition is about one.
    public var snapshot: String?
    /// The node, where the condition is about where the guest is.
    public var node: NodeName?
    /// The options, where the condition is about the configuration.
    public var options = ConfigurationWish()
    /// The disk, where the condition is about one.
    public var disk: DiskWish?

    /// Makes an effect.
    public init(_ condition: PostCondition, snapshot: String? = nil, node: NodeName? = nil) {
        self.condition = condition
        self.snapshot = snapshot
        self.node = node
    }

    /// Nothing beyond the end of the task.
    public static let none = ExpectedEffect(.none)

    /// Whether it is there, judged from facts alone; snapshots are listed apart and count as there.
    public func holds(_ now: GuestFacts, since before: GuestFacts? = nil) -> Bool {
        EffectCheck.holds(self, now, since: before)
    }

    /// What should be true, in words that follow "guest 101 should".
    var wish: String {
        switch condition {
        case .none, .exists: "exist"
        case .running: "be running"
        case .stopped: "be stopped"
        case .paused: "be paused"
        case .restarted: "have been started anew"
        case .snapshotExists: "have the complete snapshot '\(snapshot ?? "")'"
        case .snapshotGone: "have no snapshot '\(snapshot ?? "")'"
        case .rolledBack: "have been rolled back to '\(snapshot ?? "")'"
        case .onTarget: "be on \(node?.rawValue ?? "another node")"
        case .template: "be a template"
        case .configured: "be configured as asked (\(options.names))"
        case .resized: "have \(disk?.key ?? "the disk") grown to \(disk?.size?.description ?? "the size")"
        case .diskMoved: "have \(disk?.key ?? "the disk") on \(disk?.storage ?? "the storage")"
        case .gone: "be gone"
        }
    }

    /// The kind of failure where it does not come about: states may still come, what a task should have left does not.
    var failureKind: ErrorKind {
        switch condition {
        case .none, .running, .stopped, .paused, .restarted: .guestTimeout
        default: .taskFailed
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
public import Model

/// What is known about a guest when a policy is asked; nil means that it could not be learned.
public struct PolicyGuest: Hashable, Sendable {
    /// Its number.
    public var vmid: Int?
    /// Its name.
    public var name: String?
    /// The node it is on.
    public var node: String?
    /// Its pool; empty for a guest known to be in none.
    public var pool: String?
    /// Its tags; empty for a guest known to have none.
    public var tags: [String]?
    /// Virtual machine or container.
    public var kind: GuestKind?
    /// `running`, `stopped`, `paused`.
    public var status: String?
    /// Whether it is a template.
    public var isTemplate: Bool?
    /// Its lock, such as `backup`; empty for a guest known to have none.
    public var lock: String?
    /// The state that high availability keeps it in, such as `started`; empty for a guest known to be out of its care.
    public var haState: String?

    /// Makes facts; without arguments, those of a guest nothing is known about.
    public init(
        vmid: Int? = nil, name: String? = nil, node: String? = nil, pool: String? = nil, tags: [String]? = nil,
        kind: GuestKind? = nil, status: String? = nil, isTemplate: Bool? = nil, lock: String? = nil,
        haState: String? = nil
    ) {
        self.vmid = vmid
        self.name = name
        self.node = node
        self.pool = pool
        self.tags = tags
        self.kind = kind
        self.status = status
        self.isTemplate = isTemplate
        self.lock = lock
        self.haState = haState
    }
}

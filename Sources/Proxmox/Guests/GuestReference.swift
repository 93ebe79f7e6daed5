// SPDX-License-Identifier: Apache-2.0
public import Model

/// Which guest is meant and where it was found; it may have moved since.
public struct GuestReference: Hashable, Sendable, CustomStringConvertible {
    /// The guest's number.
    public var vmid: VMID
    /// Virtual machine or container.
    public var kind: GuestKind
    /// The node it was on.
    public var node: NodeName
    /// The pool it belonged to; only the cluster's overview tells.
    public var pool: String?

    /// Makes a reference.
    public init(vmid: VMID, kind: GuestKind, node: NodeName, pool: String? = nil) {
        self.vmid = vmid
        self.kind = kind
        self.node = node
        self.pool = pool
    }

    /// `101 on pve1`.
    public var description: String { "\(vmid) on \(node)" }

    /// A path below this guest, such as `status/start`.
    ///
    /// - Throws: ``Failure`` of the kind `parameter` where a segment cannot stand in a path.
    public func path(_ rest: String...) throws(Failure) -> APIPath {
        try APIPath(["nodes", node.rawValue, kind.rawValue, vmid.description] + rest)
    }
}

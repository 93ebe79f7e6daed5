// SPDX-License-Identifier: Apache-2.0

/// What an alert is about.
public struct AlertSubject: Hashable, Sendable {
    /// The sorts of things that alerts are about.
    public enum Kind: String, Sendable, CaseIterable {
        /// The whole cluster.
        case cluster
        /// One of its nodes.
        case node
        /// A storage: of one node, or shared by all.
        case storage
        /// A virtual machine or a container.
        case guest
        /// All tasks of one type about one thing.
        case task
        /// A certificate.
        case certificate
        /// A rule of the monitor itself.
        case rule
        /// A plan that waits for people.
        case plan
    }

    /// What sort of thing it is.
    public var kind: Kind
    /// Its name among its kind, which stays the same as long as it exists: a vmid, `pve1/local`.
    public var id: String
    /// The node it is on, where it is on one.
    public var node: String?
    /// The guest's number.
    public var vmid: Int?
    /// What people call it.
    public var name: String?

    /// Names a subject.
    public init(_ kind: Kind, _ id: String, node: String? = nil, vmid: Int? = nil, name: String? = nil) {
        self.kind = kind
        self.id = id
        self.node = node
        self.vmid = vmid
        self.name = name
    }

    /// `guest/101`: kind and name.
    public var path: String { "\(kind.rawValue)/\(id)" }
}

// SPDX-License-Identifier: Apache-2.0

/// Picks guests by what the cluster says of them; what is left empty picks all.
public struct GuestSelector: Hashable, Sendable {
    /// One of these patterns must match one of its tags.
    public var tags: [Glob] = []
    /// One of these patterns must match its pool.
    public var pools: [Glob] = []
    /// One of these patterns must match its name.
    public var names: [Glob] = []
    /// Its number must be one of these.
    public var vmids: Set<Int> = []
    /// Whether it must be set to start with its node, or must not.
    public var onboot: Bool?

    /// Picks every guest.
    public init() {}

    /// Whether nothing is asked of a guest.
    public var isEveryGuest: Bool { self == GuestSelector() }

    /// Whether a guest is picked; of a guest whose `onboot` is not known nobody can tell, which is nil.
    public func matches(vmid: Int, name: String?, tags: [String], pool: String?, onboot: Bool?) -> Bool? {
        guard vmids.isEmpty || vmids.contains(vmid),
            self.tags.isEmpty || self.tags.contains(where: { glob in tags.contains { glob.matches($0) } }),
            pools.isEmpty || pools.contains(where: { glob in pool.map { glob.matches($0) } ?? false }),
            names.isEmpty || names.contains(where: { glob in name.map { glob.matches($0) } ?? false })
        else { return false }
        guard let wanted = self.onboot else { return true }
        return onboot.map { $0 == wanted }
    }
}

// SPDX-License-Identifier: Apache-2.0

/// One resource pool; guests name the pool they are in.
public struct SimulatedPool: Sendable, Hashable {
    /// Its name.
    public var id: String
    /// What was written about it.
    public var comment: String?
    /// The storages in it.
    public var storages: [String]

    /// Makes a pool.
    public init(_ id: String, comment: String? = nil, storages: [String] = []) {
        self.id = id
        self.comment = comment
        self.storages = storages
    }
}

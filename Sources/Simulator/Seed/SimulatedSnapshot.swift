// SPDX-License-Identifier: Apache-2.0

/// One snapshot of a simulated guest.
public struct SimulatedSnapshot: Sendable, Hashable {
    /// Its name.
    public var name: String
    /// When it was taken, in seconds since 1970.
    public var time: Double
    /// What was written about it.
    public var description: String
    /// The snapshot before it.
    public var parent: String?
    /// Whether it holds the guest's memory.
    public var withMemory: Bool
    /// The configuration it froze.
    public var config: GuestConfig
    /// `prepare` or `delete` while such a step is unfinished.
    public var state: String?

    /// Makes a snapshot.
    public init(
        _ name: String, time: Double, description: String = "", parent: String? = nil, withMemory: Bool = false,
        config: GuestConfig, state: String? = nil
    ) {
        self.name = name
        self.time = time
        self.description = description
        self.parent = parent
        self.withMemory = withMemory
        self.config = config
        self.state = state
    }
}

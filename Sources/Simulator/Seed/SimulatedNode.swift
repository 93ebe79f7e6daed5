// SPDX-License-Identifier: Apache-2.0

/// One member of the simulated cluster.
public struct SimulatedNode: Sendable, Hashable {
    /// Its name.
    public var name: String
    /// Its address, as `/cluster/status` shows it.
    public var address: String
    /// Whether it answers.
    public var online: Bool
    /// Processors.
    public var processors: Int
    /// Memory in bytes.
    public var memory: Int
    /// Root file system in bytes.
    public var disk: Int
    /// When it booted, in seconds since 1970; nil means some days before the cluster was made.
    public var bootTime: Double?
    /// Since when it does not answer, in seconds since 1970; after five minutes its guests are unknown.
    public var offlineSince: Double?
    /// Whether other nodes cannot log in to it, so that no migration reaches it.
    public var sshBroken = false
    /// When its certificate was made, in seconds since 1970; nil for its boot.
    public var certificateFrom: Double?
    /// When its certificate ends, in seconds since 1970; nil for two years later.
    public var certificateUntil: Double?
    /// The SHA-256 fingerprint of its certificate.
    public var fingerprint: String

    /// Makes a node.
    public init(
        _ name: String, address: String = "192.0.2.2", online: Bool = true, processors: Int = 16,
        memory: Int = 67_108_864_000, disk: Int = 100_861_726_720, bootTime: Double? = nil, fingerprint: String? = nil
    ) {
        self.name = name
        self.address = address
        self.online = online
        self.processors = processors
        self.memory = memory
        self.disk = disk
        self.bootTime = bootTime
        self.fingerprint = fingerprint ?? FNV.fingerprint(name)
    }
}

extension FNV {
    /// A made-up SHA-256 fingerprint, always the same for the same text.
    static func fingerprint(_ text: String) -> String {
        var numbers = RandomNumbers(seed: hash(text))
        return (0..<32).map { _ in hex(numbers.next(), digits: 2).uppercased() }.joined(separator: ":")
    }
}

// SPDX-License-Identifier: Apache-2.0
public import Model

/// One guest of the simulated cluster, with its configuration, its snapshots and what it does at the moment.
public struct SimulatedGuest: Sendable, Hashable {
    /// What its processor does.
    public enum Power: String, Sendable {
        /// No process.
        case stopped
        /// It runs.
        case running
        /// Its process lives, its processors stand still.
        case paused
        /// Booted for a backup only.
        case prelaunch
    }

    /// Virtual machine or container.
    public var kind: GuestKind
    /// Its number.
    public var vmid: Int
    /// Where its configuration lies.
    public var node: String
    /// What it does.
    public var power: Power
    /// When it was started, in seconds since 1970.
    public var startedAt: Double
    /// Its configuration, without lock and pending changes.
    public var config: GuestConfig
    /// What the running guest uses where that differs from ``config``: the old value, nil where there was none.
    public var live: [String: String?] = [:]
    /// The configuration's `lock`.
    public var lock: String?
    /// Its snapshots, oldest first.
    public var snapshots: [SimulatedSnapshot] = []
    /// Its pool.
    public var pool: String?
    /// The state that HA manages it to, or nil without HA.
    public var haState: String?
    /// How often in a row HA could not start it.
    var haFailures = 0
    /// Whether the guest agent answers, if one is configured.
    public var agentRunning = true
    /// What its agent finds inside: system, address, files, programs that ran.
    public var inside = GuestInside()
    /// Whether it pays no heed to a shutdown request.
    public var ignoresShutdown = false
    /// What its backups fail with; nil where they succeed.
    public var backupFailure: String?
    /// What goes wrong with its next migration; nil where nothing does.
    public var migrationFault: MigrationFault?
    /// Its configuration's digest where it comes from elsewhere.
    var pinned: PinnedDigest?
    /// The number of its process.
    public var processID: Int

    /// Makes a guest.
    public init(
        _ kind: GuestKind, _ vmid: Int, node: String, power: Power = .stopped, startedAt: Double = 0,
        config: GuestConfig
    ) {
        self.kind = kind
        self.vmid = vmid
        self.node = node
        self.power = power
        self.startedAt = startedAt
        self.config = config
        processID = 1000 + vmid
    }

    /// Whether a process exists.
    public var isRunning: Bool { power != .stopped }
    /// Whether it is a template.
    public var isTemplate: Bool { config.flag("template") }
    /// The name that lists show.
    public var displayName: String {
        kind == .qemu ? config["name"] ?? "VM \(vmid)" : config["hostname"] ?? "CT\(vmid)"
    }
    /// The configuration's path below `/etc/pve`.
    public var configPath: String { Self.configPath(kind, node: node, vmid: vmid) }

    static func configPath(_ kind: GuestKind, node: String, vmid: Int) -> String {
        "nodes/\(node)/\(kind == .qemu ? "qemu-server" : "lxc")/\(vmid).conf"
    }
}

/// What goes wrong with a migration.
public enum MigrationFault: String, Sendable, CaseIterable {
    /// It ends before anything is moved: `migration aborted`.
    case aborts
    /// The transfer breaks off: `migration problems`, and the guest has stayed.
    case stays
    /// The guest is moved and what follows fails: `migration problems`, and the guest is on the target.
    case moves
}

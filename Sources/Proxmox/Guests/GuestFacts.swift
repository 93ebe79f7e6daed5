// SPDX-License-Identifier: Apache-2.0
public import JSON
public import Model

/// What is true of a guest at one moment: its state, and what tells it from another guest of the same number.
public struct GuestFacts: Hashable, Sendable {
    /// Which guest, and where it was.
    public var reference: GuestReference
    /// The name; Proxmox makes one up where there is none.
    public var name: String
    /// `running` or `stopped`: whether its process lives.
    public var status: String
    /// QEMU's own state: `running`, `paused`, `prelaunch`, `io-error` and others; nil for a container.
    public var qmpStatus: String?
    /// Seconds since its start, 0 while stopped.
    public var uptime: Int
    /// Its process on the node, while there is one.
    public var pid: Int?
    /// Its tags.
    public var tags: [String]
    /// The operation that holds it.
    public var lock: String?
    /// Whether it is a template.
    public var isTemplate: Bool
    /// Whether it is protected from removal.
    public var isProtected: Bool
    /// Whether high availability looks after it.
    public var isHAManaged: Bool
    /// The state that high availability keeps it in.
    public var haState: String?
    /// The UUID in its firmware (`smbios1`), which survives all but a clone.
    public var uuid: String?
    /// The generation id that changes with every rollback, clone or restore.
    public var vmGenID: String?
    /// When it was created (`meta`), in seconds since 1970.
    public var creationTime: Int?
    /// The digest of its configuration, for compare-and-set.
    public var digest: String?
    /// Its configuration.
    public var config: JSONObject
    /// All that `status/current` says.
    public var current: JSONObject
    /// The moment before this was asked for, by the client's clock.
    public var askedAt: Duration
    /// The moment when all of it had been read.
    public var observedAt: Duration

    /// Number of the guest.
    public var vmid: VMID { reference.vmid }
    /// Virtual machine or container.
    public var kind: GuestKind { reference.kind }
    /// Node it is on.
    public var node: NodeName { reference.node }
    /// Pool it belongs to.
    public var pool: String? { reference.pool }
    /// Whether its process lives and, for a virtual machine, its CPUs run.
    public var isRunning: Bool { status == "running" && (qmpStatus ?? "running") == "running" }
    /// Whether its process is gone.
    public var isStopped: Bool { status == "stopped" }
    /// Whether its CPUs stand still while its process lives.
    public var isPaused: Bool { status != "stopped" && (qmpStatus ?? status) == "paused" }

    /// Whether these are facts about the same guest and not about another one that got its number since.
    public func isSameGuest(as other: GuestFacts) -> Bool {
        guard vmid == other.vmid, kind == other.kind, name == other.name else { return false }
        return isBrief || other.isBrief || (uuid == other.uuid && creationTime == other.creationTime)
    }

    /// Whether they come from lists, so that nothing is known of the guest's configuration.
    public var isBrief: Bool { config.members.isEmpty }

    /// The state in one word, as precise as it is known.
    public var state: String { status == "running" ? qmpStatus ?? status : status }

    /// Puts together what `status/current` and `config` say.
    public init(
        _ reference: GuestReference, current: JSONObject, config: JSONObject, askedAt: Duration, observedAt: Duration
    ) {
        self.reference = reference
        self.current = current
        self.config = config
        self.askedAt = askedAt
        self.observedAt = observedAt
        name = current["name"]?.perlText ?? config["name"]?.perlText ?? config["hostname"]?.perlText ?? ""
        status = current["status"]?.perlText ?? "unknown"
        qmpStatus = current["qmpstatus"]?.perlText
        uptime = current["uptime"]?.perlInteger ?? 0
        pid = current["pid"]?.perlInteger
        tags = ClusterResource.tags(config["tags"]?.perlText ?? current["tags"]?.perlText)
        lock = (config["lock"] ?? current["lock"])?.perlText.flatMap { $0.isEmpty ? nil : $0 }
        isTemplate = (config["template"] ?? current["template"])?.perlBool ?? false
        isProtected = config["protection"]?.perlBool ?? false
        isHAManaged = current["ha"]?["managed"]?.perlBool ?? false
        haState = current["ha"]?["state"]?.perlText
        uuid = PropertyText.value("uuid", in: config["smbios1"]?.perlText)
        vmGenID = config["vmgenid"]?.perlText
        creationTime = PropertyText.value("ctime", in: config["meta"]?.perlText).flatMap { Int($0) }
        digest = config["digest"]?.perlText
    }
}

/// Reads the `key=value,key=value` texts that configurations are full of.
enum PropertyText {
    /// The value of that key, or nil where it is not in the text.
    static func value(_ key: String, in text: String?) -> String? {
        for pair in (text ?? "").split(separator: ",") {
            let halves = pair.split(separator: "=", maxSplits: 1)
            if halves.count == 2, halves[0] == key { return String(halves[1]) }
        }
        return nil
    }
}

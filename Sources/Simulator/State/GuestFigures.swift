// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

/// The figures of a guest that status answers and lists show, made up but steady.
struct GuestFigures {
    let guest: SimulatedGuest
    let now: Double

    private var hash: Int { Int(FNV.hash("\(guest.kind)\(guest.vmid)") % 1000) }

    /// What the running guest uses: a live value hides a pending one.
    func effective(_ key: String) -> String? { guest.live[key] ?? guest.config[key] }

    var uptime: Int { guest.isRunning ? max(0, Int(now) - Int(guest.startedAt)) : 0 }
    var cores: Int {
        guard guest.kind == .qemu else { return number("cores", 2, most: 8192) }
        return min(8192, number("cores", 1, most: 8192) * number("sockets", 1, most: 8192))
    }
    var memory: Int { number("memory", 512, most: 1 << 32) * 1_048_576 }
    var swap: Int { number("swap", 512, most: 1 << 32) * 1_048_576 }

    /// A number of the configuration, within what can be reckoned with: whoever writes it may write any.
    private func number(_ key: String, _ standard: Int, most: Int) -> Int {
        max(0, min(most, effective(key).flatMap { Int($0) } ?? standard))
    }

    var usedMemory: Int { guest.isRunning ? memory / 1000 * (300 + hash / 2) : 0 }
    var load: JSONValue { uptime > 0 ? .number(Double(hash + 5) / 10_000) : 0 }
    var sent: Int { uptime * (hash + 80) }
    var received: Int { uptime * (hash + 40) }
    /// The size of the disk that the guest boots from.
    var diskSize: Int {
        let keys = guest.kind == .lxc ? ["rootfs"] : bootOrder
        return keys.lazy.compactMap { effective($0) }.compactMap { DiskSize.of($0) }.first ?? 0
    }

    private var bootOrder: [String] {
        let order = (effective("boot") ?? "").split(whereSeparator: { "=;".contains($0) }).dropFirst().map(String.init)
        return order.filter { GuestOptions.isDisk($0) } + ["scsi0", "virtio0", "sata0", "ide0"]
    }

    /// What the list, the status and the resources all show.
    private func common() -> JSONObject {
        var row = JSONObject([
            ("vmid", JSONValue(guest.vmid)), ("name", .string(guest.displayName)),
            ("cpu", load), ("mem", JSONValue(usedMemory)), ("maxmem", JSONValue(memory)),
            ("disk", JSONValue(guest.kind == .lxc && guest.isRunning ? diskSize / 10 : 0)),
            ("maxdisk", JSONValue(diskSize)), ("netin", JSONValue(received)), ("netout", JSONValue(sent)),
            ("uptime", JSONValue(uptime)),
        ])
        if let tags = guest.config["tags"], !tags.isEmpty { row["tags"] = .string(tags) }
        if let lock = guest.lock { row["lock"] = .string(lock) }
        return row
    }

    /// A row of `/nodes/N/qemu` or `/nodes/N/lxc`.
    func listRow(full: Bool = false) -> JSONObject {
        var row = common()
        row["status"] = guest.isRunning ? "running" : "stopped"
        row["cpus"] = JSONValue(cores)
        if guest.isTemplate { row["template"] = 1 }
        if guest.isRunning { row["pid"] = JSONValue(guest.processID) }
        if guest.kind == .lxc {
            row["type"] = "lxc"
            row["swap"] = 0
            row["maxswap"] = JSONValue(swap)
            row["diskread"] = JSONValue(uptime * 1024)
            row["diskwrite"] = JSONValue(uptime * 512)
        } else {
            if guest.config.keys.contains(where: { $0.hasPrefix("serial") }) { row["serial"] = 1 }
            if full { row["qmpstatus"] = .string(qmpStatus) }
        }
        return row
    }

    var qmpStatus: String { guest.power.rawValue }

    /// The answer of `status/current`.
    func current() -> JSONObject {
        var row = listRow(full: true)
        var managed = JSONObject([("managed", guest.haState == nil ? 0 : 1)])
        if let state = guest.haState { managed["state"] = .string(state) }
        row["ha"] = .object(managed)
        guard guest.kind == .qemu else { return row }
        if guest.hasAgent { row["agent"] = 1 }
        let cards = guest.config.keys.filter { $0.hasPrefix("net") && Int($0.dropFirst(3)) != nil }
        if guest.isRunning, !cards.isEmpty {
            row["nics"] = .object(
                JSONObject(
                    cards.map { card in
                        (
                            "tap\(guest.vmid)i\(card.dropFirst(3))",
                            ["netin": JSONValue(received), "netout": JSONValue(sent)]
                        )
                    }))
        }
        return row
    }

    /// A row of `/cluster/resources`.
    func resource(pool: Bool = true) -> JSONObject {
        var row = common()
        row["id"] = .string("\(guest.kind.rawValue)/\(guest.vmid)")
        row["type"] = .string(guest.kind.rawValue)
        row["node"] = .string(guest.node)
        // The list shows what QMP says, unless that is the plain case (PVE::Service::pvestatd).
        row["status"] = .string(guest.power.rawValue)
        row["template"] = guest.isTemplate ? 1 : 0
        row["maxcpu"] = JSONValue(cores)
        row["diskread"] = JSONValue(uptime * 1024)
        row["diskwrite"] = JSONValue(uptime * 512)
        if pool, let name = guest.pool { row["pool"] = .string(name) }
        if let state = guest.haState { row["hastate"] = .string(state) }
        return row
    }

    /// The row of a guest whose node has been away for long.
    func unknownResource() -> JSONObject {
        JSONObject([
            ("id", .string("\(guest.kind.rawValue)/\(guest.vmid)")), ("type", .string(guest.kind.rawValue)),
            ("status", "unknown"), ("vmid", JSONValue(guest.vmid)), ("node", .string(guest.node)),
        ])
    }
}

extension SimulatedGuest {
    /// Whether a guest agent is configured.
    var hasAgent: Bool {
        guard let agent = config["agent"] else { return false }
        return agent.hasPrefix("1") || agent.contains("enabled=1")
    }
}

/// The `size=` of a disk.
enum DiskSize {
    static func of(_ disk: String) -> Int? {
        disk.split(separator: ",").first { $0.hasPrefix("size=") }.flatMap { parse(String($0.dropFirst(5))) }
    }

    /// Bytes from `32G`, `512M`, `104858K` or digits.
    static func parse(_ text: String) -> Int? {
        let factors: [Character: Double] = ["K": 1024, "M": 1_048_576, "G": 1_073_741_824, "T": 1_099_511_627_776]
        guard let last = text.last else { return nil }
        let factor = factors[last]
        guard let number = Double(factor == nil ? text : String(text.dropLast())) else { return nil }
        let bytes = number * (factor ?? 1)
        // Sizes are added up; one that no storage holds would end the process there.
        return bytes.isFinite ? Int(exactly: max(0, min(bytes, 0x1p52)).rounded()) : nil
    }

    /// The shortest form, as the configuration has it.
    static func text(_ bytes: Int) -> String {
        for (factor, suffix) in [(1_099_511_627_776, "T"), (1_073_741_824, "G"), (1_048_576, "M"), (1024, "K")]
        where bytes >= factor && bytes % factor == 0 {
            return "\(bytes / factor)\(suffix)"
        }
        return bytes >= 1024 ? "\((bytes + 1023) / 1024)K" : String(bytes)
    }

    /// The disk's text with another size.
    static func replacing(_ disk: String, _ bytes: Int) -> String {
        let others = disk.split(separator: ",").filter { !$0.hasPrefix("size=") }.map(String.init)
        return (others + ["size=\(text(bytes))"]).joined(separator: ",")
    }
}

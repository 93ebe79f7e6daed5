// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

extension Agent {
    /// What the agent can do, by its own names.
    static let commands = [
        "guest-exec", "guest-exec-status", "guest-file-close", "guest-file-flush", "guest-file-open",
        "guest-file-read", "guest-file-seek", "guest-file-write", "guest-fsfreeze-freeze",
        "guest-fsfreeze-freeze-list", "guest-fsfreeze-status", "guest-fsfreeze-thaw", "guest-fstrim",
        "guest-get-cpustats", "guest-get-devices", "guest-get-disks", "guest-get-diskstats", "guest-get-fsinfo",
        "guest-get-host-name", "guest-get-memory-block-info", "guest-get-memory-blocks", "guest-get-osinfo",
        "guest-get-time", "guest-get-timezone", "guest-get-users", "guest-get-vcpus", "guest-info",
        "guest-network-get-interfaces", "guest-ping", "guest-set-memory-blocks", "guest-set-time",
        "guest-set-user-password", "guest-set-vcpus", "guest-shutdown", "guest-ssh-add-authorized-keys",
        "guest-ssh-get-authorized-keys", "guest-ssh-remove-authorized-keys", "guest-suspend-disk",
        "guest-suspend-hybrid", "guest-suspend-ram", "guest-sync", "guest-sync-delimited",
    ]

    static func execute(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        guard let guest = state.guests[call.vmid] else { return .null }
        let words = (call["command"] ?? "").split(separator: "\0", omittingEmptySubsequences: false).map(String.init)
        let run =
            state.isTwin
            ? GuestInside.Run(exitCode: 0, output: "", end: state.now)
            : guest.inside.run(words, input: call["input-data"] ?? "", of: guest, now: state.now)
        guard let run else {
            throw .failed(
                "Agent error: Guest agent command failed, error was 'Failed to execute child process "
                    + "\u{201c}\(words.first ?? "")\u{201d} (No such file or directory)'")
        }
        state.guests[call.vmid]?.inside.lastProcess += 1
        let process = guest.inside.lastProcess + 1
        state.guests[call.vmid]?.inside.runs[process] = run
        return Reply(["pid": JSONValue(process)])
    }

    static func status(_ state: ClusterState, _ call: Call, _ guest: SimulatedGuest) throws(Refusal) -> JSONValue {
        guard let run = call.integer("pid").flatMap({ guest.inside.runs[$0] }) else {
            throw .failed("Agent error: Invalid parameter 'pid'")
        }
        guard run.end <= state.now else { return ["exited": 0] }
        var row = JSONObject([("exited", 1), ("exitcode", JSONValue(run.exitCode))])
        for (name, text) in [("out", run.output), ("err", run.errors)] where !text.isEmpty {
            row["\(name)-data"] = .string(text)
            row["\(name)-truncated"] = 0
        }
        return .object(row)
    }

    /// The root file system on the first disk, half full.
    static func fileSystems(_ guest: SimulatedGuest) -> [JSONValue] {
        let disks = guest.config.entries.filter {
            GuestOptions.isDisk($0.key) && !$0.value.contains("media=cdrom") && !$0.key.hasPrefix("unused")
        }
        return disks.prefix(1).map { disk in
            let size = DiskSize.of(disk.value) ?? 0
            return [
                "name": "sda1", "mountpoint": "/", "type": "ext4", "total-bytes": JSONValue(size),
                "used-bytes": JSONValue(size / 2),
                "disk": [
                    [
                        "bus-type": "scsi", "bus": 0, "target": 0, "unit": 0, "dev": "/dev/sda1",
                        "serial": .string("0QEMU_QEMU_HARDDISK_drive-\(disk.key)"),
                        "pci-controller": ["domain": 0, "bus": 0, "slot": 5, "function": 0],
                    ]
                ],
            ]
        }
    }

    private static func cards(_ guest: SimulatedGuest) -> [(name: String, address: String)] {
        guest.config.entries.filter { $0.key.hasPrefix("net") && Int($0.key.dropFirst(3)) != nil }.map { entry in
            let address = entry.value.split(whereSeparator: { ",=".contains($0) })
                .first { $0.count(where: { $0 == ":" }) == 5 }
            return ("eth\(entry.key.dropFirst(3))", (address.map(String.init) ?? "00:00:00:00:00:00").lowercased())
        }
    }

    private static func address(_ text: String, _ type: String, _ prefix: Int64) -> JSONValue {
        ["ip-address": .string(text), "ip-address-type": .string(type), "prefix": .integer(prefix)]
    }

    private static let statistics: JSONValue = .object(
        JSONObject(
            ["rx", "tx"].flatMap { way in
                ["bytes", "packets", "errs", "dropped"].map { ("\(way)-\($0)", JSONValue.integer(0)) }
            }))

    static func interfaces(_ guest: SimulatedGuest) -> JSONValue {
        var rows: [JSONValue] = [
            [
                "name": "lo", "hardware-address": "00:00:00:00:00:00", "statistics": statistics,
                "ip-addresses": [address("127.0.0.1", "ipv4", 8), address("::1", "ipv6", 128)],
            ]
        ]
        rows += cards(guest).map {
            [
                "name": .string($0.name), "hardware-address": .string($0.address), "statistics": statistics,
                "ip-addresses": [
                    address(guest.inside.address(of: guest), "ipv4", 24), address("fe80::1", "ipv6", 64),
                ],
            ]
        }
        return .array(rows)
    }

    static func containerInterfaces(_ guest: SimulatedGuest) -> JSONValue {
        .array(
            ([("lo", "00:00:00:00:00:00")] + cards(guest).map { ($0.name, $0.address) }).map {
                [
                    "name": .string($0.0), "hwaddr": .string($0.1), "hardware-address": .string($0.1),
                    "ip-addresses": [],
                ]
            })
    }
}

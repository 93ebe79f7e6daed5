// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

extension EndpointTable {
    /// The same row for virtual machines and containers.
    static func both(_ make: (GuestKind) -> [Endpoint]) -> [Endpoint] { GuestKind.allCases.flatMap(make) }

    static let guestEndpoints = both { kind in
        let base = "nodes/{node}/\(kind.rawValue)"
        let audit = Endpoint.Access.privilege("/vms/{vmid}", ["VM.Audit"])
        return [
            Endpoint("GET", base, protected: true, takes: kind == .qemu ? [.flag("full")] : []) {
                (state, call) throws(Refusal) in Guests.list(state, call, kind)
            },
            Endpoint("GET", "\(base)/{vmid}") { _, _ in Reply(.subdirectories(Guests.folders(kind))) },
            Endpoint("GET", "\(base)/{vmid}/status") { (state, call) throws(Refusal) in
                _ = try state.guest(kind, call.vmid, on: call.node)
                return Reply(.subdirectories(Guests.statusFolders(kind)))
            },
            Endpoint("GET", "\(base)/{vmid}/status/current", audit, protected: true) {
                (state, call) throws(Refusal) in
                let guest = try state.guest(kind, call.vmid, on: call.node)
                return Reply(.object(GuestFigures(guest: guest, now: state.now).current()))
            },
            Endpoint(
                "GET", "\(base)/{vmid}/feature", audit, protected: true,
                takes: [
                    .choice("feature", optional: false, ["snapshot", "clone", "copy"]),
                    .string("snapname", length: 40, .configID),
                ]
            ) { (state, call) throws(Refusal) in try Guests.feature(state, call, kind) },
        ]
    }
}

/// Answers about guests that change nothing.
enum Guests {
    static func list(_ state: ClusterState, _ call: Call, _ kind: GuestKind) -> Reply {
        let visible = state.guestList.filter {
            $0.kind == kind && $0.node == call.node && state.may(call.identity, "VM.Audit", "/vms/\($0.vmid)")
        }
        return Reply(
            .array(
                visible.map {
                    .object(GuestFigures(guest: $0, now: state.now).listRow(full: call.flag("full")))
                }))
    }

    static func folders(_ kind: GuestKind) -> [String] {
        kind == .qemu
            ? [
                "config", "cloudinit", "pending", "status", "unlink", "vncproxy", "termproxy", "migrate", "resize",
                "move", "rrd", "rrddata", "monitor", "agent", "snapshot", "spiceproxy", "sendkey", "firewall",
                "mtunnel", "remote_migrate",
            ]
            : [
                "config", "pending", "status", "vncproxy", "termproxy", "vncwebsocket", "spiceproxy", "migrate",
                "clone", "initlog", "rrd", "rrddata", "firewall", "snapshot", "resize", "interfaces", "mtunnel",
                "remote_migrate",
            ]
    }

    static func statusFolders(_ kind: GuestKind) -> [String] {
        kind == .qemu
            ? ["current", "start", "stop", "reset", "shutdown", "suspend", "reboot"]
            : ["current", "start", "stop", "shutdown", "migrate"]
    }

    static func feature(_ state: ClusterState, _ call: Call, _ kind: GuestKind) throws(Refusal) -> Reply {
        let guest = try state.guest(kind, call.vmid, on: call.node)
        if let name = call["snapname"], !guest.snapshots.contains(where: { $0.name == name }) {
            throw .failed("snapshot '\(name)' does not exist")
        }
        var has = true
        if call["feature"] == "snapshot" { has = state.canSnapshot(guest) }
        if call["feature"] == "clone" { has = guest.isTemplate }
        var answer = JSONObject([("hasFeature", has ? 1 : 0)])
        if kind == .qemu {
            let nodes = state.hasLocalDisks(guest) ? [guest.node] : state.nodes.map(\.name)
            answer["nodes"] = .array(nodes.map(JSONValue.string))
        }
        return Reply(.object(answer))
    }
}

extension ClusterState {
    /// The disks that are images, with the storage of each.
    func disks(_ guest: SimulatedGuest) -> [(key: String, value: String, storage: SimulatedStorage)] {
        guest.config.entries.compactMap { entry in
            guard GuestOptions.isDisk(entry.key), !entry.value.contains("media=cdrom"), entry.value != "none" else {
                return nil
            }
            let name = entry.value.prefix { $0 != ":" }
            guard let storage = storages.first(where: { $0.name == name }) else { return nil }
            return (entry.key, entry.value, storage)
        }
    }

    /// Whether all disks can be snapshotted.
    func canSnapshot(_ guest: SimulatedGuest) -> Bool {
        disks(guest).allSatisfy { $0.key.hasPrefix("unused") || $0.storage.canSnapshot($0.value) }
    }

    func hasLocalDisks(_ guest: SimulatedGuest) -> Bool { disks(guest).contains { !$0.storage.shared } }
}

// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

extension EndpointTable {
    private static let audit = Endpoint.Access.privilege("/nodes/{node}", ["Sys.Audit"])
    private static let template = Endpoint.Access.privilege("/storage/{storage}", ["Datastore.AllocateTemplate"])

    static let nodeDetailEndpoints = [
        Endpoint("GET", "nodes/{node}/certificates") { _, _ in Reply(.list("name", ["acme", "custom", "info"])) },
        Endpoint("GET", "nodes/{node}/certificates/info", protected: true, handler: NodeDetails.certificates),
        Endpoint("GET", "nodes/{node}/aplinfo") { _, _ in Reply(.array(Appliances.all.map(\.row))) },
        Endpoint(
            "POST", "nodes/{node}/aplinfo", template, protected: true,
            takes: [
                .string("storage", optional: false, .storageID), .string("template", optional: false, length: 255),
            ], handler: NodeDetails.fetch),
        Endpoint("GET", "nodes/{node}/dns", audit) { _, _ in Reply(["dns1": "192.0.2.1", "search": "example.invalid"])
        },
        Endpoint("GET", "nodes/{node}/subscription") { _, _ in
            Reply([
                "status": "notfound", "message": "There is no subscription key",
                "url": "https://www.proxmox.com/en/proxmox-virtual-environment/pricing",
            ])
        },
        Endpoint("GET", "nodes/{node}/disks/list", audit, protected: true, handler: NodeDetails.disks),
        Endpoint(
            "GET", "cluster/backup-info/not-backed-up", protected: true, handler: NodeDetails.notBackedUp),
        Endpoint("GET", "cluster/backup-info", .root) { _, _ in Reply(.subdirectories(["not-backed-up"])) },
        Endpoint("GET", "cluster/replication") { _, _ in Reply([]) },
        Endpoint("GET", "nodes/{node}/replication") { _, _ in Reply([]) },
    ]
}

/// Answers about a node beside its figures.
enum NodeDetails {
    /// The cluster's CA and the node's own certificate, which lives two years from its boot.
    static func certificates(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        guard let node = state.node(call.node) else { return .null }
        let begin = Int(node.certificateFrom ?? node.bootTime ?? state.now)
        let end = node.certificateUntil.map { Int($0) } ?? begin + 730 * 86_400
        func row(_ file: String, _ subject: String, _ from: Int, _ to: Int, _ print: String, _ names: [String])
            -> JSONValue
        {
            [
                "filename": .string(file), "fingerprint": .string(print), "subject": .string(subject),
                "issuer": "/CN=Proxmox Virtual Environment/OU=simulated/O=PVE Cluster Manager CA",
                "notbefore": JSONValue(from), "notafter": JSONValue(to), "san": .array(names.map(JSONValue.string)),
                "public-key-type": "rsaEncryption", "public-key-bits": JSONValue(names.isEmpty ? 4096 : 2048),
                "pem": "",
            ]
        }
        let name = "\(node.name).example.invalid"
        return Reply([
            row(
                "pve-root-ca.pem", "/CN=Proxmox Virtual Environment/OU=simulated/O=PVE Cluster Manager CA", begin,
                begin + 3650 * 86_400, SimulatedNode("ca").fingerprint, []),
            row(
                "pve-ssl.pem", "/OU=PVE Cluster Node/O=Proxmox Virtual Environment/CN=\(name)", begin, end,
                node.fingerprint,
                [
                    "127.0.0.1", "0000:0000:0000:0000:0000:0000:0000:0001", "localhost", node.address,
                    node.name, name,
                ]),
        ])
    }

    static func disks(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        guard let node = state.node(call.node) else { return .null }
        return Reply([
            [
                "devpath": "/dev/sda", "size": JSONValue(node.disk), "model": "Simulated_Disk", "serial": "unknown",
                "vendor": "QEMU", "type": "ssd", "rpm": 0, "health": "PASSED", "wearout": 100, "used": "mounted",
                "mounted": 1, "gpt": 1, "wwn": "unknown", "osdid": -1, "osdid-list": .null,
            ]
        ])
    }

    /// There are no backup jobs, so that no guest is in one.
    static func notBackedUp(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        let visible = state.guestList.filter { state.may(call.identity, "VM.Audit", "/vms/\($0.vmid)") }
        return Reply(
            .array(
                visible.map { guest in
                    var row = JSONObject([
                        ("vmid", JSONValue(guest.vmid)), ("type", .string(guest.kind.rawValue)),
                    ])
                    if let name = guest.config[guest.kind == .qemu ? "name" : "hostname"] {
                        row["name"] = .string(name)
                    }
                    return .object(row)
                }))
    }

    static func fetch(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        guard let appliance = Appliances.all.first(where: { $0.template == call["template"] }) else {
            throw .parameter("template", "no such template")
        }
        let storage = try state.storage(call["storage"] ?? "", on: call.node)
        if storage.path == nil || !storage.content.contains("vztmpl") {
            throw .failed("storage '\(storage.name)' does not support templates")
        }
        let upid = state.spawn(
            "download", id: appliance.template, node: call.node, by: call.identity.description,
            parameters: [
                "storage": storage.name, "content": "vztmpl", "filename": appliance.template, "url": appliance.location,
            ])
        return Reply(.string(upid))
    }
}

/// The list of container templates that a node offers for download.
struct Appliances {
    static let all = [
        Appliances("debian-12-standard", "12.7-1", "debian-12", "system", "Debian 12 Bookworm (standard)"),
        Appliances("ubuntu-24.04-standard", "24.04-2", "ubuntu-24.04", "system", "Ubuntu 24.04 Noble (standard)"),
        Appliances("alpine-3.21-default", "20241217", "alpine", "system", "LXC default image for alpine 3.21"),
    ]

    let template: String
    let row: JSONValue
    var location: String { "http://download.example.org/images/system/\(template)" }

    private init(_ package: String, _ version: String, _ system: String, _ section: String, _ headline: String) {
        let ending = package.hasPrefix("alpine") ? "tar.xz" : "tar.zst"
        template = "\(package)_\(version)_amd64.\(ending)"
        row = [
            "template": .string(template), "package": .string(package), "version": .string(version),
            "os": .string(system), "section": .string(section), "headline": .string(headline),
            "description": .string(headline), "architecture": "amd64", "type": "lxc",
            "source": "http://download.example.org/images", "location": .string("system/\(template)"),
            "infopage": "https://example.org", "maintainer": "Simulated <nobody@example.org>",
        ]
    }
}

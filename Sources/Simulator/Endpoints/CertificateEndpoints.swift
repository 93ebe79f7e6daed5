// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

extension EndpointTable {
    static let certificateEndpoints = [
        Endpoint("GET", "nodes/{node}/certificates") { _, _ in Reply(.list("name", ["acme", "custom", "info"])) },
        Endpoint("GET", "nodes/{node}/certificates/info", handler: Certificates.info),
    ]
}

/// Answers about the certificates of nodes.
enum Certificates {
    private static let day = 86_400.0

    /// The authority's certificate, which is the same everywhere, and the node's own.
    static func info(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        guard let node = state.node(call.node) else { return Reply([]) }
        let issuer = "/CN=Proxmox Virtual Environment/OU=\(state.name)/O=PVE Cluster Manager CA"
        let made = SeedValues.certificatesMade
        let root = row(
            "pve-root-ca.pem", FNV.fingerprint(state.name), issuer, subject: issuer, made, made + 3652 * day, names: [])
        let end = node.certificateEnd ?? max(made, state.now) + 700 * day
        let own = row(
            "pve-ssl.pem", node.fingerprint, issuer,
            subject: "/OU=PVE Cluster Node/O=Proxmox Virtual Environment/CN=\(node.name).example", end - 730 * day, end,
            names: ["127.0.0.1", "localhost", node.address, node.name])
        return Reply(.array([root, own]))
    }

    private static func row(
        _ file: String, _ fingerprint: String, _ issuer: String, subject: String, _ start: Double, _ end: Double,
        names: [String]
    ) -> JSONValue {
        [
            "filename": .string(file), "fingerprint": .string(fingerprint), "issuer": .string(issuer),
            "subject": .string(subject), "notbefore": JSONValue(Int(start)), "notafter": JSONValue(Int(end)),
            "public-key-type": "rsaEncryption", "public-key-bits": file == "pve-ssl.pem" ? 2048 : 4096,
            "san": .array(names.map(JSONValue.string)),
            "pem": "-----BEGIN CERTIFICATE-----\nsimulated\n-----END CERTIFICATE-----\n",
        ]
    }
}

extension SeedValues {
    /// When the authority of every simulated cluster was made.
    static let certificatesMade = 1_735_689_600.0
}

extension FNV {
    /// A made-up SHA-256 fingerprint, always the same for the same text.
    static func fingerprint(_ text: String) -> String {
        var numbers = RandomNumbers(seed: hash(text))
        return (0..<32).map { _ in hex(numbers.next(), digits: 2).uppercased() }.joined(separator: ":")
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import YAML

/// How a cluster's `tls` is written.
enum TLSForm {
    /// What to say to those who look for the usual way out.
    static let explanations: [String: String] = {
        let names = ["verify", "verify_ssl", "verify_tls", "insecure", "skip_verify", "insecure_skip_verify", "check"]
        let text = """
            certificates are always checked and there is no way to turn that off; name the cluster's own authority with \
            ca_file, or its certificates with fingerprints
            """
        return Dictionary(uniqueKeysWithValues: names.map { ($0, text) })
    }()

    static func read(_ node: YAMLNode, home: String) throws(YAMLError) -> TLSConfiguration {
        let reader = try YAMLReader(node, of: "tls", keys: ["ca_file", "fingerprints"], explanations: explanations)
        var result = TLSConfiguration()
        if let file = reader.optional("ca_file") {
            let path = try file.text()
            guard path.hasPrefix("/") || path.hasPrefix("~/") else {
                throw file.error("expected a path that begins with / or ~/, found `\(path)`")
            }
            result.caFile = Locations.expand(path, home: home)
        }
        if let list = reader.optional("fingerprints") {
            for element in try list.elements() {
                guard let fingerprint = Fingerprint(try element.text()) else {
                    throw element.error("expected a SHA-256 fingerprint: 32 pairs of hexadecimal digits, AA:BB:…")
                }
                result.fingerprints.append(fingerprint.description)
            }
            guard !result.fingerprints.isEmpty else { throw list.error("the list must not be empty") }
        }
        return result
    }
}

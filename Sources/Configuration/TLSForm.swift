// SPDX-License-Identifier: Apache-2.0
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
                guard let fingerprint = fingerprint(try element.text()) else {
                    throw element.error("expected a SHA-256 fingerprint: 32 pairs of hexadecimal digits, AA:BB:…")
                }
                result.fingerprints.append(fingerprint)
            }
            guard !result.fingerprints.isEmpty else { throw list.error("the list must not be empty") }
        }
        return result
    }

    /// `AA:BB:…` from 64 hexadecimal digits in either case, with a colon after every pair or none at all.
    static func fingerprint(_ text: String) -> String? {
        var pairs = text.uppercased().split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        if pairs.count == 1, let digits = pairs.first, digits.utf8.count == 64 {
            let bytes = Array(digits.utf8)
            pairs = stride(from: 0, to: 64, by: 2).map { String(decoding: bytes[$0..<($0 + 2)], as: UTF8.self) }
        }
        let isHex = pairs.allSatisfy { pair in
            pair.utf8.count == 2
                && pair.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x46).contains($0) }
        }
        return pairs.count == 32 && isHex ? pairs.joined(separator: ":") : nil
    }
}

// SPDX-License-Identifier: Apache-2.0

/// The parts of a webhook's address: `https://host:port/path?query`.
public struct WebhookAddress: Hashable, Sendable {
    /// Whether it goes without TLS.
    public var isPlain: Bool
    /// The name or address; an IPv6 address without brackets.
    public var host: String
    /// The port.
    public var port: Int
    /// Path and query, beginning with `/`, encoded as written.
    public var target: String

    /// What to say of an address that is none.
    public static let expectation =
        "expected an address such as https://hooks.lan/alerts: http or https, a host, no user and no #"

    /// Reads an address, or nil where the text is none, or holds what cannot stand in a request.
    public init?(_ text: String) {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }), !text.contains("#"), !text.contains("\\"),
            text.utf8.count <= 2048
        else { return nil }
        let schemes: [(prefix: String, isPlain: Bool, port: Int)] = [("https://", false, 443), ("http://", true, 80)]
        guard let scheme = schemes.first(where: { text.lowercased().hasPrefix($0.prefix) }) else { return nil }
        let rest = text.dropFirst(scheme.prefix.utf8.count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let path = rest.dropFirst(authority.count)
        isPlain = scheme.isPlain
        target = path.hasPrefix("/") ? String(path) : "/" + path
        var name = authority
        var digits: Substring?
        if authority.hasPrefix("[") {
            guard let close = authority.firstIndex(of: "]") else { return nil }
            name = authority[authority.index(after: authority.startIndex)..<close]
            let tail = authority[authority.index(after: close)...]
            guard tail.isEmpty || tail.hasPrefix(":"), name.contains(":") else { return nil }
            digits = tail.isEmpty ? nil : tail.dropFirst()
        } else if let colon = authority.firstIndex(of: ":") {
            name = authority[..<colon]
            digits = authority[authority.index(after: colon)...]
        }
        let isHost = name.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte | 0x20) || ".-_:".utf8.contains(byte)
        }
        guard !name.isEmpty, isHost else { return nil }
        host = String(name)
        if let digits {
            guard let number = Int(digits), (1...65_535).contains(number), digits.utf8.count <= 5 else { return nil }
            port = number
        } else {
            port = scheme.port
        }
    }

    /// Whether it is this machine itself.
    public var isLoopback: Bool {
        host == "localhost" || host == "::1"
            || host.hasPrefix("127.") && host.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2e }
    }
}

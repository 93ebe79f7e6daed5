// SPDX-License-Identifier: Apache-2.0

/// The address of one server: a host name or address, and a port.
public struct HTTPEndpoint: Sendable, Hashable, CustomStringConvertible {
    /// The name or address; an IPv6 address without brackets.
    public let host: String
    /// The port.
    public let port: Int

    /// The port that pveproxy listens on.
    public static let defaultPort = 8006

    /// Makes an address, or nil where the host could not stand in a URL or the port is out of range.
    public init?(host: String, port: Int = defaultPort) {
        let isAddress = host.utf8.contains(UInt8(ascii: ":"))
        let allowed = host.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."):
                true
            case UInt8(ascii: "-"), UInt8(ascii: "_"): !isAddress
            case UInt8(ascii: ":"): isAddress
            default: false
            }
        }
        guard !host.isEmpty, host.utf8.count <= 253, allowed, (1...65535).contains(port) else { return nil }
        self.host = host
        self.port = port
    }

    /// Reads `host`, `host:port`, `[address]` or `[address]:port`, or nil where the text is none of these.
    public init?(_ text: String) {
        var host = Substring(text)
        var rest: Substring = ""
        if text.hasPrefix("[") {
            guard let close = text.firstIndex(of: "]") else { return nil }
            host = text[text.index(after: text.startIndex)..<close]
            rest = text[text.index(after: close)...]
            guard host.contains(":") else { return nil }
        } else if let colon = text.firstIndex(of: ":") {
            host = text[..<colon]
            rest = text[colon...]
        }
        if rest.isEmpty {
            self.init(host: String(host))
        } else {
            let digits = rest.dropFirst()
            guard rest.hasPrefix(":"), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(digits)
            else { return nil }
            self.init(host: String(host), port: port)
        }
    }

    /// Whether the server is this machine, by its name or address.
    public var isLoopback: Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return host.lowercased() == "localhost" || host == "::1"
            || parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// `host:port`, with brackets around an IPv6 address.
    public var description: String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }
}

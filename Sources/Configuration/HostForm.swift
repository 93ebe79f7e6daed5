// SPDX-License-Identifier: Apache-2.0
internal import YAML

/// How a host is written: `pve1.lan`, `pve1.lan:8006`, `192.0.2.1`, `[2001:db8::1]:8006`, `2001:db8::1`.
enum HostForm {
    /// The word for the node that pvelua runs on.
    static let local = "local"

    /// Whether a list of hosts means the node that pvelua runs on, which then is the only one.
    static func isLocal(_ list: YAMLNode) throws(YAMLError) -> Bool {
        var others: [YAMLNode] = []
        var isLocal = false
        for element in try list.elements() {
            if try element.text() == local { isLocal = true } else { others.append(element) }
        }
        guard isLocal, let other = others.first else { return isLocal }
        throw other.error("`local` stands alone: pvesh on this node reaches the whole cluster")
    }

    static func host(_ node: YAMLNode) throws(YAMLError) -> HostAddress {
        let text = try node.text()
        let wrong = "expected a host such as pve1.lan, pve1.lan:8006 or [2001:db8::1]:8006, found `\(text)`"
        guard !text.contains("/") else { throw node.error("\(wrong); leave out https:// and any path") }
        guard let (host, port) = split(text), !host.isEmpty, host.utf8.count <= 253, isHost(host) else {
            throw node.error(wrong)
        }
        guard let port else { return HostAddress(host: host) }
        let isNumber = (1...5).contains(port.utf8.count) && port.utf8.allSatisfy { (0x30...0x39).contains($0) }
        guard isNumber, let number = Int(port), (1...65535).contains(number) else {
            throw node.error("a port is a number from 1 to 65535, found `\(port)`")
        }
        return HostAddress(host: host, port: number)
    }

    private static func split(_ text: String) -> (host: String, port: String?)? {
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            let host = text[text.index(after: text.startIndex)..<end]
            let rest = text[text.index(after: end)...]
            guard host.contains(":"), rest.isEmpty || rest.hasPrefix(":") else { return nil }
            return (String(host), rest.isEmpty ? nil : String(rest.dropFirst()))
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        // More than one colon can only be an IPv6 address.
        if parts.count > 2 { return (text, nil) }
        return (String(parts.first ?? ""), parts.count == 2 ? String(parts[1]) : nil)
    }

    /// Letters, digits, dots and hyphens for a name; hexadecimal digits, colons and dots for an IPv6 address.
    private static func isHost(_ host: String) -> Bool {
        let isV6 = host.contains(":")
        return host.utf8.allSatisfy { byte in
            let isDigit = (0x30...0x39).contains(byte)
            let isLetter = (0x61...(isV6 ? 0x66 : 0x7a)).contains(byte | 0x20)
            return isDigit || isLetter || (isV6 ? ":." : "-.").utf8.contains(byte)
        } && !host.hasPrefix("-") && !host.hasPrefix(".")
    }
}

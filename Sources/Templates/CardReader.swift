// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import YAML

/// Reads one network card.
struct CardReader {
    let kind: GuestKind
    let number: Int

    private static let models = ["virtio", "e1000", "e1000e", "rtl8139", "vmxnet3"]
    private static let common = ["bridge", "tag", "firewall", "mac", "rate"]

    func read(_ node: YAMLNode) throws(YAMLError) -> GuestForm.CardForm {
        let reader = try YAMLReader(
            node, of: "a network card",
            keys: Self.common
                + (kind == .qemu ? ["model", "link_down"] : ["name", "ip", "gateway", "ip6", "gateway6"]),
            explanations: kind == .qemu
                ? ["ip": "addresses are given by cloud_init", "vlan": "it is called tag"] : ["vlan": "it is called tag"]
        )
        let bridgeNode = try reader.required("bridge")
        let bridge = try bridgeNode.optionText()
        let mac = try reader.optional("mac").map { (node) throws(YAMLError) in try Self.address(node) }
        var parts: [String]
        if kind == .qemu {
            let model = try reader.optional("model")?.word(of: Self.models) ?? "virtio"
            parts = [model + (mac.map { "=\($0)" } ?? ""), "bridge=\(bridge)"]
        } else {
            let name = try reader.optional("name")?.optionText() ?? "eth\(number)"
            parts = ["name=\(name)", "bridge=\(bridge)"] + (mac.map { ["hwaddr=\($0)"] } ?? [])
        }
        if let tag = try reader.optional("tag")?.integer(in: 1...4094) { parts.append("tag=\(tag)") }
        if let rate = reader.optional("rate") {
            guard try rate.number() > 0 else { throw rate.error("expected MB a second, more than 0") }
            parts.append("rate=\(try rate.text())")
        }
        for key in ["firewall", "link_down"] {
            if let flag = try reader.optional(key)?.boolean() { parts.append("\(key)=\(flag ? 1 : 0)") }
        }
        parts += try AddressReader.parts(reader, names: ("ip", "gw", "ip6", "gw6"))
        return GuestForm.CardForm(
            key: "net\(number)", bridge: Placed(bridge, at: bridgeNode), text: parts.joined(separator: ","))
    }

    private static func address(_ node: YAMLNode) throws(YAMLError) -> String {
        let text = try node.text()
        let bytes = text.split(separator: ":", omittingEmptySubsequences: false)
        guard bytes.count == 6, bytes.allSatisfy({ $0.utf8.count == 2 && UInt8($0, radix: 16) != nil }) else {
            throw node.error("`\(text)` is no hardware address")
        }
        return text.uppercased()
    }
}

/// Reads the addresses of a card: `ip`, `gateway` and the same for version 6.
enum AddressReader {
    static func parts(
        _ reader: YAMLReader, names: (ip: String, gateway: String, ip6: String, gateway6: String)
    ) throws(YAMLError) -> [String] {
        var parts: [String] = []
        for (key, gateway, name, gatewayName, words) in [
            ("ip", "gateway", names.ip, names.gateway, ["dhcp", "manual"]),
            ("ip6", "gateway6", names.ip6, names.gateway6, ["dhcp", "auto", "manual"]),
        ] {
            guard let node = reader.optional(key), !node.isNull else {
                if let lost = reader.optional(gateway) {
                    throw lost.error("a gateway needs the key `\(key)` beside it")
                }
                continue
            }
            let text = try node.optionText()
            guard words.contains(text) || isNetwork(text, version6: key == "ip6") else {
                throw node.error(
                    "`\(text)` is no address; it is \(words.joined(separator: ", ")) or an address with its net, such as "
                        + (key == "ip6" ? "2001:db8::5/64" : "192.0.2.5/24"))
            }
            parts.append("\(name)=\(text)")
            guard let node = reader.optional(gateway), !node.isNull else { continue }
            guard !words.contains(text) else { throw node.error("a gateway needs a fixed address beside it") }
            let address = try node.optionText()
            guard isAddress(address, version6: key == "ip6") else {
                throw node.error("`\(address)` is no address of a gateway")
            }
            parts.append("\(gatewayName)=\(address)")
        }
        return parts
    }

    private static func isNetwork(_ text: String, version6: Bool) -> Bool {
        let halves = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard halves.count == 2, let bits = Int(halves[1]), (1...(version6 ? 128 : 32)).contains(bits) else {
            return false
        }
        return isAddress(halves[0], version6: version6)
    }

    static func isAddress(_ text: String, version6: Bool) -> Bool {
        if version6 {
            return text.contains(":") && text.utf8.count <= 39
                && text.utf8.allSatisfy { $0.isASCIIHexDigit || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }
        }
        let bytes = text.split(separator: ".", omittingEmptySubsequences: false)
        return bytes.count == 4 && bytes.allSatisfy { $0.utf8.count <= 3 && UInt8($0) != nil }
    }
}

extension UInt8 {
    fileprivate var isASCIIHexDigit: Bool {
        (0x30...0x39).contains(self) || (0x41...0x46).contains(self) || (0x61...0x66).contains(self)
    }
}

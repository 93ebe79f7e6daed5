// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import YAML

/// What cloud-init sets inside a virtual machine at its first start.
enum CloudInitReader {
    private static let keys = [
        "storage", "user", "ssh_keys", "ip", "gateway", "ip6", "gateway6", "nameserver", "searchdomain", "upgrade",
        "password",
    ]

    static func read(
        _ node: YAMLNode
    ) throws(YAMLError) -> (options: [(name: String, value: JSONValue)], storage: Placed<String>) {
        let reader = try YAMLReader(node, of: "cloud_init", keys: keys)
        var options: [(name: String, value: JSONValue)] = []
        if let user = try reader.optional("user")?.optionText() { options.append(("ciuser", .string(user))) }
        if let list = reader.optional("ssh_keys"), !list.isNull {
            let keys = try list.keys()
            if !keys.isEmpty { options.append(("sshkeys", .string(SSHKeys.encoded(keys)))) }
        }
        if let password = reader.optional("password") {
            options.append(("cipassword", .string(try password.password())))
        }
        let addresses = try AddressReader.parts(reader, names: ("ip", "gw", "ip6", "gw6"))
        if !addresses.isEmpty { options.append(("ipconfig0", .string(addresses.joined(separator: ",")))) }
        for key in ["nameserver", "searchdomain"] {
            if let text = try reader.optional(key)?.plainText() { options.append((key, .string(text))) }
        }
        if let flag = try reader.optional("upgrade")?.boolean() {
            options.append(("ciupgrade", .integer(flag ? 1 : 0)))
        }
        return (options, try reader.storage())
    }
}

/// Public SSH keys as the option `sshkeys` takes them.
public enum SSHKeys {
    /// The keys, percent-encoded once more than the transport does: Proxmox keeps them so (format `urlencoded`).
    public static func encoded(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            let isPlain =
                (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
                || "-_.~".utf8.contains(byte)
            if isPlain {
                result.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (digits.utf8.count < 2 ? "0" : "") + digits
            }
        }
        return result
    }
}

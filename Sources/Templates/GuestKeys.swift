// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import YAML

/// The keys that describe a guest, in files and calls alike.
public enum GuestKeys {
    /// What a file says about itself.
    static let ofFiles = ["version", "summary"]
    static let common = [
        "kind", "name", "description", "tags", "pool", "onboot", "protection", "start", "cores", "memory", "os",
        "disks", "network",
    ]
    static let qemu = [
        "sockets", "cpu", "balloon", "bios", "machine", "scsihw", "vga", "serial", "agent", "cdrom", "cloud_init",
    ]
    static let lxc = [
        "image", "swap", "unprivileged", "features", "ssh_keys", "nameserver", "searchdomain", "password",
    ]

    /// Every key of a guest, for the operation table to be held against.
    public static var all: [String] { common + qemu + lxc }

    static func of(_ kind: GuestKind) -> [String] { common + (kind == .qemu ? qemu : lxc) }

    /// What to say of keys that are there for the other kind, or that people expect.
    static func explanations(_ kind: GuestKind, isFile: Bool) -> [String: String] {
        var result: [String: String] = [:]
        let (others, which) = kind == .qemu ? (lxc, "containers") : (qemu, "virtual machines")
        for key in others { result[key] = "it is for \(which)" }
        if kind == .qemu {
            for key in ["ssh_keys", "nameserver", "searchdomain", "password"] {
                result[key] = "it belongs below cloud_init"
            }
            result["iso"] = "the image in the CD drive is cdrom"
        }
        result["hostname"] = "it is called name"
        result["cpus"] = "it is called cores"
        result["node"] = "it belongs into the call"
        result["vmid"] = "it belongs into the call"
        return result
    }

    /// Options that are one value in the file and one for Proxmox.
    struct Scalar: Sendable {
        let key: String
        let parameter: String
        let read: @Sendable (YAMLNode) throws(YAMLError) -> JSONValue

        init(
            _ key: String, _ parameter: String? = nil,
            _ read: @escaping @Sendable (YAMLNode) throws(YAMLError) -> JSONValue
        ) {
            self.key = key
            self.parameter = parameter ?? key
            self.read = read
        }
    }

    static let scalars: [Scalar] = [
        Scalar("description") { (node) throws(YAMLError) in .string(try node.plainText(lines: true)) },
        Scalar("pool", nil, text), Scalar("os", "ostype", text), Scalar("cpu", nil, text), Scalar("vga", nil, text),
        Scalar("machine", nil, text), Scalar("searchdomain", nil, text), Scalar("nameserver", nil, text),
        Scalar("scsihw", nil, text), Scalar("onboot", nil, flag), Scalar("protection", nil, flag),
        Scalar("agent", nil, flag), Scalar("unprivileged", nil, flag),
        Scalar("bios") { (node) throws(YAMLError) in .string(try node.word(of: ["seabios", "ovmf"])) },
        Scalar("cores") { (node) throws(YAMLError) in JSONValue(try node.integer(in: 1...8192)) },
        Scalar("sockets") { (node) throws(YAMLError) in JSONValue(try node.integer(in: 1...64)) },
        Scalar("balloon") { (node) throws(YAMLError) in JSONValue(try node.memory(from: 0) >> 20) },
        Scalar("swap") { (node) throws(YAMLError) in JSONValue(try node.memory(from: 0) >> 20) },
        Scalar("tags") { (node) throws(YAMLError) in .string(try node.tags().joined(separator: ";")) },
        Scalar("features") { (node) throws(YAMLError) in .string(try node.features()) },
        Scalar("password") { (node) throws(YAMLError) in .string(try node.password()) },
        Scalar("ssh_keys", "ssh-public-keys") { (node) throws(YAMLError) in .string(try node.keys()) },
    ]

    private static let text: @Sendable (YAMLNode) throws(YAMLError) -> JSONValue = { (node) throws(YAMLError) in
        .string(try node.plainText())
    }
    private static let flag: @Sendable (YAMLNode) throws(YAMLError) -> JSONValue = { (node) throws(YAMLError) in
        .integer(try node.boolean() ? 1 : 0)
    }
}

// SPDX-License-Identifier: Apache-2.0

/// A signature as `ssh-keygen -Y sign` makes it (PROTOCOL.sshsig of OpenSSH), taken apart but not verified.
///
/// It is read only in the one form that ssh-keygen writes, so that no byte of it can be changed without being noticed.
public struct SSHSignature: Hashable, Sendable {
    /// As text, a newline at its end.
    public let armored: String
    /// The public key, as `allowed_signers` and `*.pub` hold it in base64.
    public let key: [UInt8]
    /// The key's type, such as `ssh-ed25519`.
    public let keyType: String
    /// What it was made for.
    public let namespace: String

    /// The public key in base64.
    public var keyText: String { Base64.encode(key) }
    /// Whether the key is vouched for by a certificate authority, whose key it is that `allowed_signers` then holds.
    public var isOfCertificate: Bool { keyType.hasSuffix("-cert-v01@openssh.com") }

    private static let head = "-----BEGIN SSH SIGNATURE-----\n"
    private static let tail = "-----END SSH SIGNATURE-----\n"

    /// Reads one; nil for anything that ssh-keygen would not have written.
    public init?(armored: String) {
        guard armored.utf8.count <= 32 << 10, armored.hasPrefix(Self.head), armored.hasSuffix(Self.tail),
            let content = Base64.decode(
                armored.utf8.dropFirst(Self.head.utf8.count).dropLast(Self.tail.utf8.count)
                    .filter { $0 != UInt8(ascii: "\n") })
        else { return nil }
        var lines = ""
        var text = Substring(Base64.encode(content))
        while !text.isEmpty {
            lines += text.prefix(70) + "\n"
            text = text.dropFirst(70)
        }
        guard armored == Self.head + lines + Self.tail, content.starts(with: Array("SSHSIG".utf8)) else { return nil }
        var rest = content.dropFirst(6)
        guard Self.number(&rest) == 1, let key = Self.string(&rest), let namespace = Self.string(&rest),
            let reserved = Self.string(&rest), reserved.isEmpty, let hash = Self.string(&rest),
            ["sha256", "sha512"].contains(String(decoding: hash, as: UTF8.self)), let body = Self.string(&rest),
            !body.isEmpty, rest.isEmpty
        else { return nil }
        var keyRest = key[...]
        guard let type = Self.string(&keyRest) else { return nil }
        self.armored = armored
        self.key = key
        keyType = String(decoding: type, as: UTF8.self)
        self.namespace = String(decoding: namespace, as: UTF8.self)
    }

    private static func number(_ bytes: inout ArraySlice<UInt8>) -> Int? {
        guard bytes.count >= 4 else { return nil }
        let number = bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        bytes = bytes.dropFirst(4)
        return number
    }

    private static func string(_ bytes: inout ArraySlice<UInt8>) -> [UInt8]? {
        guard let count = number(&bytes), count <= bytes.count else { return nil }
        defer { bytes = bytes.dropFirst(count) }
        return Array(bytes.prefix(count))
    }
}

/// Base 64 (RFC 4648), padded, in the one form that the bytes have.
enum Base64 {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let padding = UInt8(ascii: "=")

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var rest = bytes[...]
        while !rest.isEmpty {
            let group = Array(rest.prefix(3))
            let bits = (0..<3).reduce(0) { $0 << 8 | ($1 < group.count ? Int(group[$1]) : 0) }
            for place in 0..<4 {
                text.append(place <= group.count ? digits[bits >> (18 - 6 * place) & 63] : padding)
            }
            rest = rest.dropFirst(3)
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes; nil for text that ``encode(_:)`` does not make.
    static func decode(_ text: some Sequence<UInt8>) -> [UInt8]? {
        var values = [UInt8?](repeating: nil, count: 256)
        for (value, digit) in digits.enumerated() { values[Int(digit)] = UInt8(value) }
        var bytes: [UInt8] = []
        var (bits, count) = (0, 0)
        let text = Array(text)
        for byte in text where byte != padding {
            guard let value = values[Int(byte)] else { return nil }
            bits = (bits << 6 | Int(value)) & 0xfff
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(bits >> count & 0xff))
            }
        }
        return Array(encode(bytes).utf8) == text ? bytes : nil
    }
}

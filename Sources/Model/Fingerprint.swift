// SPDX-License-Identifier: Apache-2.0

/// The SHA-256 of a server's certificate, as Proxmox shows it: `AA:BB:…`, 32 pairs.
public struct Fingerprint: Hashable, Sendable, CustomStringConvertible {
    /// The 32 bytes.
    public let bytes: [UInt8]

    /// Reads 32 pairs of hex digits in either case, with or without colons, or nil where the text is none.
    public init?(_ text: String) {
        var digits: [UInt8] = []
        var sinceColon = 0
        for byte in text.utf8 {
            if byte == UInt8(ascii: ":") {
                guard sinceColon == 2 else { return nil }
                sinceColon = 0
                continue
            }
            guard let digit = Self.value(of: byte) else { return nil }
            digits.append(digit)
            sinceColon += 1
        }
        guard digits.count == 64, sinceColon == 2 || sinceColon == 64 else { return nil }
        bytes = stride(from: 0, to: 64, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    /// Takes 32 bytes, or nil where there are more or fewer.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    /// `AA:BB:…` in upper case.
    public var description: String {
        bytes.map { byte in
            let pair = String(byte, radix: 16, uppercase: true)
            return pair.utf8.count == 1 ? "0" + pair : pair
        }.joined(separator: ":")
    }

    private static func value(of byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Whether a guest is a virtual machine or a container; the raw value is Proxmox's path segment.
public enum GuestKind: String, Sendable, CaseIterable {
    /// A virtual machine.
    case qemu
    /// A container.
    case lxc
}

/// The number that names a guest in its cluster, 100 to 999,999,999 (pve-vmid in JSONSchema.pm).
public struct VMID: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The number.
    public let rawValue: Int

    /// The numbers Proxmox accepts.
    public static let range = 100...999_999_999

    /// Makes a vmid, or nil where the number is out of range.
    public init?(_ rawValue: Int) {
        guard Self.range.contains(rawValue) else { return nil }
        self.rawValue = rawValue
    }

    /// The number in digits.
    public var description: String { String(rawValue) }
    /// Orders by number.
    public static func < (left: VMID, right: VMID) -> Bool { left.rawValue < right.rawValue }
}

/// The name of a cluster member: letters, digits and inner hyphens, at most 63 (pve-node in JSONSchema.pm).
public struct NodeName: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The name.
    public let rawValue: String

    /// Makes a name, or nil where Proxmox would not take it.
    public init?(_ rawValue: String) {
        let bytes = Array(rawValue.utf8)
        guard (1...63).contains(bytes.count), bytes.allSatisfy({ $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "-") }),
            bytes.first != UInt8(ascii: "-"), bytes.last != UInt8(ascii: "-")
        else { return nil }
        self.rawValue = rawValue
    }

    /// The name.
    public var description: String { rawValue }
    /// Orders by name.
    public static func < (left: NodeName, right: NodeName) -> Bool { left.rawValue < right.rawValue }
}

/// The name of a snapshot: a letter, then letters, digits, `-` and `_`, 2 to 40 in all, none of the reserved words.
///
/// Format pve-configid with maxLength 40; `current`, `pending` and `vzdump` are refused by one guest kind or the other.
public struct SnapshotName: Hashable, Sendable, CustomStringConvertible {
    /// The name.
    public let rawValue: String

    /// Names that Proxmox keeps for itself, in any case.
    public static let reserved: Set<String> = ["current", "pending", "vzdump"]

    /// Makes a name, or nil where Proxmox would not take it.
    public init?(_ rawValue: String) {
        let bytes = Array(rawValue.utf8)
        guard (2...40).contains(bytes.count), bytes.first?.isASCIILetter == true,
            bytes.allSatisfy({ $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }),
            !Self.reserved.contains(rawValue.lowercased())
        else { return nil }
        self.rawValue = rawValue
    }

    /// The name.
    public var description: String { rawValue }
}

extension UInt8 {
    /// Whether this byte is `A`–`Z` or `a`–`z`.
    package var isASCIILetter: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
    }
    /// Whether this byte is `0`–`9`.
    package var isASCIIDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    /// Whether this byte is a letter or a digit.
    package var isASCIIAlphanumeric: Bool { isASCIILetter || isASCIIDigit }
}

// SPDX-License-Identifier: Apache-2.0

/// The name of a storage: a letter, then letters, digits, `-`, `_` and `.`, ending with a letter or digit, at most 100
/// (pve-storage-id in PVE::JSONSchema).
public struct StorageID: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The name.
    public let rawValue: String

    /// Makes a name, or nil where Proxmox would not take it.
    public init?(_ rawValue: String) {
        let bytes = Array(rawValue.utf8)
        guard (2...100).contains(bytes.count), bytes.first?.isASCIILetter == true,
            bytes.last?.isASCIIAlphanumeric == true,
            bytes.allSatisfy({ $0.isASCIIAlphanumeric || "-_.".utf8.contains($0) })
        else { return nil }
        self.rawValue = rawValue
    }

    /// The name.
    public var description: String { rawValue }
    /// Orders by name.
    public static func < (left: StorageID, right: StorageID) -> Bool { left.rawValue < right.rawValue }
}

/// The name of a volume: `shared:backup/vzdump-qemu-101-….vma.zst`, `local-lvm:vm-101-disk-0`.
public struct VolumeID: Hashable, Sendable, CustomStringConvertible {
    /// The storage it lies on.
    public let storage: StorageID
    /// Its name there.
    public let name: String

    /// Reads a volume's name, or returns nil where it is none; a file's path is none.
    public init?(_ text: String) {
        guard let colon = text.firstIndex(of: ":"), let storage = StorageID(String(text[..<colon])) else { return nil }
        let name = String(text[text.index(after: colon)...])
        let isPlain = name.unicodeScalars.allSatisfy {
            $0.value > 0x20 && $0.value != 0x7f && !$0.properties.isWhitespace
        }
        guard (1...500).contains(name.utf8.count), isPlain, !name.hasPrefix("/"),
            !name.split(separator: "/", omittingEmptySubsequences: false).contains(where: {
                ["", ".", ".."].contains($0)
            })
        else { return nil }
        self.storage = storage
        self.name = name
    }

    /// What the volume is, told by its folder: `backup`, `iso`, `vztmpl`, `snippets`, `import`; nil for a guest's disk.
    public var content: String? {
        let folder = name.split(separator: "/").first.map(String.init) ?? ""
        return ["backup", "iso", "vztmpl", "snippets", "import"].contains(folder) ? folder : nil
    }

    /// The whole name.
    public var description: String { "\(storage):\(name)" }
}

/// A disk's size as Proxmox writes it: `32G`, `512M`, `1.5T`; with `+` in front it is a growth.
public struct DiskSize: Hashable, Sendable, CustomStringConvertible {
    /// Bytes.
    public let bytes: Int
    /// Whether it is added to what there is.
    public let isGrowth: Bool
    /// As it was written.
    public let description: String

    /// Reads a size, or returns nil for anything else: a unit that is not K, M, G or T, a minus, nothing at all.
    public init?(_ text: String) {
        var rest = text[...]
        isGrowth = rest.hasPrefix("+")
        if isGrowth { rest = rest.dropFirst() }
        var factor = 1.0
        if let unit = rest.last, let power = ["K", "M", "G", "T"].firstIndex(of: String(unit)) {
            factor = (0...power).reduce(1.0) { result, _ in result * 1024 }
            rest = rest.dropLast()
        }
        let halves = rest.split(separator: ".", omittingEmptySubsequences: false)
        guard halves.count <= 2, halves.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(\.isASCIIDigit) }),
            let number = Double(rest), let bytes = Int(exactly: (number * factor).rounded()), bytes > 0
        else { return nil }
        self.bytes = bytes
        description = text
    }
}

/// The name of a pool: letters, digits, `-`, `_` and `.`, at most three levels with `/` between them (pve-poolid in
/// PVE::AccessControl).
public struct PoolID: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The name.
    public let rawValue: String

    /// Makes a name, or nil where Proxmox would not take it.
    public init?(_ rawValue: String) {
        let parts = rawValue.split(separator: "/", omittingEmptySubsequences: false)
        let isProper = parts.allSatisfy { part in
            !part.isEmpty && part.utf8.allSatisfy { $0.isASCIIAlphanumeric || "-_.".utf8.contains($0) }
        }
        guard isProper, parts.count <= 3, rawValue.utf8.count <= 128 else { return nil }
        self.rawValue = rawValue
    }

    /// The pool it is directly in, or nil at the top.
    public var parent: String? { rawValue.lastIndex(of: "/").map { String(rawValue[..<$0]) } }

    /// The name.
    public var description: String { rawValue }
    /// Orders by name.
    public static func < (left: PoolID, right: PoolID) -> Bool { left.rawValue < right.rawValue }
}

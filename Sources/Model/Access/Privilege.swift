// SPDX-License-Identifier: Apache-2.0

/// A privilege as Proxmox names it, such as `VM.PowerMgmt`.
public struct Privilege: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The name.
    public let rawValue: String

    /// Takes a name as a server gave it.
    public init(_ rawValue: String) { self.rawValue = rawValue }

    /// The name.
    public var description: String { rawValue }
    /// Orders by name.
    public static func < (left: Privilege, right: Privilege) -> Bool { left.rawValue < right.rawValue }
}

extension Privilege: ExpressibleByStringLiteral {
    /// Makes a privilege from a name written in source.
    public init(stringLiteral value: StaticString) { rawValue = value.description }
}

/// A path of Proxmox's access control tree, such as `/vms/100`; a gap such as `{vmid}` stands for any one name.
public struct ACLPath: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The path with a leading `/` and no `/` at its end.
    public let rawValue: String

    /// Takes a path as a person or a server wrote it.
    public init(_ text: String) {
        rawValue = "/" + text.split(separator: "/").joined(separator: "/")
    }

    /// The top of the tree.
    public static let root = ACLPath("/")
    /// All guests.
    public static let guests = ACLPath("/vms")
    /// One guest, wherever it is.
    public static let guest = ACLPath("/vms/{vmid}")
    /// The guest that is about to be made.
    public static let newGuest = ACLPath("/vms/{newid}")
    /// One node.
    public static let node = ACLPath("/nodes/{node}")
    /// One storage.
    public static let storage = ACLPath("/storage/{storage}")
    /// One pool.
    public static func pool(_ name: String) -> ACLPath { ACLPath("/pool/\(name)") }

    /// The names on the way down.
    public var segments: [Substring] { rawValue.split(separator: "/") }

    /// Whether there is a gap to be filled.
    public var hasGap: Bool { rawValue.contains("{") }

    /// The path above, or nil at the top.
    public var parent: ACLPath? {
        segments.isEmpty ? nil : ACLPath(segments.dropLast().joined(separator: "/"))
    }

    /// The part before the first gap: `/vms` for `/vms/{vmid}`.
    public var branch: ACLPath { ACLPath(segments.prefix { !$0.hasPrefix("{") }.joined(separator: "/")) }

    /// Whether the other path is of this form: as long, and alike where there is no gap.
    public func matches(_ other: ACLPath) -> Bool {
        let (mine, its) = (segments, other.segments)
        return mine.count == its.count && zip(mine, its).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
    }

    /// The path with its gaps filled from names to values; a gap without a value stays.
    public func filled(_ values: [String: String]) -> ACLPath {
        let parts = segments.map { part -> String in
            guard part.hasPrefix("{"), part.hasSuffix("}") else { return String(part) }
            return values[String(part.dropFirst().dropLast())] ?? String(part)
        }
        return ACLPath(parts.joined(separator: "/"))
    }

    /// The path.
    public var description: String { rawValue }
    /// Orders by text.
    public static func < (left: ACLPath, right: ACLPath) -> Bool { left.rawValue < right.rawValue }
}

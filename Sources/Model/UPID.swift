// SPDX-License-Identifier: Apache-2.0

/// The name a node gave to one of its worker processes, unique across the cluster.
///
/// `UPID:NODE:PID:PSTART:STARTTIME:TYPE:ID:USER:` (PVE::Tools::upid_decode; UPID.pm in 9.x). A call that changes a guest
/// returns long before the change is done; this is the only handle for learning how it ended.
public struct UPID: Hashable, Sendable, CustomStringConvertible {
    /// The text as Proxmox wrote it.
    public let description: String
    /// The node the worker runs on; only this node knows how the task ended.
    public let node: NodeName
    /// The worker's process id.
    public let pid: UInt32
    /// The worker's start in kernel ticks since boot; nine hex digits after 497 days of uptime.
    public let processStart: UInt64
    /// The start of the task in seconds since 1970.
    public let startTime: Int
    /// What the task does, such as `qmstart`.
    public let type: String
    /// What it does it to: a vmid, a storage, often empty.
    public let id: String
    /// Who started it: `user@realm` or `user@realm!token`.
    public let user: String

    /// Reads a UPID, or nil where the text is none.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 9, parts[0] == "UPID", parts[8].isEmpty, text.utf8.count <= 512,
            let node = NodeName(parts[1]),
            let pid = Self.hex(parts[2], 8...8), let processStart = Self.hex(parts[3], 8...9),
            let startTime = Self.hex(parts[4], 8...8),
            !parts[5].isEmpty, !parts[7].isEmpty,
            parts[5...7].allSatisfy({ $0.utf8.allSatisfy { $0 > 0x20 && $0 != UInt8(ascii: "/") && $0 != 0x7f } })
        else { return nil }
        description = text
        self.node = node
        self.pid = UInt32(truncatingIfNeeded: pid)
        self.processStart = processStart
        self.startTime = Int(truncatingIfNeeded: startTime)
        type = parts[5]
        id = parts[6]
        user = parts[7]
    }

    /// The user without token, such as `root@pam`; the part before the realm may itself hold `@` and `!`.
    public var userID: String { String(user[..<ownerEnd]) }

    /// The name of the token that the task was started with, or nil for a user's own task.
    public var tokenName: String? {
        ownerEnd == user.endIndex ? nil : String(user[user.index(after: ownerEnd)...])
    }

    /// Where the user ends: neither realm nor token name holds a `!`, so the token begins at the first one after the last `@`.
    private var ownerEnd: String.Index {
        let realm = user.lastIndex(of: "@") ?? user.startIndex
        return user[realm...].firstIndex(of: "!") ?? user.endIndex
    }

    private static func hex(_ text: String, _ length: ClosedRange<Int>) -> UInt64? {
        guard length.contains(text.utf8.count), text.utf8.allSatisfy({ $0.isASCIIHexDigit }) else { return nil }
        return UInt64(text, radix: 16)
    }
}

extension UInt8 {
    fileprivate var isASCIIHexDigit: Bool {
        isASCIIDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self | 0x20)
    }
}

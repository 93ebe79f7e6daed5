// SPDX-License-Identifier: Apache-2.0
internal import Model

/// A raw call as people write it: `POST /nodes/pve1/qemu/101/status/stop`.
public struct WrittenCall: Hashable, Sendable {
    /// The HTTP method.
    public let method: String
    /// The segments below `/api2/json`.
    public let path: [String]

    /// Reads a call, or nil where the text is none.
    public init?(_ text: String) {
        let words = text.split(separator: " ").map(String.init)
        guard words.count == 2, ["GET", "POST", "PUT", "DELETE"].contains(words[0]), words[1].hasPrefix("/") else {
            return nil
        }
        method = words[0]
        path = words[1].split(separator: "/").map(String.init)
    }

    /// What the path itself tells of the guest it is about: its number, node and kind; nil where it is about none.
    public var guest: PolicyGuest? {
        guard path.count >= 4, path[0] == "nodes", let kind = GuestKind(rawValue: path[2]), let vmid = Int(path[3])
        else { return nil }
        return PolicyGuest(vmid: vmid, node: path[1], kind: kind)
    }
}

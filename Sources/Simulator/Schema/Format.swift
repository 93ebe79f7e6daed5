// SPDX-License-Identifier: Apache-2.0

/// A named rule for the text of a parameter (PVE::JSONSchema's formats).
enum Format: Sendable {
    case vmid, vmidList, node, configID, configIDList, dnsName, storageID, poolID, taskStatusList, tagList
    case retention, webAddress

    /// What is wrong with the text, or nil.
    func complaint(_ text: String) -> String? {
        switch self {
        case .vmid: Self.isVMID(text) ? nil : "value does not look like a valid VM ID"
        case .vmidList: first(text) { Self.isVMID($0) ? nil : "value does not look like a valid VM ID" }
        case .node: Self.isName(text) ? nil : "value does not look like a valid node name"
        case .configID: Self.isConfigID(text) ? nil : "invalid configuration ID '\(text)'"
        case .configIDList: first(text) { Self.isConfigID($0) ? nil : "invalid configuration ID '\($0)'" }
        case .dnsName: Self.isDNSName(text) ? nil : "value does not look like a valid DNS name"
        case .storageID: Self.isStorageID(text) ? nil : "storage ID '\(text)' contains illegal characters"
        case .poolID: Self.isPoolID(text) ? nil : "value does not look like a valid pool name"
        case .taskStatusList:
            first(text) { ["ok", "error", "warning", "unknown"].contains($0) ? nil : "invalid status '\($0)'" }
        case .retention: Retention.complaint(text)
        case .webAddress: nil
        case .tagList: first(text) { Self.isTag($0) ? nil : "invalid characters in tag" }
        }
    }

    private func first(_ text: String, _ check: (String) -> String?) -> String? {
        for part in text.split(whereSeparator: { ",; \t\n\0".contains($0) }) {
            if let complaint = check(String(part)) { return complaint }
        }
        return nil
    }

    static func isVMID(_ text: String) -> Bool {
        guard text.first != "0", text.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(text) else {
            return false
        }
        return (100...999_999_999).contains(number)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (97...122).contains(byte | 0x20)
    }

    static func isName(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return !bytes.isEmpty && bytes.count <= 63 && bytes.allSatisfy { isWord($0) || $0 == 45 } && bytes.first != 45
            && bytes.last != 45
    }

    static func isConfigID(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count >= 2, let first = bytes.first else { return false }
        return (97...122).contains(first | 0x20) && bytes.allSatisfy { isWord($0) || $0 == 45 || $0 == 95 }
    }

    static func isDNSName(_ text: String) -> Bool {
        !text.isEmpty && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { isName(String($0)) }
    }

    static func isStorageID(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count >= 2, let first = bytes.first, let last = bytes.last else { return false }
        return (97...122).contains(first | 0x20) && isWord(last)
            && bytes.allSatisfy { isWord($0) || [45, 95, 46].contains($0) }
    }

    static func isPoolID(_ text: String) -> Bool {
        !text.isEmpty && text.count(where: { $0 == "/" }) <= 2
            && text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
                !part.isEmpty && part.utf8.allSatisfy { isWord($0) || [45, 95, 46].contains($0) }
            }
    }

    static func isTag(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first else { return false }
        return (isWord(first) || first == 95) && bytes.allSatisfy { isWord($0) || [45, 95, 43, 46].contains($0) }
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

/// Judges one value against its declaration, in the order and the words of PVE::JSONSchema's check_prop.
enum ValueCheck {
    /// What is wrong with the value, or nil; nil as well where that cannot be told.
    static func complaint(_ value: JSONValue, _ declared: SchemaParameter) -> String? {
        if declared.isConditional { return nil }
        switch value {
        case .null: return nil
        case .array(let elements):
            guard declared.takesList || declared.type == nil else { return mismatch(declared, "ARRAY") }
            return list(elements, declared)
        case .object: return declared.type == "string" ? mismatch(declared, "HASH") : nil
        default:
            // A scalar where an array is declared is wrapped by the server.
            if declared.type == "array" { return list([value], declared) }
            return scalar(text(value), declared)
        }
    }

    private static func list(_ elements: [JSONValue], _ declared: SchemaParameter) -> String? {
        if declared.type == "array" {
            guard let items = declared.items else { return nil }
            let each = SchemaParameter(declared.name, items)
            return elements.lazy.compactMap { complaint($0, each) }.first
        }
        return scalar(elements.map(text).joined(separator: ","), declared)
    }

    private static func text(_ value: JSONValue) -> String {
        // The client sends booleans as 1 and 0.
        if case .bool(let flag) = value { return flag ? "1" : "0" }
        return value.string ?? value.text
    }

    private static func scalar(_ text: String, _ declared: SchemaParameter) -> String? {
        guard fits(text, declared.type) else { return mismatch(declared, "'\(text.clipped(80))'") }
        if let format = declared.format, let complaint = KnownFormats.complaint(text, format) {
            return "invalid format - \(complaint)"
        }
        if let key = unknownKey(text, declared) {
            return "invalid format - invalid key in comma-separated list property: \(key.clipped(80))"
        }
        if let pattern = declared.pattern, PerlPattern.judges(text, pattern) == false {
            return "value does not match the regex pattern"
        }
        // Perl counts characters or bytes, as the text came; only what is wrong by both is refused.
        if let most = declared.maximumLength, text.unicodeScalars.count > most {
            return "value may only be \(most) characters long"
        }
        if let least = declared.minimumLength, text.utf8.count < least {
            return "value must be at least \(least) characters long"
        }
        if isNumber(text), let number = Double(text) {
            if let most = declared.maximum, number > most { return "value must have a maximum value of \(plain(most))" }
            if let least = declared.minimum, number < least {
                return "value must have a minimum value of \(plain(least))"
            }
        }
        if !declared.values.isEmpty, !declared.values.contains(text) {
            return
                "value '\(text.clipped(80))' does not have a value in the enumeration '\(declared.values.joined(separator: ", ").clipped(1000))'"
        }
        return nil
    }

    /// The first key of a property string such as `virtio,brigde=vmbr0` that its format does not have, or nil.
    ///
    /// PVE::JSONSchema::parse_property_string cuts at every comma and takes no other keys; what has no `=` or nothing behind
    /// it is not judged here.
    static func unknownKey(_ text: String, _ declared: SchemaParameter) -> String? {
        guard !declared.keys.isEmpty else { return nil }
        for part in text.split(separator: ",") {
            let pieces = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pieces.count == 2, !pieces[0].isEmpty, !pieces[1].isEmpty else { continue }
            if !declared.keys.contains(String(pieces[0])) { return String(pieces[0]) }
        }
        return nil
    }

    private static func fits(_ text: String, _ type: String?) -> Bool {
        switch type {
        case "integer":
            let digits = text.utf8.dropFirst(text.hasPrefix("-") || text.hasPrefix("+") ? 1 : 0)
            return !digits.isEmpty && digits.allSatisfy { (0x30...0x39).contains($0) }
        case "number": return isNumber(text)
        case "boolean": return text == "1" || text == "0"
        default: return true
        }
    }

    /// PVE::JSONSchema::is_number: Swift's own reader would also take `0x10`, `inf` and `nan`.
    private static func isNumber(_ text: String) -> Bool {
        PerlPattern.judges(text, #"[+-]?(?:\d+\.\d+|\d+\.|\.\d+|\d+)(?:[eE][+-]?\d+)?"#) ?? true
    }

    private static func mismatch(_ declared: SchemaParameter, _ got: String) -> String {
        "type check ('\(declared.type ?? "string")') failed - got \(got)"
    }

    private static func plain(_ number: Double) -> String {
        Int(exactly: number).map { String($0) } ?? String(number)
    }
}

/// The named formats that are simple enough to be judged exactly (PVE::JSONSchema).
enum KnownFormats {
    private static let name = #"(?:[a-zA-Z0-9](?:[a-zA-Z0-9\-]*[a-zA-Z0-9])?)"#
    private static let patterns: [String: (pattern: String, complaint: String)] = [
        "pve-vmid": (#"[1-9][0-9]{2,8}"#, "value does not look like a valid VM ID"),
        "pve-node": (name, "value does not look like a valid node name"),
        "pve-configid": (#"[a-zA-Z][a-zA-Z0-9_-]+"#, "invalid configuration ID"),
        "pve-storage-id": (#"[a-zA-Z][a-zA-Z0-9\-_.]*[a-zA-Z0-9]"#, "storage ID contains illegal characters"),
        "dns-name": (#"(?:\#(name)\.)*\#(name)"#, "value does not look like a valid DNS name"),
    ]

    /// What is wrong with the text, or nil; a list is one text, split as PVE::Tools::split_list does.
    static func complaint(_ text: String, _ format: String) -> String? {
        guard format.hasSuffix("-list") else { return one(text, format) }
        let base = String(format.dropLast(5))
        guard patterns[base] != nil else { return nil }
        let parts = text.unicodeScalars.split { ",; \t\n\r\u{0B}\u{0C}\0".unicodeScalars.contains($0) }
        return parts.lazy.compactMap { one(String($0), base) }.first
    }

    private static func one(_ text: String, _ format: String) -> String? {
        guard let known = patterns[format], PerlPattern.judges(text, known.pattern) == false else { return nil }
        return known.complaint
    }
}

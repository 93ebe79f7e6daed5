// SPDX-License-Identifier: Apache-2.0

/// Makes text from others safe to show: what would steer a terminal or hide in it becomes a visible escape.
///
/// Escaped are control characters, DEL, C1, direction marks, overrides and isolates, everything of no width that is not a
/// combining mark, line and paragraph separators, and bytes that are not UTF-8.
public enum TextCleaner {
    /// What is left as it is although it moves the cursor.
    public struct Kept: OptionSet, Sendable {
        /// The bits.
        public let rawValue: Int
        /// Makes a set.
        public init(rawValue: Int) { self.rawValue = rawValue }
        /// Line feeds.
        public static let newlines = Kept(rawValue: 1)
        /// Tabs.
        public static let tabs = Kept(rawValue: 2)
    }

    /// The text made safe.
    public static func clean(_ text: String, keeping kept: Kept = []) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { append(scalar, to: &result, kept) }
        return String(result)
    }

    /// The bytes as text made safe; each byte that is not UTF-8 stands as `\xff`.
    public static func clean(bytes: some Sequence<UInt8>, keeping kept: Kept = []) -> String {
        let bytes = Array(bytes)
        var result = String.UnicodeScalarView()
        var parser = Unicode.UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        var position = 0
        while true {
            switch parser.parseScalar(from: &iterator) {
            case .emptyInput: return String(result)
            case .valid(let encoded):
                append(Unicode.UTF8.decode(encoded), to: &result, kept)
                position += encoded.count
            case .error(let length):
                for byte in bytes.dropFirst(position).prefix(length) {
                    result.append(contentsOf: "\\x\(hex(UInt32(byte), digits: 2))".unicodeScalars)
                }
                position += length
            }
        }
    }

    private static func append(_ scalar: Unicode.Scalar, to result: inout String.UnicodeScalarView, _ kept: Kept) {
        if scalar == "\n" && kept.contains(.newlines) || scalar == "\t" && kept.contains(.tabs) || !isUnsafe(scalar) {
            result.append(scalar)
            return
        }
        let escape: String =
            switch scalar {
            case "\n": "\\n"
            case "\r": "\\r"
            case "\t": "\\t"
            default: scalar.isASCII ? "\\x\(hex(scalar.value, digits: 2))" : "\\u{\(hex(scalar.value, digits: 4))}"
            }
        result.append(contentsOf: escape.unicodeScalars)
    }

    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7f }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse: return true
        default:
            // Fillers and other letters that show nothing.
            return [0x034f, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x2800, 0x3164, 0xffa0].contains(scalar.value)
        }
    }

    private static func hex(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(digits - text.utf8.count, 0)) + text
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Makes text from others safe to show: what would steer a terminal or hide in it becomes a visible escape.
///
/// Escaped are control characters, DEL, C1, direction marks, overrides and isolates, everything of no width that is not a
/// combining mark, line and paragraph separators, and bytes that are not UTF-8; and marks beyond those that a letter may
/// carry, since many of them draw over the lines above and below.
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
        var surroundings = Surroundings()
        for scalar in text.unicodeScalars { append(scalar, to: &result, kept, &surroundings) }
        return String(result)
    }

    /// JSON text whose strings show nothing that steers a terminal or hides: it stands there as `\\u` and four digits.
    public static func clean(json: String) -> String {
        var result = String.UnicodeScalarView()
        var surroundings = Surroundings()
        for scalar in json.unicodeScalars {
            guard isUnsafe(scalar, &surroundings), scalar != "\n" else {
                result.append(scalar)
                continue
            }
            for unit in String(Character(scalar)).utf16 {
                result.append(contentsOf: "\\u\(hex(UInt32(unit), digits: 4))".unicodeScalars)
            }
        }
        return String(result)
    }

    /// The bytes as text made safe; each byte that is not UTF-8 stands as `\xff`.
    public static func clean(bytes: some Sequence<UInt8>, keeping kept: Kept = []) -> String {
        let bytes = Array(bytes)
        var result = String.UnicodeScalarView()
        var parser = Unicode.UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        var position = 0
        var surroundings = Surroundings()
        while true {
            switch parser.parseScalar(from: &iterator) {
            case .emptyInput: return String(result)
            case .valid(let encoded):
                append(Unicode.UTF8.decode(encoded), to: &result, kept, &surroundings)
                position += encoded.count
            case .error(let length):
                for byte in bytes.dropFirst(position).prefix(length) {
                    result.append(contentsOf: "\\x\(hex(UInt32(byte), digits: 2))".unicodeScalars)
                }
                position += length
            }
        }
    }

    /// What stands before a character and decides whether it may follow.
    private struct Surroundings {
        var marks = 0
        var isAfterEmoji = false
    }

    /// The most marks that one letter carries; in no script does a letter need more.
    private static let mostMarks = 4

    private static func append(
        _ scalar: Unicode.Scalar, to result: inout String.UnicodeScalarView, _ kept: Kept,
        _ surroundings: inout Surroundings
    ) {
        let isKept = scalar == "\n" && kept.contains(.newlines) || scalar == "\t" && kept.contains(.tabs)
        if !isUnsafe(scalar, &surroundings) || isKept {
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

    private static func isUnsafe(_ scalar: Unicode.Scalar, _ surroundings: inout Surroundings) -> Bool {
        let before = surroundings
        surroundings = Surroundings()
        if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7f }
        let properties = scalar.properties
        // What makes a sign a picture; anywhere else it makes two names look the same.
        if (0xfe0e...0xfe0f).contains(scalar.value) { return !before.isAfterEmoji }
        surroundings.isAfterEmoji = properties.isEmoji
        if properties.isDefaultIgnorableCodePoint || properties.isNoncharacterCodePoint { return true }
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse: return true
        case .nonspacingMark, .enclosingMark:
            surroundings.marks = before.marks + 1
            return surroundings.marks > mostMarks
        default: return scalar.value == 0x2800
        }
    }

    private static func hex(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(digits - text.utf8.count, 0)) + text
    }
}

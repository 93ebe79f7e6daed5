// SPDX-License-Identifier: Apache-2.0
internal import Text

/// Readers that take a value as one type and say where it is wrong. They follow the core schema of YAML 1.2, narrowed:
/// a boolean is `true` or `false`, a whole number is decimal, and what is quoted is text.
extension YAMLNode {
    /// The text of any scalar; an unquoted number is the text that was written.
    ///
    /// - Throws: ``YAMLError`` for null, a list or a mapping.
    public func text() throws(YAMLError) -> String {
        guard case .scalar(let text, _) = kind, !isNull else { throw error("expected text, found \(described)") }
        return text
    }

    /// The whole number.
    ///
    /// - Throws: ``YAMLError`` for anything but an unquoted decimal number that fits 64 bits.
    public func integer() throws(YAMLError) -> Int {
        let digits = plain.hasPrefix("-") ? plain.dropFirst() : plain[...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw error("expected a whole number, found \(described)")
        }
        // Octal to YAML 1.1, decimal to 1.2: neither reading would be what everybody meant.
        guard digits.utf8.first != 0x30 || digits.utf8.count == 1 else {
            throw error("a number must not begin with 0: \(plain)")
        }
        guard let number = Int(plain) else { throw error("the number is too large: \(plain)") }
        return number
    }

    /// The whole number, which must lie in a range.
    ///
    /// - Throws: ``YAMLError`` for no number or one outside the range.
    public func integer(in range: ClosedRange<Int>) throws(YAMLError) -> Int {
        let number = try integer()
        guard range.contains(number) else {
            throw error("expected a number from \(range.lowerBound) to \(range.upperBound), found \(number)")
        }
        return number
    }

    /// The number, with or without a fraction; never infinite.
    ///
    /// - Throws: ``YAMLError`` for anything but an unquoted number.
    public func number() throws(YAMLError) -> Double {
        let allowed = plain.utf8.allSatisfy { (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }
        guard allowed, let number = Double(plain), number.isFinite else {
            throw error("expected a number, found \(described)")
        }
        return number
    }

    /// The boolean.
    ///
    /// - Throws: ``YAMLError`` for anything but an unquoted `true` or `false`.
    public func boolean() throws(YAMLError) -> Bool {
        switch plain {
        case "true": return true
        case "false": return false
        default: throw error("expected true or false, found \(described)")
        }
    }

    /// The elements of a list.
    ///
    /// - Throws: ``YAMLError`` where this is no list.
    public func elements() throws(YAMLError) -> [YAMLNode] {
        guard case .sequence(let elements) = kind else { throw error("expected a list, found \(described)") }
        return elements
    }

    /// The keys and values of a mapping whose keys are free to choose, in the order written.
    ///
    /// - Throws: ``YAMLError`` where this is no mapping.
    public func members() throws(YAMLError) -> [Member] {
        guard case .mapping(let members) = kind else { throw error("expected a mapping, found \(described)") }
        return members
    }

    /// The text, which must be one of a closed list.
    ///
    /// - Throws: ``YAMLError`` that names the allowed words and suggests the nearest.
    public func word(of allowed: [String]) throws(YAMLError) -> String {
        let word = try text()
        guard allowed.contains(word) else {
            let hint =
                Spelling.suggestion(for: word, among: allowed) ?? "expected one of \(allowed.joined(separator: ", "))"
            throw error("unknown value `\(word)`; \(hint)")
        }
        return word
    }

    /// The text of an unquoted scalar, or nothing.
    private var plain: String {
        if case .scalar(let text, quoted: false) = kind { text } else { "" }
    }
}

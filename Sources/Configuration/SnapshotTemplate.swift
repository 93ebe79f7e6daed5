// SPDX-License-Identifier: Apache-2.0

/// The pattern that snapshots are named by.
enum SnapshotTemplate {
    static let placeholders = ["number", "date", "time", "vmid", "name"]

    /// What is wrong with a pattern, or nil: unknown placeholders, or text that no snapshot's name may hold.
    static func problem(in pattern: String) -> String? {
        var rest = pattern[...]
        var isFirst = true
        while let character = rest.first {
            if character == "{" {
                guard let end = rest.firstIndex(of: "}") else { return "`{` without `}`" }
                let inside = rest[rest.index(after: rest.startIndex)..<end]
                if let problem = problem(inPlaceholder: String(inside)) { return problem }
                if isFirst, !inside.hasPrefix("name") { return "a snapshot's name begins with a letter" }
                rest = rest[rest.index(after: end)...]
            } else {
                let isLetter = character.isASCII && character.isLetter
                let isAllowed = isLetter || character.isASCII && (character.isNumber || "-_".contains(character))
                guard isAllowed else { return "a snapshot's name is made of letters, digits, `-` and `_`" }
                if isFirst, !isLetter { return "a snapshot's name begins with a letter" }
                rest = rest.dropFirst()
            }
            isFirst = false
        }
        return isFirst ? "the pattern is empty" : nil
    }

    /// `number`, or `number:04d`: zeros, a width and `d`.
    private static func problem(inPlaceholder text: String) -> String? {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = parts.first, placeholders.contains(String(name)) else {
            return "unknown placeholder `{\(text)}`; there are \(placeholders.map { "{\($0)}" }.joined(separator: " "))"
        }
        guard parts.count == 2 else { return nil }
        let width = parts[1].dropLast()
        let isWidth =
            parts[1].hasSuffix("d") && (1...3).contains(width.utf8.count)
            && width.utf8.allSatisfy { (0x30...0x39).contains($0) }
        return isWidth && name == "number" ? nil : "only {number} takes a width, written as {number:04d}"
    }
}

// SPDX-License-Identifier: Apache-2.0

/// A text with gaps: `VM is locked (*)` is found anywhere in a message and yields what stands in the gap.
///
/// A leading `^` ties it to the beginning. A gap between quotes never reaches over a quote. Upper and lower case count.
struct TextPattern: Sendable, ExpressibleByStringLiteral {
    private let pieces: [[UInt8]]
    private let isAnchored: Bool

    init(_ text: String) {
        isAnchored = text.hasPrefix("^")
        pieces = (isAnchored ? text.dropFirst() : Substring(text))
            .split(separator: "*", omittingEmptySubsequences: false).map { Array($0.utf8) }
    }

    init(stringLiteral value: String) { self.init(value) }

    /// What stands in the gaps of the first place where this pattern fits, or nil where it fits nowhere.
    func captures(in text: String) -> [String]? {
        let bytes = Array(text.utf8)
        guard let first = pieces.first else { return nil }
        var start = 0
        while let found = Self.find(first, in: bytes, from: start) {
            if isAnchored, found > 0 { return nil }
            if let captures = rest(bytes, from: found + first.count) { return captures }
            start = found + 1
        }
        return nil
    }

    /// Whether this pattern fits anywhere in the text.
    func matches(_ text: String) -> Bool { captures(in: text) != nil }

    private func rest(_ bytes: [UInt8], from start: Int) -> [String]? {
        var captures: [String] = []
        var position = start
        for (previous, piece) in zip(pieces, pieces.dropFirst()) {
            // A gap at the end takes what is left.
            let found = piece.isEmpty ? bytes.count : Self.find(piece, in: bytes, from: position)
            guard let found else { return nil }
            let gap = bytes[position..<found]
            if previous.last == UInt8(ascii: "'"), gap.contains(UInt8(ascii: "'")) { return nil }
            captures.append(String(decoding: gap, as: UTF8.self))
            position = found + piece.count
        }
        return captures
    }

    private static func find(_ piece: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard piece.count <= bytes.count - start else { return nil }
        return (start...(bytes.count - piece.count)).first { bytes[$0..<($0 + piece.count)].elementsEqual(piece) }
    }
}

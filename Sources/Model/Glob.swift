// SPDX-License-Identifier: Apache-2.0

/// A pattern in which `*` stands for any run of characters and `?` for one; letters match in either case.
///
/// Matching takes at most pattern × text steps, whatever the pattern.
public struct Glob: Hashable, Sendable, CustomStringConvertible {
    /// The pattern as written.
    public let pattern: String
    private let scalars: [Unicode.Scalar]

    /// Makes a pattern.
    public init(_ pattern: String) {
        self.pattern = pattern
        scalars = Array(pattern.lowercased().unicodeScalars)
    }

    /// Whether the whole text matches.
    public func matches(_ text: String) -> Bool {
        // Names are ASCII but for a few: those need no copy.
        let answer = text.utf8.withContiguousStorageIfAvailable { bytes -> Bool? in
            guard bytes.allSatisfy({ $0 < 0x80 }) else { return nil }
            return matches(count: bytes.count) { index in
                let byte = bytes[index]
                return (0x41...0x5a).contains(byte) ? Unicode.Scalar(byte + 0x20) : Unicode.Scalar(byte)
            }
        }
        if let answer, let answer { return answer }
        let scalars = Array(text.lowercased().unicodeScalars)
        return matches(count: scalars.count) { scalars[$0] }
    }

    private func matches(count: Int, _ text: (Int) -> Unicode.Scalar) -> Bool {
        var position = 0
        var index = 0
        var star: (position: Int, index: Int)?
        while index < count {
            if position < scalars.count, scalars[position] == "*" {
                star = (position, index)
                position += 1
            } else if position < scalars.count, scalars[position] == "?" || scalars[position] == text(index) {
                position += 1
                index += 1
            } else if let last = star {
                star = (last.position, last.index + 1)
                position = last.position + 1
                index = last.index + 1
            } else {
                return false
            }
        }
        return scalars[position...].allSatisfy { $0 == "*" }
    }

    /// Whether the action's name matches.
    public func matches(_ action: Action) -> Bool { matches(action.rawValue) }

    /// The pattern.
    public var description: String { pattern }
}

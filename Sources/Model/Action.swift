// SPDX-License-Identifier: Apache-2.0

/// What a call does, in the vocabulary of policies: `guest.stop`, `backup.restore.overwrite`, `read.node`.
public struct Action: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The name: lower-case words with digits and hyphens, joined by dots.
    public let rawValue: String

    /// Makes an action, or nil where the name is not formed like one.
    public init?(_ rawValue: String) {
        let words = rawValue.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard rawValue.utf8.count <= 64, words.count >= 2,
            words.allSatisfy({ word in
                word.first.map { $0.isASCIILetter } == true
                    && word.allSatisfy { $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "-") }
            }), rawValue == rawValue.lowercased()
        else { return nil }
        self.rawValue = rawValue
    }

    /// A call that nobody has classified.
    public static let unknown: Action = "api.unknown"

    /// Whether the action only looks: `read.…`.
    public var isRead: Bool { rawValue.hasPrefix("read.") }

    /// The name.
    public var description: String { rawValue }
    /// Orders by name.
    public static func < (left: Action, right: Action) -> Bool { left.rawValue < right.rawValue }
}

extension Action: ExpressibleByStringLiteral {
    /// Makes an action from a name written in source, which is taken as it stands.
    public init(stringLiteral value: StaticString) { rawValue = value.description }
}

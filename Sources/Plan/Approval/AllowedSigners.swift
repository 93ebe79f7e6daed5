// SPDX-License-Identifier: Apache-2.0

/// The lines of an `allowed_signers` file (ssh-keygen(1)), as far as the rules on people need them.
///
/// Whether a key may sign is ssh-keygen's to say; this tells under how many names it is listed.
public struct AllowedSigners: Hashable, Sendable {
    /// One line.
    public struct Line: Hashable, Sendable {
        /// The names and patterns it begins with.
        public var names: [String]
        /// The key in base64.
        public var key: String
        /// The key's type.
        public var keyType: String
        /// Whether the key vouches for others.
        public var isAuthority: Bool
    }

    /// The lines that hold a key, in order.
    public let lines: [Line]
    /// The file as it is.
    public let bytes: [UInt8]

    /// The most bytes that a file may have.
    public static let maximumSize = 1 << 20

    /// Reads a file; what is no line of a key counts for nothing, as for ssh-keygen.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
        lines = bytes.split(separator: UInt8(ascii: "\n")).compactMap {
            Self.line(String(decoding: $0, as: UTF8.self))
        }
    }

    /// All names under which a key is listed, in order.
    public func names(ofKey key: String) -> [String] {
        lines.filter { $0.key == key && !$0.isAuthority }.flatMap(\.names)
    }

    /// Whether there is a key here that vouches for others.
    public var hasAuthority: Bool { lines.contains(where: \.isAuthority) }

    private static func line(_ text: String) -> Line? {
        var words = words(text)
        guard let first = words.first, !first.hasPrefix("#") else { return nil }
        words.removeFirst()
        // Options stand between the names and the key, whose base64 begins with the length of its type.
        guard let place = words.firstIndex(where: { $0.hasPrefix("AAAA") }), place >= 1 else { return nil }
        let options = words[..<(place - 1)].flatMap { $0.split(separator: ",") }.map { $0.lowercased() }
        let names = first.split(whereSeparator: { $0 == "," || $0 == "\"" }).map(String.init)
        return Line(
            names: names, key: words[place], keyType: words[place - 1], isAuthority: options.contains("cert-authority"))
    }

    /// The words of a line; what is in quotes holds together.
    private static func words(_ text: String) -> [String] {
        var words: [String] = []
        var word = ""
        var isQuoted = false
        for character in text {
            if character == "\"" { isQuoted.toggle() }
            if !isQuoted, character == " " || character == "\t" || character == "\r" {
                if !word.isEmpty { words.append(word) }
                word = ""
            } else {
                word.append(character)
            }
        }
        return word.isEmpty ? words : words + [word]
    }
}

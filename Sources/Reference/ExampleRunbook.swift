// SPDX-License-Identifier: Apache-2.0
internal import EmbeddedAssets

/// A runbook of `examples/`, as it travels inside the binary.
public struct ExampleRunbook: Sendable {
    /// Its file's name, such as `backup-audit.lua`.
    public let name: String
    /// The whole text.
    public let text: String

    /// Where it lies in the repository.
    public var path: String { "examples/\(name)" }

    /// The comment at its top, a line each.
    public var comment: [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).prefix { $0.hasPrefix("--") }.map {
            String($0.dropFirst(2).drop { $0 == " " })
        }
    }

    /// The first sentence of that comment.
    public var summary: String {
        let words = comment.prefix { !$0.hasPrefix("pvelua ") }.joined(separator: " ")
        guard let end = words.firstRange(of: ". ") else { return words }
        return String(words[..<end.lowerBound]) + "."
    }

    /// All of them, by name.
    public static let all: [ExampleRunbook] = (0..<embedded_example_count()).map { index in
        let example = embedded_example(index)
        let bytes = UnsafeBufferPointer(start: example.file.bytes, count: example.file.count)
        return ExampleRunbook(name: String(cString: example.name), text: String(decoding: bytes, as: UTF8.self))
    }
}

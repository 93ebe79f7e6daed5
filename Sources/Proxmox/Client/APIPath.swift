// SPDX-License-Identifier: Apache-2.0
public import Model

/// A path below `/api2/json`, as the list of its segments.
///
/// The server decodes a path once and then splits it on `/` (pve-facts §1), so a segment that holds a `/` is split here as
/// well: ``segments`` is always what the server will see, and so what policy must judge.
public struct APIPath: Hashable, Sendable, CustomStringConvertible {
    /// The segments, decoded, none of them empty.
    public let segments: [String]

    /// Makes a path of segments; one that holds `/`, such as a volume id, counts as several.
    ///
    /// - Throws: ``Failure`` of the kind `parameter` for an empty segment, `.` or `..`, or a control character.
    public init(_ segments: [String]) throws(Failure) {
        var pieces: [String] = []
        for segment in segments {
            for piece in segment.split(separator: "/", omittingEmptySubsequences: false) {
                try Self.check(piece, in: segment)
                pieces.append(String(piece))
            }
        }
        guard !pieces.isEmpty else { throw Failure.parameter("path", "is empty") }
        self.segments = pieces
    }

    /// Makes a path of segments.
    public init(_ segments: String...) throws(Failure) { try self.init(segments) }

    /// Reads a path as people write it: `/nodes/pve1/qemu`, not percent-encoded, without query.
    ///
    /// - Throws: ``Failure`` of the kind `parameter` where it does not begin with `/` or holds `?`, `#`, an empty segment,
    ///   `.` or `..`, or a control character.
    public init(parsing text: String) throws(Failure) {
        guard text.hasPrefix("/") else {
            throw Failure.parameter(
                "path", "must begin with /", hint: "write it as in the API viewer: /nodes/pve1/qemu")
        }
        guard !text.contains("?"), !text.contains("#") else {
            throw Failure.parameter("path", "must not hold ? or #", hint: "pass parameters apart from the path")
        }
        try self.init(text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(String.init))
        if segments.first == "api2" {
            throw Failure.parameter("path", "begins with /api2", hint: "leave out /api2/json")
        }
    }

    private static func check(_ piece: Substring, in segment: String) throws(Failure) {
        if piece.isEmpty { throw Failure.parameter("path", "has an empty segment") }
        if piece == "." || piece == ".." { throw Failure.parameter("path", "must not hold . or .. as a segment") }
        if piece.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) {
            throw Failure.parameter("path", "holds a control character")
        }
    }

    /// The path with a leading `/`, not encoded, for people.
    public var description: String { "/" + segments.joined(separator: "/") }

    /// The path with a leading `/`, percent-encoded, for the wire.
    public var encoded: String {
        segments.map { "/" + PercentEncoding.encode($0, keeping: ":!@") }.joined()
    }
}

// SPDX-License-Identifier: Apache-2.0

/// One parsed YAML file.
///
/// Files here are written by people and small. What makes YAML surprising is refused: anchors, aliases and tags, a key
/// twice, keys that are not scalars, several documents, more than 32 levels, more than 1 MiB.
public struct YAMLDocument: Sendable {
    /// The most bytes a file may have.
    public static let maximumSize = 1 << 20
    /// The most levels that lists and mappings may be nested.
    public static let maximumDepth = 32

    /// The value at the top; null for an empty file.
    public let root: YAMLNode

    /// Parses text.
    ///
    /// - Parameter file: The file's name for messages.
    /// - Throws: ``YAMLError`` with libyaml's own message, or naming what is refused.
    public init(parsing text: String, file: String) throws(YAMLError) {
        try self.init(parsing: Array(text.utf8), file: file)
    }

    /// Parses the bytes of a file in UTF-8.
    ///
    /// - Parameter file: The file's name for messages.
    /// - Throws: ``YAMLError`` with libyaml's own message, or naming what is refused.
    public init(parsing bytes: [UInt8], file: String) throws(YAMLError) {
        guard bytes.count <= Self.maximumSize else {
            throw YAMLError(file: file, line: 1, column: 1, message: "the file is larger than 1 MiB")
        }
        let events = YAMLEvents(bytes, file: file)
        var composer = YAMLComposer(events: events, file: file)
        root = try composer.document()
    }
}

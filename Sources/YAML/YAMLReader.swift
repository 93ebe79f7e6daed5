// SPDX-License-Identifier: Apache-2.0
internal import Text

/// Reads a mapping whose keys are known beforehand; a key that is not among them is an error with a suggestion.
///
/// ```swift
/// let reader = try YAMLReader(node, of: "a rule", keys: ["id", "actions"])
/// let id = try reader.required("id").text()
/// let actions = try reader.optional("actions")?.elements() ?? []
/// ```
public struct YAMLReader: Sendable {
    /// The mapping.
    public let node: YAMLNode
    private let what: String

    /// Makes a reader, having looked for unknown keys.
    ///
    /// - Parameters:
    ///   - what: What the mapping describes, for messages: `a rule`.
    ///   - keys: Every key it may have.
    ///   - explanations: What to say of keys people expect that do not exist, instead of a suggestion.
    /// - Throws: ``YAMLError`` where the node is no mapping or has a key that is not listed.
    public init(
        _ node: YAMLNode, of what: String, keys: [String], explanations: [String: String] = [:]
    ) throws(YAMLError) {
        self.node = node
        self.what = what
        guard case .mapping(let members) = node.kind else {
            throw node.error("\(what) must be a mapping, found \(node.described)")
        }
        for (key, _) in members {
            guard let name = key.scalar, !keys.contains(name) else { continue }
            if let explanation = explanations[name] { throw key.error("unknown key `\(name)`: \(explanation)") }
            let hint =
                Spelling.suggestion(for: name, among: keys) ?? "\(what) has \(keys.joined(separator: ", "))"
            throw key.error("unknown key `\(name)`; \(hint)")
        }
    }

    /// The value of a key, or nil where the key is absent; a key without a value is there, and null.
    public func optional(_ key: String) -> YAMLNode? { node[key] }

    /// The value of a key that must be there.
    ///
    /// - Throws: ``YAMLError`` where it is absent.
    public func required(_ key: String) throws(YAMLError) -> YAMLNode {
        guard let value = node[key] else { throw node.error("\(what) needs the key `\(key)`") }
        return value
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import EmbeddedAssets
internal import Hashing
public import Model
internal import YAML

extension PolicySet {
    /// Reads a policy file's text.
    ///
    /// - Parameters:
    ///   - file: The file's name for messages.
    ///   - clusters: What a rule's `clusters` may name.
    ///   - zones: Where the time zones of its windows are found.
    /// - Throws: ``Failure`` of kind `config` as `file:line:column: …` for anything not understood, an unknown key, a
    ///   pattern that matches no action or no cluster there is, two rules of one name, or a rule by which a name or a tag
    ///   alone would loosen what holds.
    public static func load(
        yaml text: String, file: String, clusters: ClusterVocabulary = .any, zones: ZoneSource = .system
    ) throws(Failure) -> PolicySet {
        let form = PolicyFile(clusters: clusters, zones: zones)
        do {
            let root = try YAMLDocument(parsing: text, file: file).root
            return try form.read(root, source: ContentHash.sha256(Array(text.utf8)))
        } catch {
            throw Failure(.config, error.description)
        }
    }

    /// The policy that pvelua ships with.
    ///
    /// - Throws: ``Failure`` of kind `config` should the shipped file be wrong, which a test rules out.
    public static func shipped() throws(Failure) -> PolicySet {
        try load(yaml: shippedText, file: "policy.yaml (shipped)")
    }

    /// The shipped policy's text, for people to start from.
    public static var shippedText: String {
        let file = embedded_policy()
        return String(decoding: UnsafeBufferPointer(start: file.bytes, count: file.count), as: UTF8.self)
    }
}

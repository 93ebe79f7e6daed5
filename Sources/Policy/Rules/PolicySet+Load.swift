// SPDX-License-Identifier: Apache-2.0
internal import EmbeddedAssets
public import Model
internal import YAML

extension PolicySet {
    /// Reads a policy file's text.
    ///
    /// - Parameters:
    ///   - file: The file's name for messages.
    ///   - clusters: What a rule's `clusters` may name.
    /// - Throws: ``Failure`` of kind `config` as `file:line:column: …` for anything not understood, an unknown key, a
    ///   pattern that matches no action or no cluster there is, or two rules of one name.
    public static func load(
        yaml text: String, file: String, clusters: ClusterVocabulary = .any
    ) throws(Failure) -> PolicySet {
        do {
            return try PolicyFile(clusters: clusters).read(try YAMLDocument(parsing: text, file: file).root)
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

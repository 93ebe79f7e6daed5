// SPDX-License-Identifier: Apache-2.0
internal import Configuration
internal import Hashing
internal import Model
internal import Policy

/// A policy file as it was read.
struct PolicySource: Sendable {
    /// Where it was read, or what it is called where it was no file.
    var place: String
    /// What stands there.
    var text: String
    /// What that means.
    var policy: PolicySet
}

/// Finds policies on disk.
enum PolicyFiles {
    private static let maximumSize = 1 << 20

    /// The user's policy (trust `own`) or the machine's ceiling (trust `root`); nil where there is none.
    ///
    /// - Parameter clusters: What its rules may name as clusters.
    /// - Throws: ``Failure`` of kind `config` where it cannot be read, or somebody else could have written it.
    static func load(
        _ path: String, trust: FileContent.Trust, clusters: ClusterVocabulary
    ) throws(Failure) -> PolicySource? {
        guard let text = try text(path, trust: trust) else { return nil }
        return PolicySource(
            place: path, text: text, policy: try PolicySet.load(yaml: text, file: path, clusters: clusters))
    }

    /// The text of a file; nil where there is none.
    static func text(_ path: String, trust: FileContent.Trust) throws(Failure) -> String? {
        guard let bytes = try FileContent.read(path, most: maximumSize, trust: trust) else { return nil }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Failure(.config, "\(path): not UTF-8") }
        return text
    }

    /// The text of a file that was named and must be there.
    static func required(_ path: String) throws(Failure) -> String {
        guard let text = try text(path, trust: .own) else { throw Failure(.usage, "there is no file \(path)") }
        return text
    }
}

/// The policy in force: the user's or the shipped one, and the machine's ceiling where there is one.
struct PolicyInForce: Sendable {
    var own: PolicySource
    var ceiling: PolicySource?

    /// Both as one.
    var policy: PolicySet { ceiling.map { own.policy.bounded(by: $0.policy) } ?? own.policy }

    /// The SHA-256 of all that was read: a byte more or less makes another.
    var fingerprint: String {
        let parts = [own.text, ceiling?.text ?? ""].map { ContentHash.sha256(Array($0.utf8)) }
        return ContentHash.sha256(Array(parts.joined().utf8))
    }
}

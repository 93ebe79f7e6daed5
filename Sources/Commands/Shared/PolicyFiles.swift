// SPDX-License-Identifier: Apache-2.0
internal import Configuration
internal import Model
internal import Policy
internal import Runbook

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
        guard let bytes = try FileContent.read(path, most: maximumSize, trust: trust) else { return nil }
        let text = try text(bytes, path)
        return PolicySource(
            place: path, text: text, policy: try PolicySet.load(yaml: text, file: path, clusters: clusters))
    }

    /// The text of a file that was named to be looked at; as nothing is permitted by it, it may be anybody's.
    static func named(_ path: String) throws(Failure) -> String {
        try text(try FileReader.read(path: path, maximum: maximumSize), path)
    }

    private static func text(_ bytes: [UInt8], _ path: String) throws(Failure) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Failure(.config, "\(path): not UTF-8") }
        return text
    }
}

/// The policy in force: the user's or the shipped one, and the machine's ceiling where there is one.
struct PolicyInForce: Sendable {
    var own: PolicySource
    var ceiling: PolicySource?

    /// Both as one.
    var policy: PolicySet { ceiling.map { own.policy.bounded(by: $0.policy) } ?? own.policy }
}

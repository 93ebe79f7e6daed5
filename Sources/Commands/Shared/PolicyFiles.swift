// SPDX-License-Identifier: Apache-2.0
internal import Configuration
internal import Model
internal import Policy

/// Finds policies on disk.
enum PolicyFiles {
    private static let maximumSize = 1 << 20

    /// A policy as it lies on disk; nil where there is none.
    static func bytes(_ path: String, trust: FileContent.Trust) throws(Failure) -> [UInt8]? {
        try FileContent.read(path, most: maximumSize, trust: trust)
    }

    /// The user's policy (trust `own`) or the machine's ceiling (trust `root`); nil where there is none.
    ///
    /// - Parameter clusters: What its rules may name as clusters.
    /// - Throws: ``Failure`` of kind `config` where it cannot be read, or somebody else could have written it.
    static func load(
        _ path: String, trust: FileContent.Trust, clusters: ClusterVocabulary
    ) throws(Failure) -> PolicySet? {
        guard let bytes = try bytes(path, trust: trust) else { return nil }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Failure(.config, "\(path): not UTF-8") }
        return try PolicySet.load(yaml: text, file: path, clusters: clusters)
    }
}

// SPDX-License-Identifier: Apache-2.0
public import JSON
public import Model

/// Answers a test file: what it declares, what it expects, and what it does with its simulated cluster.
public protocol RehearsalDesk: Sendable {
    /// Answers one call of the test's vocabulary.
    ///
    /// - Parameters:
    ///   - verb: What is asked, such as `run` or `expected`.
    ///   - arguments: The values that came with it; a script wrote them.
    ///   - place: The line that asked, by the worker's word.
    /// - Throws: ``Failure``, which is raised at that line.
    func answer(_ verb: String, _ arguments: [JSONValue], at place: String?) async throws(Failure) -> JSONValue
}

/// Takes what a worker counted.
public protocol CoverageSink: Sendable {
    /// Takes the counts of one chunk: by a file's name which lines can run, and how often each did.
    func take(_ lines: [String: [Int: Int]])
}

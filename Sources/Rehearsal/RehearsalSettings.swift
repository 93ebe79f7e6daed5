// SPDX-License-Identifier: Apache-2.0
public import Journal
public import Model
public import Runbook

/// What all test files of one `pvelua test` share.
public struct RehearsalSettings: Sendable {
    /// The path of `pvelua-worker`.
    public var worker: String
    /// The version of pvelua.
    public var version: String
    /// What a case may use, and what each runbook may that it runs.
    public var limits = WorkerLimits()
    /// Only cases whose full name holds this text; nil for all.
    public var filter: String?
    /// The folder that runbooks, clusters and policies of tests must lie in, besides the test file's own.
    public var root: String
    /// Takes which lines of the runbooks ran; nil where nobody asks.
    public var coverage: CoverageBook?
    /// Opens a journal that is gone with its case; it is given the case's time.
    public var journal: @Sendable (@escaping @Sendable () -> Double) throws(Failure) -> any JournalStore
    /// The exit status that a failure ends `pvelua run` with.
    public var status: @Sendable (Failure) -> Int32
    /// Draws a table as `pvelua run` does.
    public var table: @Sendable (RunTable) -> String

    /// Makes settings.
    public init(
        worker: String, version: String, root: String,
        journal: @escaping @Sendable (@escaping @Sendable () -> Double) throws(Failure) -> any JournalStore,
        status: @escaping @Sendable (Failure) -> Int32,
        table: @escaping @Sendable (RunTable) -> String
    ) {
        self.worker = worker
        self.version = version
        self.root = root
        self.journal = journal
        self.status = status
        self.table = table
    }
}

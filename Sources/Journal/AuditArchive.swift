// SPDX-License-Identifier: Apache-2.0
public import Model

/// What checks and comparisons read of an audit, besides its rows.
public protocol AuditArchive: Sendable {
    /// Goes through the whole audit as it is at one moment, and holds the steps against it.
    ///
    /// - Parameter anchors: The hashes of rows as a copy elsewhere has them, by their numbers.
    func checkAudit(against anchors: [Int: String]?) async throws(Failure) -> AuditReport
    /// The last row; nil where there is none.
    func lastAuditRow() async throws(Failure) -> AuditRow?
    /// The steps that went to a cluster since a time, oldest first.
    func clusterSteps(on cluster: String, since time: Double) async throws(Failure) -> [StepRecord]
}

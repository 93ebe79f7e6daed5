// SPDX-License-Identifier: Apache-2.0
public import Model

/// Where the use of plans and the word on them are kept.
public protocol PlanStore: Sendable {
    /// Takes a plan for one run, for ever; of two that try only one gets it.
    ///
    /// - Returns: The run that had taken it before; nil where it is this run's now.
    func claimPlan(_ digest: String, for run: String, at time: Double) async throws(Failure) -> String?
    /// The run that has taken a plan; nil where none has.
    func planUse(_ digest: String) async throws(Failure) -> String?
    /// Writes down a verdict; a later yes of the same person takes the place of an earlier one, a no stays as it is.
    func recordVerdict(_ verdict: PlanVerdict) async throws(Failure)
    /// What was said about a plan, in order of the people's names.
    func verdicts(of digest: String) async throws(Failure) -> [PlanVerdict]
}

/// A journal with all that pvelua keeps in it; no caller knows which store is behind it.
public typealias WholeJournal = RunArchive & PlanStore & AlertStore & AuditArchive

// SPDX-License-Identifier: Apache-2.0
internal import Journal
internal import Model
internal import Plan
internal import Signatures

/// What `approve`, `deny` and `apply` ask about a plan's approvals, with this account's journal and its policy.
struct ApprovalDesk: Sendable {
    let verifier: ApprovalVerifier
    let journal: any WholeJournal
    var now: @Sendable () -> Double

    init(_ terms: ApprovalTerms, journal: any WholeJournal, context: CommandContext) {
        verifier = ApprovalVerifier(
            terms: terms,
            keygen: SSHKeygen(namespace: ApprovalStatement.namespace, environment: context.environment))
        self.journal = journal
        now = WallTime.seconds
    }

    /// How a plan stands.
    ///
    /// A denial that is found beside it is written into the journal, so that it holds when its file is gone.
    func standing(of file: PlanFile, at path: String) async throws(Failure) -> ApprovalStanding {
        let known = try await journal.verdicts(of: file.digest)
        let time = now()
        let standing = try await BlockingWork.run { [verifier] () -> Result<ApprovalStanding, Failure> in
            do throws(Failure) {
                return .success(try verifier.standing(of: file, at: path, verdicts: known, now: Int(time)))
            } catch {
                return .failure(error)
            }
        }.get()
        if let denial = standing.denial, !known.contains(where: \.isDenial) {
            try await journal.recordVerdict(
                PlanVerdict(
                    digest: file.digest, person: denial.person, isDenial: true, given: time, expires: time,
                    reason: denial.reason))
        }
        return standing
    }
}

extension ApprovalStanding {
    /// What is said of a plan that somebody denied.
    static func denied(by person: String, reason: String?) -> Failure {
        Failure(
            .policyDenied, "\(person) denied this plan" + (reason.map { ": \($0)" } ?? "") + "; that is final",
            hint: "plan again, and agree on it first: pvelua plan FILE")
    }

    /// Lets a plan pass that needs no approval or has all it needs.
    ///
    /// - Parameter path: The plan's, for the hint.
    /// - Throws: ``Failure`` of kind `policy_denied` where somebody denied it, of kind `approval_required` where approvals are
    ///   missing.
    func require(for path: String) throws(Failure) {
        if let denial { throw Self.denied(by: denial.person, reason: denial.reason) }
        guard !isMet else { return }
        let reasons = refused.prefix(5).map { "\($0.file) \($0.reason)" }.joined(separator: "; ")
        throw Failure(
            .approvalRequired,
            "the plan needs \(needed == 1 ? "an approval" : "\(needed) approvals") and has \(counted.count)"
                + (reasons.isEmpty ? "" : "; not counted: \(reasons)"),
            hint: isWeak && needed > 1
                ? "without signers (approval.signers in the policy) there is only one person to ask"
                : "somebody else signs it: pvelua approve \(path)")
    }
}

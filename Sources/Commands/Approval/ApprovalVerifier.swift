// SPDX-License-Identifier: Apache-2.0
internal import Configuration
internal import Journal
internal import Model
internal import Plan
internal import Signatures

/// Finds out who has approved or denied a plan, by signatures beside it and by this account's journal.
///
/// Everything beside the plan may be an attacker's: it is read strictly, and counts for nothing unless ssh-keygen verifies it.
struct ApprovalVerifier: Sendable {
    let terms: ApprovalTerms
    let keygen: SSHKeygen

    /// How a plan stands; starts programs and blocks.
    ///
    /// - Parameters:
    ///   - path: Where the plan is.
    ///   - verdicts: What the journal says of it.
    ///   - now: Seconds since 1970.
    /// - Throws: ``Failure`` of kind `config` where the people who may approve cannot be told, of kind `approval_required` where
    ///   too much lies beside the plan.
    func standing(
        of file: PlanFile, at path: String, verdicts: [PlanVerdict], now: Int
    ) throws(Failure) -> ApprovalStanding {
        let counting = ApprovalCounting(file, terms: terms, now: now)
        let known = verdicts.first { $0.isDenial && $0.digest == file.digest }
        let denial = known.map { ApprovalStanding.Denial(person: $0.person, reason: $0.reason) }
        var (files, refused) = try ApprovalFolder(plan: path).verdicts()
        guard let signers = try signers() else {
            return weakStanding(counting, files, refused, denial, verdicts.filter { $0.digest == file.digest }, now)
        }
        var verified: [ApprovalCounting.Verified] = []
        for (name, approval) in files {
            if let reason = counting.refusal(of: approval.statement) {
                refused.append(.init(file: name, reason: reason))
                continue
            }
            switch try verify(name, approval, signers) {
            case .success(let good): verified.append(good)
            case .failure(let reason): refused.append(.init(file: name, reason: reason.text))
            }
        }
        return counting.standing(verified, refused: refused, denial: denial)
    }

    /// Why one signature does not count.
    struct Reason: Error {
        let text: String
    }

    /// Verifies one signed statement, by what the file of signers says itself and then by ssh-keygen.
    func verify(
        _ name: String, _ approval: ApprovalFile, _ signers: AllowedSigners
    ) throws(Failure) -> Result<ApprovalCounting.Verified, Reason> {
        let names = signers.names(ofKey: approval.signature.keyText)
        // Cheap, and keeps the program from most of what an attacker could hand it.
        guard !names.isEmpty || (approval.signature.isOfCertificate && signers.hasAuthority) else {
            return .failure(Reason(text: "is signed with a key that is not among the signers"))
        }
        let statement = approval.statement
        let signer = try keygen.verify(
            statement.bytes, signature: approval.signature.armored, person: statement.person, signers: signers.bytes)
        guard let signer else {
            return .failure(
                Reason(text: "is not signed by \(statement.person) with a key that is allowed to at this time"))
        }
        return .success(
            ApprovalCounting.Verified(
                file: name, statement: statement, key: signer.fingerprint,
                names: Set(names + signer.names + [statement.person])))
    }

    /// The people who may approve; nil where nobody is named.
    func signers() throws(Failure) -> AllowedSigners? {
        guard let file = terms.signers else { return nil }
        let trust: FileContent.Trust = file.isOfCeiling ? .root : .own
        guard let bytes = try FileContent.read(file.path, most: AllowedSigners.maximumSize, trust: trust) else {
            throw Failure(
                .config, "\(file.path): there is no such file, so nobody can approve",
                hint: "it holds a line for each person: alice@example.com ssh-ed25519 AAAA…")
        }
        return AllowedSigners(bytes)
    }

    /// How a plan stands without signers, when the journal's word is all there is.
    ///
    /// A denial beside the plan cannot be verified then and counts unseen: it can only stop.
    private func weakStanding(
        _ counting: ApprovalCounting, _ files: [(name: String, file: ApprovalFile)],
        _ refused: [ApprovalStanding.Refused], _ denial: ApprovalStanding.Denial?, _ verdicts: [PlanVerdict], _ now: Int
    ) -> ApprovalStanding {
        var standing = ApprovalStanding(refused: refused, denial: denial, needed: counting.needed, isWeak: true)
        for (name, approval) in files {
            let statement = approval.statement
            if let reason = counting.refusal(of: statement) {
                standing.refused.append(.init(file: name, reason: reason))
            } else if statement.verdict == .deny {
                standing.denial = standing.denial ?? .init(person: statement.person, reason: statement.reason)
            } else {
                standing.refused.append(
                    .init(file: name, reason: "cannot be verified: policy names no signers (approval.signers)"))
            }
        }
        let given = verdicts.filter { verdict in
            !verdict.isDenial && verdict.expires > Double(now) && verdict.given + Double(terms.lifetime) > Double(now)
                && verdict.given <= Double(now + ApprovalCounting.clockTolerance)
        }
        guard let person = given.first?.person else { return standing }
        if terms.own == .never {
            standing.refused.append(
                .init(file: "journal", reason: "is of the account that applies the plan (approval.own: never)"))
        } else {
            // One account's journal is one person's word, however many names are in it.
            standing.counted = [person]
        }
        return standing
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import Configuration
internal import Journal
internal import Model
internal import Plan
internal import Runbook
internal import Signatures
internal import Terminal
internal import Text

/// One person's word on one plan: shown, asked for, signed, verified, put beside the plan.
struct PlanApproval {
    let context: CommandContext
    let path: String
    let file: PlanFile
    let terms: ApprovalTerms
    let desk: ApprovalDesk
    let prompter: any Prompter
    /// What must be typed behind `approve`, made for this question.
    let code: String
    /// The key named, and the name to sign under.
    var key: String?
    var person: String?
    /// Where ssh-keygen may ask for a passphrase or a touch.
    var terminal: String? = "/dev/tty"

    /// How many seconds the question stands: a plan takes time to read.
    static let patience = 600.0

    /// Opens a plan with all that policy and the journal say about it.
    static func open(
        _ path: String, _ context: CommandContext, _ options: GlobalOptions
    ) throws(Failure) -> PlanApproval {
        let bytes = try FileReader.read(path: path, maximum: PlanFile.maximumSize)
        let file = try PlanFile(reading: bytes, name: TextCleaner.clean(path))
        let workplace = Workplace(context: context, options: options)
        let terms = try workplace.approvalTerms()
        let journal = try workplace.openJournal()
        return PlanApproval(
            context: context, path: path, file: file, terms: terms,
            desk: ApprovalDesk(terms, journal: journal, context: context), prompter: ControllingTerminal(),
            code: TypedYes.code())
    }

    /// How the plan stands.
    func standing() async throws(Failure) -> ApprovalStanding { try await desk.standing(of: file, at: path) }

    /// Shows the plan, asks, and signs or writes down the yes.
    ///
    /// - Parameter lifetime: The seconds that the yes holds; nil for as long as policy lets it.
    /// - Returns: The file that was written; nil where the journal holds the yes.
    func approve(lifetime: Int?) async throws(Failure) -> String? {
        try checkCaller()
        let now = Int(desk.now())
        try checkPlan(now)
        let before = try await standing()
        if before.denial != nil { try before.require(for: path) }
        if let lifetime, lifetime > terms.lifetime {
            throw Failure(
                .usage, "policy lets an approval hold \(TimeText.span(terms.lifetime)) at most",
                hint: "leave --expires out, or shorten it")
        }
        let expires = min(now + (lifetime ?? terms.lifetime), file.plan.expires)
        guard let signers = try desk.verifier.signers() else { return try await approveWeakly(expires) }
        guard let identity = try identity(among: signers) else {
            throw Failure(
                .usage, "no key to sign with: the ssh agent holds none of the signers' keys",
                hint: "name one with --key ~/.ssh/id_ed25519, or load it: ssh-add")
        }
        let counting = ApprovalCounting(file, terms: terms, now: now)
        if let reason = counting.ownRefusal(Set(identity.names + [identity.person])) {
            throw Failure(
                .policyDenied, "an approval by \(identity.person) \(reason), so it would not count",
                hint: "somebody else approves it: pvelua approve \(path)")
        }
        try await ask([
            "You sign this as \(identity.person).", "Your approval holds until \(UTCTime.text(Double(expires))).",
        ])
        let statement = statement(.approve, by: identity.person, now: Int(desk.now()), expires: expires)
        return try await sign(statement, identity, signers)
    }

    /// Says no for good: in this account's journal, and signed beside the plan where there are signers and a key.
    ///
    /// - Returns: The file that was written; nil where only the journal holds the no.
    func deny(reason: String?) async throws(Failure) -> String? {
        if let reason, reason.utf8.count > ApprovalStatement.longestReason {
            throw Failure(.usage, "--reason is longer than \(ApprovalStatement.longestReason) bytes")
        }
        let now = desk.now()
        // First what cannot fail for want of a key: it stops this account at once.
        try await desk.journal.recordVerdict(
            PlanVerdict(
                digest: file.digest, person: context.account, isDenial: true, given: now, expires: now, reason: reason))
        guard let signers = try desk.verifier.signers(), let identity = try identity(among: signers) else { return nil }
        var statement = statement(.deny, by: identity.person, now: Int(now), expires: nil)
        statement.reason = reason
        return try await sign(statement, identity, signers)
    }

    private func checkCaller() throws(Failure) {
        let caller = Caller.detected(environment: context.environment)
        guard caller == .human else {
            throw Failure(
                .policyDenied, "\(caller.rawValue == "ci" ? "a pipeline" : "an agent") does not approve plans",
                hint: "ask a person to run at a terminal: pvelua approve \(path)")
        }
    }

    private func checkPlan(_ now: Int) throws(Failure) {
        let plan = file.plan
        guard plan.expires > now else {
            throw Failure(.planDiverged, "the plan has expired", hint: "plan again: pvelua plan FILE")
        }
        guard plan.isApplicable else {
            throw Failure(
                .planDiverged,
                "the plan cannot be applied, so there is nothing to approve: "
                    + (plan.policy.demand == "deny" ? "policy denies it" : "it is partial or its script failed"),
                hint: "see it with: pvelua approve --status \(path)")
        }
    }

    private func identity(among signers: AllowedSigners) throws(Failure) -> SigningIdentity? {
        try SigningIdentity.find(key: key, person: person, signers: signers) { () throws(Failure) in
            try desk.verifier.keygen.agentKeys()
        }
    }

    private func statement(
        _ verdict: ApprovalStatement.Verdict, by person: String, now: Int, expires: Int?
    ) -> ApprovalStatement {
        let nonce = (0..<16).map { _ in
            let digits = String(UInt8.random(in: 0...255), radix: 16)
            return digits.utf8.count == 1 ? "0" + digits : digits
        }.joined()
        return ApprovalStatement(verdict, of: file, by: person, nonce: nonce, signed: now, expires: expires)
    }

    /// Shows the whole plan and takes the typed yes.
    private func ask(_ words: [String]) async throws(Failure) {
        let what = "approving the plan"
        // A signature is for all of it, so nothing is left out.
        var box = ConsentBox(what, style: context.promptStyle, mostLines: .max)
        for line in PlanText(file).text.split(separator: "\n") { box.add(String(line)) }
        for word in words { box.add(warning: word) }
        let expected = "approve \(code)"
        try await TypedYes.demand(
            box.text(asking: expected, width: prompter.width), expecting: expected, for: what,
            else: "nothing was signed", at: prompter, patience: Self.patience,
            hint: "run it at a terminal: pvelua approve \(TextCleaner.clean(path))")
    }

    private func approveWeakly(_ expires: Int) async throws(Failure) -> String? {
        if key != nil || person != nil {
            throw Failure(
                .usage, "--key and --as are for signatures, and policy names no signers",
                hint: "name them in the policy: approval: { signers: FILE }")
        }
        guard terms.own == .agents else {
            throw Failure(
                .policyDenied,
                "approval.own: never asks for somebody else than this account, and policy names no signers",
                hint: "name them in the policy: approval: { signers: FILE }")
        }
        let needed = ApprovalCounting(file, terms: terms, now: 0).needed
        guard needed <= 1 else {
            throw Failure(
                .approvalRequired, "the plan needs \(needed) people, and without signers there is only one to ask",
                hint: "name them in the policy: approval: { signers: FILE }")
        }
        try await ask([
            "Policy names no signers, so this is only noted in this account's journal.",
            "That is weaker than a signature: whatever runs as \(context.account) could forge it.",
        ])
        let now = desk.now()
        try await desk.journal.recordVerdict(
            PlanVerdict(
                digest: file.digest, person: context.account, isDenial: false, given: now, expires: Double(expires)))
        return nil
    }

    /// Signs, and writes only what will be accepted.
    private func sign(
        _ statement: ApprovalStatement, _ identity: SigningIdentity, _ signers: AllowedSigners
    ) async throws(Failure) -> String {
        let (verifier, terminal) = (desk.verifier, prompter.isPresent ? terminal : nil)
        let signed = try await BlockingWork.run { () -> Result<ApprovalFile, Failure> in
            do throws(Failure) {
                let armored = try verifier.keygen.sign(statement.bytes, key: identity.key, terminal: terminal)
                guard let signature = SSHSignature(armored: armored) else {
                    throw Failure(.auth, "ssh-keygen made a signature of an unknown form")
                }
                let file = ApprovalFile(statement, signature)
                if case .failure(let reason) = try verifier.verify("the signature", file, signers) {
                    throw Failure(
                        .auth, "it would not count: the signature \(reason.text)",
                        hint: "compare --key and --as with the lines of \(verifier.terms.signers?.path ?? "")")
                }
                return .success(file)
            } catch {
                return .failure(error)
            }
        }.get()
        return try ApprovalFolder(plan: path).write(signed)
    }
}

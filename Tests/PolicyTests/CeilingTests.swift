// SPDX-License-Identifier: Apache-2.0
import Model
import Policy
import Testing

/// What two files of policy are together: each judged by itself, the stricter counts.
struct CeilingTests {
    private func load(_ rest: String, isCeiling: Bool = false) throws -> PolicySet {
        try PolicySet.load(
            yaml: "version: 1\n" + rest, file: isCeiling ? "etc" : "home", clusters: isCeiling ? .refused : .any)
    }

    @Test(arguments: [
        ("allow", "allow", "allow"), ("confirm", "allow", "confirm"), ("allow", "approve", "approve"),
        ("-", "allow", "deny"),
        ("allow", "-", "allow"), ("-", "-", "deny"), ("-", "confirm", "deny"), ("deny", "allow", "deny"),
    ])
    func theStricterWordCounts(_ own: String, _ ceiling: String, _ expected: String) throws {
        func policy(_ effect: String, _ isCeiling: Bool) throws -> PolicySet {
            let rule = "{ id: r, actions: [guest.stop], effect: \(effect) }"
            return try load("rules: [\(effect == "-" ? "" : rule)]", isCeiling: isCeiling)
        }
        let both = try policy(own, false).bounded(by: try policy(ceiling, true))
        let decision = both.evaluate(PolicyQuestion(actions: ["guest.stop"], caller: .human))
        #expect(decision.effect.rawValue == expected)
    }

    @Test func saysWhichFileDecides() throws {
        let both = try load("rules: [{ id: r, actions: [guest.stop], effect: allow }]")
            .bounded(
                by: try load(
                    "rules: [{ id: never, actions: [guest.stop], where: { tag: x }, effect: confirm }]", isCeiling: true
                ))
        let guest = PolicyGuest(vmid: 1, tags: ["x"])
        let decision = both.evaluate(PolicyQuestion(actions: ["guest.stop"], caller: .human, guest: guest))
        #expect(decision.place == "etc:2:9" && decision.rule == "never")
        #expect(decision.reasons.map(\.isCeiling) == [true, false])
    }

    @Test func aSupplementSpeaksWhereTheUserIsSilentAndNotOverTheCeiling() throws {
        let more = try load("rules: [{ id: more, actions: [access.user], effect: confirm }]")
        let question = PolicyQuestion(actions: ["access.user"], caller: .human)
        #expect(try load("rules: []").supplemented(by: more).evaluate(question).rule == "more")
        let ceiling = try load("rules: [{ id: no, actions: [access.user], effect: deny }]", isCeiling: true)
        #expect(try load("rules: []").bounded(by: ceiling).supplemented(by: more).evaluate(question).rule == "no")
    }

    @Test func approvalsTakeTheStricterOfEach() throws {
        #expect(try load("rules: []").approval == ApprovalRules())
        let own = try load(
            "rules: []\napproval: { signers: ~/.config/pvelua/signers, count: 1, own: agents, expires: 8h }")
        #expect(own.approval == ApprovalRules(signers: "~/.config/pvelua/signers", expires: 8 * 3600))
        #expect(own.bounded(by: try load("rules: []", isCeiling: true)).approval == own.approval)
        let ceiling = try load(
            "rules: []\napproval: { signers: /etc/pvelua/allowed_signers, count: 2, own: never, expires: 30m }",
            isCeiling: true)
        let expected = ApprovalRules(signers: "/etc/pvelua/allowed_signers", count: 2, own: .never, expires: 1800)
        #expect(own.bounded(by: ceiling).approval == expected)
    }

    @Test(arguments: [
        ("signers: allowed", "expected a path that begins with / or ~/"),
        ("count: 0", "expected a number from 1 to 100"),
        ("own: agent", "did you mean `agents`?"), ("expires: 1w", "expected a span such as 30m"),
        ("expires: 31d", "longer than 30d"), ("signer: /x", "did you mean `signers`?"),
    ])
    func refusesApprovalsItDoesNotUnderstand(_ text: String, _ part: String) {
        let failure = #expect(throws: Failure.self) { try load("rules: []\napproval: { \(text) }") }
        #expect(failure?.message.hasPrefix("home:3:") == true && failure?.message.contains(part) == true)
    }

    @Test func aCeilingsSignersAreNotTheUsersOwn() {
        #expect(throws: Failure.self) { try load("rules: []\napproval: { signers: ~/x }", isCeiling: true) }
    }

    @Test func theFingerprintChangesWithEveryByteOfEitherFile() throws {
        let (a, b) = (try load("rules: []"), try load("rules: []\n"))
        #expect(a.fingerprint != b.fingerprint && a.fingerprint.utf8.count == 64)
        #expect(try load("rules: []").fingerprint == a.fingerprint)
        #expect(Set([a.bounded(by: b), b.bounded(by: a), a, b].map(\.fingerprint)).count == 4)
    }
}

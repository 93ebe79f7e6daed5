// SPDX-License-Identifier: Apache-2.0
import Model
import Policy
import Testing

struct PolicySetTests {
    private let known = PolicyGuest(
        vmid: 101, name: "web-1", node: "pve1", pool: "", tags: ["web"], kind: .qemu, status: "running",
        isTemplate: false)

    private func decide(
        _ policy: PolicySet, _ actions: Set<Action>, _ caller: Caller = .human, _ guest: PolicyGuest? = nil
    ) -> String {
        let decision = policy.evaluate(PolicyQuestion(actions: actions, caller: caller, guest: guest))
        return "\(decision.effect.rawValue) \(decision.rule ?? "-")"
    }

    @Test(
        arguments: [
            (["read.guest"], Caller.agent, "allow reads"), (["guest.start"], .human, "allow start"),
            (["guest.start"], .agent, "approve agents"), (["guest.start"], .ci, "approve agents"),
            (["guest.shutdown"], .human, "confirm graceful"), (["guest.stop"], .human, "confirm-typed hard"),
            (["guest.destroy"], .human, "approve destroy"),
            (["guest.config", "disk.destroy"], .human, "approve destroy"),
            (["access.user"], .human, "deny -"), (["api.unknown"], .human, "deny -"), ([], .human, "deny -"),
            (["guest.start", "access.acl"], .human, "deny -"),
            (["guest.create", "backup.restore", "backup.restore.overwrite"], .human, "approve destroy"),
        ] as [(Set<Action>, Caller, String)])
    func shipsAPolicyThatAsks(_ actions: Set<Action>, _ caller: Caller, _ expected: String) throws {
        #expect(decide(try PolicySet.shipped(), actions, caller, known) == expected)
    }

    @Test func protectsTheCrownJewels() throws {
        let policy = try PolicySet.shipped()
        var crown = known
        crown.tags = ["web", "Crown-1"]
        #expect(decide(policy, ["guest.start"], .human, crown) == "deny crown")
        #expect(decide(policy, ["read.guest"], .human, crown) == "allow reads")
        crown.tags = nil
        #expect(decide(policy, ["guest.start"], .human, crown) == "deny crown")
        #expect(decide(policy, ["guest.start"]) == "deny crown", "a guest nobody named is one nothing is known about")
    }

    @Test func anUnknownAttributeNeverHelpsAnAllow() throws {
        let policy = try PolicySet.load(
            yaml: """
                version: 1
                rules:
                  - { id: pool, actions: [guest.stop], effect: allow, where: { pool: lab, vmid: 100-199 } }
                  - { id: ask, actions: [guest.stop], effect: confirm, where: { node: [pve1, pve2], vmid: "10?" } }
                """, file: "p")
        #expect(
            decide(policy, ["guest.stop"], .human, PolicyGuest(vmid: 150, node: "pve3", pool: "lab")) == "allow pool")
        #expect(decide(policy, ["guest.stop"], .human, PolicyGuest(vmid: 150, node: "pve3")) == "deny -")
        #expect(decide(policy, ["guest.stop"], .human, PolicyGuest(vmid: 200, node: "pve3", pool: "lab")) == "deny -")
        #expect(decide(policy, ["guest.stop"], .human, PolicyGuest(vmid: 105, pool: "lab")) == "confirm ask")
        let decision = policy.evaluate(
            PolicyQuestion(actions: ["guest.stop"], caller: .human, guest: PolicyGuest(vmid: 105, pool: "lab")))
        #expect(
            decision.reasons.map(\.description) == [
                "rule pool: guest.stop → allow (guest 105)",
                "rule ask: guest.stop → confirm (guest 105) (unknown: node)",
            ])
    }

    @Test func theStrictestGuestDecides() throws {
        var other = known
        other.tags = ["crown-1"]
        let question = PolicyQuestion(actions: ["backup.create"], caller: .human, guests: [known, other])
        #expect(try PolicySet.shipped().evaluate(question).effect == .deny)
    }

    @Test func aCeilingCannotBeLoosened() throws {
        let ceiling = try PolicySet.load(
            yaml: """
                version: 1
                rules: [{ id: never, actions: ["*"], except: ["read.*"], effect: deny, where: { kind: lxc } }]
                limits: { run: { changes: 3 } }
                """, file: "etc")
        let user = try PolicySet.load(
            yaml: """
                version: 1
                rules: [{ id: all, actions: ["*"], effect: allow }]
                limits: { run: { changes: 9, guests: 1 } }
                """, file: "home")
        let both = user.bounded(by: ceiling)
        #expect(decide(both, ["guest.stop"], .human, known) == "allow all")
        #expect(decide(both, ["guest.stop"], .human, PolicyGuest(kind: .lxc)) == "deny never")
        #expect(both.limits.all.filter { $0.measure == .changes }.map(\.most).min() == 3)
    }

    @Test(arguments: [
        ("rules: []", "p:1:1: a policy needs the key `version`"),
        ("version: 2\nrules: []", "p:1:10: expected a number from 1 to 1, found 2"),
        ("version: 1\nrules: [{ actions: [guest.stop], effect: allow }]", "p:2:9: a rule needs the key `id`"),
        (
            "version: 1\nrules: [{ id: a, action: [guest.stop], effect: allow }]",
            "p:2:18: unknown key `action`; did you mean `actions`?"
        ),
        (
            "version: 1\nrules: [{ id: a, actions: [guest.stpo], effect: deny }]",
            "p:2:28: no action matches `guest.stpo`; did you mean `guest.stop`?"
        ),
        (
            "version: 1\nrules: [{ id: a, actions: [guest.stop], effect: alow }]",
            "p:2:49: unknown value `alow`; did you mean `allow`?"
        ),
        ("version: 1\nrules: [{ id: a, actions: [], effect: allow }]", "p:2:27: the list must not be empty"),
        (
            "version: 1\nrules: [{ id: a, actions: [\"*\"], effect: allow, callers: }]",
            "p:2:58: expected a list, found nothing"
        ),
        (
            "version: 1\nrules: [{ id: a, actions: [\"*\"], effect: allow, where: {} }]",
            "p:2:56: where must name at least one of vmid, name, node, pool, tag, kind, status, template, lock, ha, "
                + "storage, cluster, caller, during, set"
        ),
        (
            "version: 1\nrules: [{ id: a, actions: [\"*\"], effect: allow, where: { vmid: 199-100 } }]",
            "p:2:64: expected a vmid or a range such as 100-199, found `199-100`"
        ),
        (
            "version: 1\nrules:\n  - { id: a, actions: [\"*\"], effect: allow }\n  - { id: a, actions: [\"*\"], effect: deny }",
            "p:4:5: two rules have the id `a`"
        ),
        (
            "version: 1\nrules: []\nlimits: { run: { guest: 1 } }",
            "p:3:18: no limit and no action is called `guest`; did you mean `guests`?"
        ),
    ])
    func refusesWhatItDoesNotUnderstand(_ text: String, _ expected: String) {
        #expect(throws: Failure(.config, expected)) { try PolicySet.load(yaml: text, file: "p") }
    }

    @Test func aRuleMayBeAboutSomeClustersOnly() throws {
        let policy = try PolicySet.load(
            yaml: """
                version: 1
                rules:
                  - { id: free, actions: [guest.start], clusters: [lab, "test-*"], effect: allow }
                  - { id: frozen, actions: [guest.start], clusters: [prod], where: { vmid: 100-199 }, effect: deny }
                """, file: "p", clusters: .among(["lab", "test-1", "prod"]))
        func decide(_ cluster: String?) -> String {
            let decision = policy.evaluate(
                PolicyQuestion(actions: ["guest.start"], caller: .human, guest: known, cluster: cluster))
            return "\(decision.effect.rawValue) \(decision.rule ?? "-")"
        }
        #expect(decide("lab") == "allow free")
        #expect(decide("test-1") == "allow free")
        #expect(decide("prod") == "deny frozen")
        #expect(decide("other") == "deny -")
        #expect(decide(nil) == "deny frozen", "a cluster that is not known counts for stricter rules only")
    }

    @Test(arguments: [
        (ClusterVocabulary.among(["lab", "prod"]), "prdo", "p:3:48: no cluster matches `prdo`; did you mean `prod`?"),
        (.refused, "prod", "p:3:47: a ceiling holds for every cluster"),
        (.any, "\"\"", "p:3:48: a pattern must not be empty"),
    ])
    func aClusterThatARuleCannotNameIsAnError(_ names: ClusterVocabulary, _ name: String, _ text: String) throws {
        let yaml = "version: 1\nrules:\n  - { id: a, actions: [guest.stop], clusters: [\(name)], effect: deny }\n"
        let failure = #expect(throws: Failure.self) { try PolicySet.load(yaml: yaml, file: "p", clusters: names) }
        #expect(failure?.kind == .config)
        #expect(failure?.message.hasPrefix(text) == true, "\(failure?.message ?? "")")
    }

}

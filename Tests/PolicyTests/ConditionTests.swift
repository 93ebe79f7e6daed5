// SPDX-License-Identifier: Apache-2.0
import Model
import Policy
import Testing

/// What rules may go by, and what may only tighten.
struct ConditionTests {
    private static let base = "version: 1\nrules:\n  - { id: base, actions: [\"*\"], effect: allow }\n"

    private func decide(_ rule: String, _ question: PolicyQuestion) throws -> String {
        let decision = try PolicySet.load(yaml: Self.base + "  - " + rule, file: "p").evaluate(question)
        return decision.effect.rawValue
    }

    private func question(
        _ guest: PolicyGuest? = PolicyGuest(
            vmid: 101, name: "web-1", pool: "web", tags: ["web"], lock: "", haState: ""),
        caller: Caller = .human, cluster: String? = "lab", storages: [String]? = [], time: Double? = 0
    ) -> PolicyQuestion {
        PolicyQuestion(
            actions: ["guest.stop"], caller: caller, guest: guest, cluster: cluster, storages: storages, time: time)
    }

    @Test(
        arguments: [
            ("storage: ceph", ["ceph"], "deny"), ("storage: ceph", ["local"], "allow"), ("storage: ceph", [], "allow"),
            ("storage: \"local*\"", ["ceph", "local-lvm"], "deny"), ("storage: ceph", nil, "deny"),
        ] as [(String, [String]?, String)])
    func aRuleGoesByTheStoragesOfTheCall(_ condition: String, _ storages: [String]?, _ expected: String) throws {
        let rule = "{ id: r, actions: [guest.stop], where: { \(condition) }, effect: deny }"
        #expect(try decide(rule, question(storages: storages)) == expected)
    }

    @Test func whatIsAllowedOnOneStorageIsNotAllowedOnAnother() throws {
        let yaml = "version: 1\nrules: [{ id: r, actions: [guest.stop], where: { storage: local }, effect: allow }]"
        let policy = try PolicySet.load(yaml: yaml, file: "p")
        #expect(policy.evaluate(question(storages: ["local"])).effect == .allow)
        #expect(policy.evaluate(question(storages: ["local", "ceph"])).effect == .deny)
        #expect(policy.evaluate(question(storages: [])).effect == .deny)
        #expect(policy.evaluate(question(storages: nil)).effect == .deny)
    }

    @Test(
        arguments: [
            ("lock: none", "", "deny"), ("lock: none", "backup", "allow"), ("lock: backup", "backup", "deny"),
            ("lock: backup", nil, "deny"), ("ha: none", "", "deny"), ("ha: \"st*\"", "started", "deny"),
            ("ha: started", "", "allow"), ("ha: started", nil, "deny"),
        ] as [(String, String?, String)])
    func aRuleGoesByLockAndHAState(_ condition: String, _ value: String?, _ expected: String) throws {
        let guest = PolicyGuest(vmid: 101, lock: value, haState: value)
        let rule = "{ id: r, actions: [guest.stop], where: { \(condition) }, effect: deny }"
        #expect(try decide(rule, question(guest)) == expected)
    }

    @Test func aRuleGoesByClusterAndCaller() throws {
        let cluster = "{ id: r, actions: [guest.stop], where: { cluster: \"l*\" }, effect: deny }"
        #expect(try decide(cluster, question()) == "deny")
        #expect(try decide(cluster, question(cluster: "prod")) == "allow")
        #expect(try decide(cluster, question(cluster: nil)) == "deny")
        let caller = "{ id: r, actions: [guest.stop], where: { caller: [agent, ci] }, effect: deny }"
        #expect(try decide(caller, question()) == "allow")
        #expect(try decide(caller, question(caller: .ci)) == "deny")
    }

    @Test func unlessExemptsAndTheUnknownNeverLoosens() throws {
        let strict = "{ id: r, actions: [guest.stop], unless: { vmid: 100-199 }, effect: deny }"
        #expect(try decide(strict, question()) == "allow")
        #expect(try decide(strict, question(PolicyGuest(vmid: 200))) == "deny")
        #expect(try decide(strict, question(PolicyGuest())) == "deny")
        let yaml = "version: 1\nrules: [{ id: r, actions: [guest.stop], unless: { tag: crown }, effect: allow }]"
        let policy = try PolicySet.load(yaml: yaml, file: "p")
        #expect(policy.evaluate(question()).effect == .allow)
        #expect(policy.evaluate(question(PolicyGuest(vmid: 101, tags: ["crown"]))).effect == .deny)
        #expect(policy.evaluate(question(PolicyGuest(vmid: 101))).effect == .deny)
    }

    @Test func setsStandForActionsAndGuests() throws {
        let policy = try PolicySet.load(
            yaml: """
                version: 1
                sets:
                  dangerous: [guest.stop, "@gone"]
                  gone: [guest.destroy, disk.destroy]
                  production: { pool: [web, db] }
                  precious: { set: production, status: running }
                rules:
                  - { id: all, actions: ["*"], effect: allow }
                  - { id: d, actions: ["@dangerous"], except: [disk.destroy], where: { set: precious }, effect: deny }
                """, file: "p")
        func effect(_ action: Action, _ pool: String?, _ status: String) -> Effect {
            let guest = PolicyGuest(vmid: 1, pool: pool, status: status)
            return policy.evaluate(PolicyQuestion(actions: [action], caller: .human, guest: guest)).effect
        }
        #expect(effect("guest.destroy", "web", "running") == .deny)
        #expect(effect("guest.stop", nil, "running") == .deny)
        #expect(effect("guest.stop", nil, "stopped") == .allow)
        #expect(effect("disk.destroy", "web", "running") == .allow)
        #expect(effect("guest.start", "web", "running") == .allow)
    }

    @Test(arguments: [
        (
            "sets: { a: [\"@b\"], b: [\"@a\"] }\nrules: []",
            "p:2:24: a set must not contain itself: `a` → `b` → `a`"
        ),
        (
            "sets: { prod: { set: prod } }\nrules: []", "p:2:22: a set must not contain itself: `prod` → `prod`"
        ),
        (
            "sets: { prod: { pool: a } }\nrules: [{ id: r, actions: [\"*\"], where: { set: prdo }, effect: deny }]",
            "p:3:48: there is no set `prdo`; did you mean `prod`?"
        ),
        (
            "sets: { prod: { pool: a } }\nrules: [{ id: r, actions: [\"@prod\"], effect: deny }]",
            "p:3:28: `prod` is a set of guests: name it in where, as `set: prod`"
        ),
        (
            "rules: [{ id: r, actions: [\"*\"], where: { during: { days: [mom], zone: UTC } }, effect: deny }]",
            "p:2:60: unknown day `mom`; did you mean `mon`?"
        ),
        (
            "rules: [{ id: r, actions: [\"*\"], where: { during: { days: mon, zone: ../etc } }, effect: deny }]",
            "p:2:70: expected a zone such as Europe/Berlin, UTC or \"+02:00\", found `../etc`"
        ),
        (
            "rules: [{ id: r, actions: [\"*\"], where: { during: { from: \"10:00\", zone: UTC } }, effect: deny }]",
            "p:2:59: a window with `from` needs `to`"
        ),
        (
            "rules: [{ id: r, actions: [\"*\"], unless: { tag: x }, effect: deny }]",
            "p:2:42: a name or a tag alone must not exempt from a rule that asks for deny: whoever may configure a guest "
                + "could give it one; name a vmid, pool, node or storage as well"
        ),
        (
            "rules: [{ id: r, actions: [guest.stop], where: { tag: x }, effect: confirm }]",
            "p:2:48: a name or a tag alone must not allow: nothing but this rule speaks of guest.stop for human, and whoever "
                + "may configure a guest could give it a name or a tag; name a vmid, pool, node or storage as well, or add a "
                + "rule for guest.stop without where"
        ),
    ])
    func refusesWhatCouldNotBeMeant(_ text: String, _ expected: String) {
        #expect(throws: Failure(.config, expected)) { try PolicySet.load(yaml: "version: 1\n" + text, file: "p") }
    }

    @Test(arguments: [
        ("where: { tag: x, status: running }", false), ("where: { name: x, vmid: \"*\" }", false),
        ("where: { tag: x, pool: web }", true), ("where: { tag: x, vmid: 100-199 }", true),
        ("where: { kind: lxc }", true), ("unless: { tag: x }", true),
        ("where: { set: mixed }", false), ("where: { set: mixed, node: pve1 }", true),
        ("callers: [agent], where: { tag: x }", false),
    ])
    func aLabelAloneMayNotAllow(_ condition: String, _ loads: Bool) throws {
        let yaml = """
            version: 1
            sets: { mixed: { set: [pooled, tagged] }, pooled: { pool: web }, tagged: { tag: x } }
            rules:
              - { id: r, actions: [guest.stop], \(condition), effect: allow }
              - { id: other, actions: ["guest.*"], callers: [human], clusters: [lab], effect: confirm }
            """
        let policy = try? PolicySet.load(yaml: yaml, file: "p")
        #expect((policy != nil) == loads)
    }

    @Test func aLabelThatTightensIsWelcome() throws {
        let label = "{ id: r, actions: [guest.stop], where: { tag: web }, effect: confirm }"
        #expect(try decide(label, question()) == "confirm")
    }

    @Test func aReasonIsToldAndHarmless() throws {
        let rule = "{ id: r, actions: [guest.stop], reason: \"ask\\u202e \\u001b[1mOps\", effect: deny }"
        let decision = try PolicySet.load(yaml: Self.base + "  - " + rule, file: "p").evaluate(question())
        #expect(decision.because?.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202e } == false)
        #expect(decision.hint?.hasPrefix("rule \"r\" decides (p:4:5): ask") == true)
    }
}

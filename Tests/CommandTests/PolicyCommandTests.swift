// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport
import Testing

/// `pvelua policy …` with the real binary.
struct PolicyCommandTests {
    private let runner: CommandLineRunner

    init() throws { runner = try CommandLineRunner() }

    private let policy = """
        version: 1
        rules:
          - { id: reads, actions: ["read.*"], effect: allow }
          - { id: web, actions: [guest.stop], where: { pool: web }, effect: confirm }

        """

    // MARK: - check and show

    @Test func theShippedPolicyIsSound() async throws {
        let result = try await runner.pvelua("policy", "check")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.wholeMatch(of: #/ok: \d+ rules, shipped with pvelua\n/#) != nil, "\(result.output)")
    }

    @Test func checkReadsTheFileThatIsNamedOrOnesOwn() async throws {
        try runner.write("policy.yaml", policy)
        let own = runner.folder.appendingPathComponent("policy.yaml").path
        #expect(try await runner.pvelua("policy", "check").output == "ok: 2 rules, \(own)\n")
        let other = try runner.home.write("other.yaml", "version: 1\nrules: []\n").path
        #expect(try await runner.pvelua("policy", "check", other).output == "ok: 0 rules, \(other)\n")
        let json = try JSONValue(parsing: try await runner.pvelua("--format", "json", "policy", "check").output)
        #expect(json["ok"] == true && json["files"]?.array?.first?["rules"] == 2)
    }

    @Test(arguments: [
        (
            "version: 1\nrules:\n  - { id: a, actions: [guest.stpo], effect: deny }\n",
            ":3:24: no action matches `guest.stpo`"
        ),
        ("version: 1\nrules:\n  - { id: a, actions: [guest.stop], efect: deny }\n", ":3:37: unknown key `efect`"),
        ("version: 1\nrules: [\n", ":3:1: "),
    ])
    func checkNamesThePlaceOfAnError(text: String, words: String) async throws {
        let file = try runner.home.write("p.yaml", text).path
        let result = try await runner.pvelua("policy", "check", file)
        #expect(result.status == 2)
        #expect(result.errors.contains(file + words), "\(result.errors)")
    }

    @Test func aMissingFileIsAnErrorAndAnOpenOneMayBeLookedAtButNotBeInForce() async throws {
        #expect(try await runner.pvelua("policy", "check", "/nonexistent.yaml").status == 2)
        let file = try runner.home.write("p.yaml", policy, mode: 0o666).path
        #expect(try await runner.pvelua("policy", "check", file).status == 0)
        try runner.write("policy.yaml", policy)
        let own = runner.folder.appendingPathComponent("policy.yaml").path
        try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: own)
        for verb in ["check", "show"] {
            let result = try await runner.pvelua("policy", verb)
            #expect(result.status == 2 && result.errors.contains("others can write"), "\(result.errors)")
        }
    }

    @Test func showTellsTheTextAndWhereItStands() async throws {
        try runner.write("policy.yaml", policy + "# \u{202e}gone\n")
        let own = runner.folder.appendingPathComponent("policy.yaml").path
        let shown = try await runner.pvelua("policy", "show")
        #expect(shown.output == "# policy: \(own)\n" + policy + "# \\u{202e}gone\n")
        let json = try JSONValue(parsing: try await runner.pvelua("policy", "show", "--format", "json").output)
        #expect(json["policy"]?["file"]?.string == own)
        #expect(json["policy"]?["rules"]?.array?.map { $0["id"]?.string } == ["reads", "web"])
        #expect(json["ceiling"] == .null)
    }

    // MARK: - test

    private func cases(_ text: String) async throws -> ProcessResult {
        _ = try runner.home.write("p.yaml", policy)
        return try await runner.pvelua("policy", "test", try runner.home.write("p.test.yaml", text).path)
    }

    @Test func casesThatAreAsExpectedPass() async throws {
        let result = try await cases(
            """
            policy: p.yaml
            cases:
              - { name: web may be stopped, action: guest.stop, guest: { vmid: 101, pool: web }, expect: confirm, rule: web }
              - { action: guest.stop, guest: { vmid: 101 }, expect: deny }
              - { call: "POST /nodes/pve1/qemu/101/status/stop", guest: { pool: web }, expect: confirm }
              - { call: "POST /nodes/pve1/qemu/101/status/stop", parameters: { skiplock: 1 }, guest: { pool: web }, expect: deny }
              - { call: "GET /nodes/pve1/qemu/101/config", caller: agent, expect: allow, rule: reads }
              - { call: "POST /nodes/pve1/qemu/101/status/stop", expect: deny }
            """)
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        let lines = result.output.split(separator: "\n")
        #expect(lines.first == "ok     web may be stopped")
        #expect(lines.dropFirst().first == "ok     guest.stop")
        #expect(lines.last == "6 cases, all as expected")
    }

    @Test func aCaseThatFailsTellsWhatWasExpectedAndWhy() async throws {
        let result = try await cases(
            """
            policy: p.yaml
            cases:
              - { name: wrong, action: guest.stop, guest: { vmid: 101, pool: web }, expect: deny, rule: web }
              - { name: "\\e[31mred", action: guest.stop, guest: { pool: db }, expect: confirm }
            """)
        #expect(result.status == 1)
        #expect(result.output.contains("FAILED wrong"))
        #expect(result.output.contains("p.test.yaml:3:5: expected deny by web, got confirm by web"))
        #expect(result.output.contains("rule web: guest.stop → confirm"))
        #expect(result.output.contains("got deny by no rule"))
        #expect(!result.output.contains("\u{1b}"))
        #expect(result.output.hasSuffix("2 cases, 2 failed\n"))
    }

    @Test(arguments: [
        ("cases: []", ":1:8: there must be at least one case"),
        ("cases:\n  - { action: guest.stpo, expect: deny }", ":2:15: there is no action `guest.stpo`"),
        ("cases:\n  - { action: guest.stop, expect: never }", ":2:35: unknown value `never`"),
        ("cases:\n  - { action: guest.stop }", ":2:5: a case needs the key `expect`"),
        ("cases:\n  - { expect: deny }", ":2:5: a case needs either an `action` or a `call`"),
        ("cases:\n  - { call: \"STOP 101\", expect: deny }", ":2:13: expected a call such as"),
        ("cases:\n  - { action: guest.stop, guest: { nmae: x }, expect: deny }", ":2:36: unknown key `nmae`"),
        ("cases:\n  - { action: guest.stop, parameters: { a: 1 }, expect: deny }", "parameters belong to a `call`"),
        ("policy: nosuch.yaml\ncases:\n  - { action: guest.stop, expect: deny }", "cannot read"),
    ])
    func aFileOfCasesThatIsNotUnderstoodIsTheFilesFault(text: String, words: String) async throws {
        let result = try await cases(text)
        #expect(result.status == 2, "\(result.output)")
        #expect(result.errors.contains(words), "\(result.errors)")
    }

    @Test func withoutAPolicyTheOneInForceIsTried() async throws {
        let file = try runner.home.write(
            "t.yaml",
            "cases:\n  - { action: guest.destroy, guest: { vmid: 1, name: a }, expect: approve, rule: destroy }\n"
        ).path
        #expect(try await runner.pvelua("policy", "test", file).status == 0)
        try runner.write("policy.yaml", policy)
        let json = try await runner.pvelua("--format", "json", "policy", "test", file)
        #expect(json.status == 1)
        let report = try JSONValue(parsing: json.output)
        #expect(report["failed"] == 1 && report["results"]?.array?.first?["effect"] == "deny")
    }
}

// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport
import Testing

/// `pvelua policy explain` with the real binary on the demo cluster.
struct PolicyExplainTests {
    private let runner: CommandLineRunner

    init() throws { runner = try CommandLineRunner() }

    private func explain(_ arguments: String...) async throws -> ProcessResult {
        try await runner.pvelua(["--cluster", "demo", "policy", "explain"] + arguments)
    }

    private func decision(_ arguments: String...) async throws -> JSONValue { try await decision(arguments) }

    private func decision(_ arguments: [String]) async throws -> JSONValue {
        let result = try await runner.pvelua(
            ["--cluster", "demo", "--format", "json", "policy", "explain"] + arguments)
        #expect(result.status == 0, "\(result.errors)")
        return try JSONValue(parsing: result.output)
    }

    @Test func theDecisiveRuleIsNamedWithItsMatchersAndTheirValues() async throws {
        let result = try await explain("guest.stop", "101", "--caller", "agent")
        #expect(result.status == 0, "\(result.errors)")
        let lines = result.output.components(separatedBy: "\n")
        #expect(lines[0].hasPrefix("guest.stop by agent on cluster demo at 2"))
        #expect(lines[1].hasPrefix("→ approve, rule agents ("))
        #expect(
            result.output.contains(
                "guest.stop of guest 101 web-1 (qemu, on pve1, running, pool web, tags web) → approve"))
        let decisive = lines.filter { $0.hasSuffix("← decides") }
        #expect(decisive.count == 1 && decisive[0].contains("yes agents"))
        // Every rule is told of, and each of its matchers.
        #expect(lines.contains { $0.contains("yes hard") && $0.contains("confirm-typed") })
        #expect(lines.contains { $0.contains("no  crown") })
        #expect(lines.contains { $0.contains("no  where.tag") && $0.contains("web") && $0.hasSuffix("in crown-*") })
        #expect(lines.contains { $0.contains("yes callers") && $0.hasSuffix("in ci, agent") })
    }

    struct Row: Sendable {
        var arguments: [String]
        var effect: String
        var rule: String?

        init(_ arguments: [String], _ effect: String, _ rule: String?) {
            self.arguments = arguments
            self.effect = effect
            self.rule = rule
        }
    }

    static let rows: [Row] = [
        Row(["guest.stop", "101"], "confirm-typed", "hard"),
        Row(["guest.stop", "101", "--caller", "ci"], "approve", "agents"),
        Row(["guest.start", "103"], "allow", "start"),
        Row(["guest.start,guest.args", "103"], "approve", "host"),
        Row(["guest.start,api.unknown", "103"], "deny", nil),
        Row(["POST /nodes/pve1/qemu/101/status/stop"], "confirm-typed", "hard"),
        Row(["POST /nodes/pve1/qemu/101/status/shutdown"], "confirm", "graceful"),
        Row(["POST /nodes/pve1/qemu/101/status/shutdown", "--param", "forceStop=1"], "confirm-typed", "hard"),
        Row(["PUT /nodes/pve1/qemu/101/config", "--param", "delete=scsi0"], "approve", "destroy"),
        Row(["GET /cluster/resources", "--caller", "agent"], "allow", "reads"),
        // A path that nobody knows may be about a guest, and of that the tags are not known.
        Row(["POST /no/such/path"], "deny", "crown"),
        Row(["guest.stop"], "deny", "crown"),
    ]

    @Test(arguments: rows)
    func theAnswerIsThePolicys(row: Row) async throws {
        let json = try await decision(row.arguments)
        #expect(json["effect"]?.string == row.effect, "\(row.arguments)")
        #expect(json["rule"]?.string == row.rule, "\(row.arguments)")
    }

    @Test func theCallersAnswerIsTheOneThatIsAskedFor() async throws {
        let agent = try await runner.pvelua(
            ["--cluster", "demo", "--format", "json", "policy", "explain", "guest.stop", "101", "--caller", "human"],
            environment: ["CLAUDECODE": "1"])
        #expect(try JSONValue(parsing: agent.output)["caller"] == "human", "explain is a question")
        let detected = try await runner.pvelua(
            ["--cluster", "demo", "--format", "json", "policy", "explain", "guest.stop", "101"],
            environment: ["CLAUDECODE": "1"])
        #expect(try JSONValue(parsing: detected.output)["caller"] == "agent")
    }

    @Test func everyRuleHasItsPlaceAndItsMatchersInJSON() async throws {
        let json = try await decision("guest.stop", "101")
        let part = try #require(json["parts"]?.array?.first)
        #expect(part["vmid"] == 101 && part["name"] == "web-1" && part["decisive"] == true)
        let rules = try #require(part["rules"]?.array)
        #expect(rules.count == 15)
        #expect(rules.filter { $0["decisive"] == true }.map { $0["rule"]?.string } == ["hard"])
        let crown = try #require(rules.first { $0["rule"] == "crown" })
        let tag = try #require(crown["matchers"]?.array?.first { $0["name"] == "where.tag" })
        #expect(tag["value"] == "web" && tag["verdict"] == "no" && tag["patterns"] == ["crown-*"])
        #expect(crown["place"]?.string?.contains("policy.yaml") == true)
    }

    @Test func whatIsNotKnownIsToldAsSuch() async throws {
        let result = try await explain("guest.stop")
        #expect(result.output.contains("guest (unknown)"))
        #expect(result.output.contains("may crown"))
        #expect(result.output.contains("may where.tag  unknown"))
    }

    @Test func timeDecidesWhereARuleGoesByIt() async throws {
        try runner.write(
            "policy.yaml",
            """
            version: 1
            rules:
              - { id: reads, actions: ["read.*"], effect: allow }
              - { id: work, actions: [guest.stop], effect: confirm }
              - { id: night, actions: [guest.stop], effect: deny, unless: { during: { days: [mon, tue, wed, thu, fri], from: "08:00", to: "18:00", zone: UTC } } }

            """)
        let noon = try await decision("guest.stop", "101", "--at", "2026-11-23T12:00:00Z")
        #expect(noon["effect"] == "confirm")
        let night = try await decision("guest.stop", "101", "--at", "2026-11-23T22:00:00Z")
        #expect(night["effect"] == "deny" && night["rule"] == "night")
    }

    /// What a caller may not look at is not told by way of an explanation.
    @Test func whoMayNotReadAGuestLearnsNothingOfIt() async throws {
        try runner.write(
            "policy.yaml", "version: 1\nrules:\n  - { id: none, actions: [\"read.*\"], effect: deny }\n")
        let result = try await explain("guest.stop", "101")
        #expect(result.status == 22)
        #expect(!result.output.contains("web-1") && !result.errors.contains("web-1"))
    }

    @Test(arguments: [
        ["guest.stpo"], ["guest.stop", "web"], ["guest.stop", "101", "--caller", "robot"],
        ["guest.stop", "--at", "noon"],
        ["guest.stop", "--param", "a=1"], ["STOP 101"], [],
    ])
    func whatIsNoQuestionIsAUsageError(arguments: [String]) async throws {
        let result = try await runner.pvelua(["--cluster", "demo", "policy", "explain"] + arguments)
        #expect(result.status == 2, "\(result.errors)")
    }

    @Test func aGuestThatIsNotThereIsToldOf() async throws {
        let result = try await explain("guest.stop", "999")
        #expect(result.status == 5 && result.errors.contains("999"))
    }
}

// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport
import Testing

/// An agent's story with the real binary against a real server: plan, refusal, a person's approval, apply, status.
struct MCPCommandTests {
    private let runner: CommandLineRunner
    private let server: RunningServer
    private let client: MCPClient

    init() async throws {
        runner = try CommandLineRunner()
        server = try await RunningServer()
        try runner.configure(server)
        client = MCPClient(runner: runner)
    }

    private var changes: [String] {
        get async throws { try await server.requests().filter { $0.method != "GET" }.map(\.path) }
    }

    @Test func aPlanIsRefusedThenApprovedThenAppliedOnce() async throws {
        let plan = try await client.call(("plan", ["lua": "pve.vm_action(nil, 103, 'start') print('on')"]))[0]
        let digest = try #require(plan["structuredContent"]?["digest"]?.string, "\(plan.text)")
        #expect(plan["structuredContent"]?["demand"]?.string == "approve" && plan["isError"] == false)
        #expect(plan["structuredContent"]?["operations"]?.array?.first?["action"]?.string == "guest.start")

        let refused = try await client.call(("apply", ["digest": .string(digest), "wait": 0]))[0]
        #expect(refused["isError"] == true)
        #expect(refused["structuredContent"]?["error"]?["kind"]?.string == "approval_required")
        #expect(try await changes.isEmpty)

        let approved = try await runner.atTerminal(
            [["type (approve \\d{4}) to go on", "{1}\n"]], ["approve", digest])
        #expect(approved.status == 0, "\(approved.output)")
        let standing = try await client.call(("status", ["id": .string(digest)]))[0]
        #expect(standing["structuredContent"]?["plan"]?["met"] == true, "\(standing.text)")

        let applied = try await client.call(("apply", ["digest": .string(digest), "wait": 60]))[0]
        let run = try #require(applied["structuredContent"]?["run"]?["id"]?.string, "\(applied.text)")
        #expect(applied["structuredContent"]?["run"]?["state"]?.string == "ended", "\(applied.text)")
        #expect(
            applied["structuredContent"]?["run"]?["account"]?.string?.hasSuffix("via \"test-agent 1\" for \"bob\"")
                == true)
        let audit = try await runner.pvelua("audit", "show", "--format", "json")
        #expect(audit.output.contains(#"via \"test-agent 1\" for \"bob\""#), "\(audit.output)\(audit.errors)")
        #expect(applied["structuredContent"]?["run"]?["caller"]?.string == "agent")
        #expect(try await changes == ["/nodes/pve1/qemu/103/status/start"].map { "/api2/json" + $0 })

        let again = try await client.call(
            ("apply", ["digest": .string(digest), "wait": 0]), ("status", ["id": .string(digest)]),
            ("log", ["id": .string(run)]), ("log", ["id": .string(run), "tasks": true]))
        #expect(again[0]["structuredContent"]?["run"]?["id"]?.string == run)
        #expect(again[1]["structuredContent"]?["run"]?["id"]?.string == run)
        #expect(again[2]["structuredContent"]?["output"]?.string?.contains("on\n") == true, "\(again[2].text)")
        #expect(again[3]["structuredContent"]?["run"]?["steps"]?.array?.count == 1)
        #expect(try await changes.count == 1)
    }

    private func allowAll() throws {
        try runner.write(
            "policy.yaml", "version: 1\nrules:\n  - { id: all, actions: [\"*\"], effect: allow }\n")
    }

    private func planned(_ code: String) async throws -> String {
        let plan = try await client.call(("plan", ["lua": .string(code)]))[0]
        try expectBySchema(plan, of: "plan")
        return try #require(plan["structuredContent"]?["digest"]?.string, "\(plan.text)")
    }

    @Test func twoWhoApplyAtOnceAreToldOfOneRun() async throws {
        try allowAll()
        let digest = JSONValue.string(try await planned("pve.vm_action(nil, 103, 'start')"))
        let both = try await client.call(
            ("apply", ["digest": digest, "wait": 20]), ("apply", ["digest": digest, "wait": 20]),
            ("apply", ["digest": digest, "wait": 20]))
        let runs = Set(both.map { $0["structuredContent"]?["run"]?["id"]?.string })
        #expect(runs.count == 1 && !runs.contains(nil), "\(both)")
        #expect(try await changes.count == 1)
    }

    @Test func aRunThatFailedSaysWhyAndItsLogIsNoError() async throws {
        try allowAll()
        let digest = try await planned(
            "print('begun') pve.vm_action(nil, 103, 'start') pve.vm_action(nil, 111, 'start')")
        let fault = #"{"method":"POST","path":"*/111/status/start","effect":"status","status":500}"#
        _ = try await server.control("/sim/faults", body: fault)
        let applied = try await client.call(("apply", ["digest": .string(digest), "wait": 20]))[0]
        try expectBySchema(applied, of: "apply")
        let run = try #require(applied["structuredContent"]?["run"])
        #expect(run["state"] == "failed" && run["error"]?["kind"] == "server", "\(applied.text)")
        let log = try await client.call(("log", ["id": run["id"] ?? .null]))[0]
        #expect(log["isError"] == false)
        #expect(log["structuredContent"]?["output"]?.string?.contains("begun\n") == true, "\(log.text)")
    }

    @Test func warningsAndWordsOnTheWayAreTold() async throws {
        let result = try await client.call(("run_readonly", ["lua": "pve.log('hello', 'warning') return 1"]))[0]
        try expectBySchema(result, of: "run_readonly")
        #expect(result["structuredContent"]?["notes"]?.text.contains("hello") == true, "\(result.text)")
    }

    @Test func aLongPlanIsReadOnAndAnUnknownOneIsNotFound() async throws {
        let digest = JSONValue.string(
            try await planned("for _, v in ipairs{ 101, 102, 110 } do pve.tag(v, 'x') end"))
        let first = try await client.call(("status", ["id": digest]), ("status", ["id": digest, "offset": 2]))
        for answer in first { try expectBySchema(answer, of: "status") }
        #expect(first[0]["structuredContent"]?["plan"]?["operations"]?.array?.count == 3, "\(first[0].text)")
        #expect(first[1]["structuredContent"]?["plan"]?["operations"]?.array?.count == 1)
        let none = JSONValue.string(String(repeating: "a", count: 64))
        for answer in try await client.call(("status", ["id": none]), ("apply", ["digest": none])) {
            #expect(answer["structuredContent"]?["error"]?["kind"] == "not_found", "\(answer.text)")
        }
    }

    @Test func aPlanThatEndsEarlyIsBySchema() async throws {
        let plan = try await client.call(
            ("plan", ["lua": "local t = pve.vm_action(nil, 103, 'start') if t.upid == 'x' then print(1) end"]))[0]
        try expectBySchema(plan, of: "plan")
        #expect(plan["structuredContent"]?["partial"]?["what"] != nil, "\(plan.text)")
    }

    @Test func whatIsHostileOrLongIsCut() async throws {
        let answers = try await client.call(
            ("run_readonly", ["lua": "error(('z'):rep(100000))"]),
            ("run_readonly", ["lua": "error('\\27[31m\\u{202e}')"]),
            ("run_readonly", ["lua": "return { name = 'a\\u{202e}b' }"]),
            ("run_readonly", ["lua": "return 1", "cluster": "demo\u{0}x"]), ("docs", ["query": "zzzzqqq"]))
        #expect(answers[0].text.utf8.count < 20_000)
        #expect(!answers[1].text.unicodeScalars.contains { $0.value == 0x202e }, "\(answers[1].text)")
        let output = try #require(answers[2]["structuredContent"]?["output"]?.string)
        #expect(try JSONValue(parsing: output)["name"]?.string == "a\u{202e}b", "\(output)")
        #expect(answers[3]["structuredContent"]?["error"]?["kind"] == "parameter", "\(answers[3].text)")
        #expect(answers[4]["structuredContent"]?["text"]?.string?.hasPrefix("Nothing is found") == true)
    }

    @Test func applyWaitsForTheSignatureAndGoesOnByItself() async throws {
        let plan = try await client.call(("plan", ["lua": "pve.vm_action(nil, 103, 'start')"]))[0]
        let digest = try #require(plan["structuredContent"]?["digest"]?.string)
        async let waiting = client.call(("apply", ["digest": .string(digest), "wait": 25]))
        let approved = try await runner.atTerminal(
            [["type (approve \\d{4}) to go on", "{1}\n"]], ["approve", digest])
        #expect(approved.status == 0)
        let applied = try await waiting[0]
        #expect(applied["structuredContent"]?["run"] != nil, "\(applied.text)")
        #expect(try await changes.count == 1)
    }

    /// A client that takes its request back wants nothing more of it; one that merely leaves does not say so.
    @Test func aRunWhoseRequestIsTakenBackBeginsNothingNew() async throws {
        try runner.write(
            "policy.yaml", "version: 1\nrules:\n  - { id: all, actions: [\"*\"], effect: allow }\n")
        let code = "pve.vm_action(nil, 103, 'start') pve.sleep(3600) pve.vm_action(nil, 103, 'stop')"
        let plan = try await client.call(("plan", ["lua": .string(code)]))[0]
        let digest = try #require(plan["structuredContent"]?["digest"]?.string, "\(plan.text)")
        let (server, runner) = (server, runner)
        let call = { (wait: Int) in
            #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"apply","arguments":{"digest":"\#(digest)","wait":\#(wait)}}}"#
        }
        let begun = try await client.say([call(0)])
        let run = try #require(begun[0]["result"]?["structuredContent"]?["run"]?["id"]?.string, "\(begun)")
        try await eventually("the first change") {
            try await server.requests().contains { $0.method == "POST" && $0.path.hasSuffix("start") }
        }
        #expect(try await runner.pvelua("runs", "show", run).output.contains("running"), "who leaves ends nothing")
        _ = try await client.say(
            [call(3600), #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#], answers: 0)
        try await eventually("the end of the run") {
            try await !runner.pvelua("--format", "json", "runs", "show", run).output.contains(#""ended":null"#)
        }
        #expect(try await changes.count == 1)
    }

    @Test func aDenialIsExplained() async throws {
        let plan = try await client.call(("plan", ["lua": "pve.vm_action(nil, 103, 'start')"]))[0]
        let digest = try #require(plan["structuredContent"]?["digest"]?.string)
        #expect(try await runner.pvelua("deny", "--reason", "not tonight", digest).status == 0)
        let refused = try await client.call(("apply", ["digest": .string(digest), "wait": 20]))[0]
        #expect(refused["isError"] == true && refused.text.contains("not tonight"), "\(refused.text)")
        #expect(try await changes.isEmpty)
    }

    @Test func lookingChangesNothingWhateverPolicyAllows() async throws {
        try runner.write(
            "policy.yaml", "version: 1\nrules:\n  - { id: all, actions: [\"*\"], effect: allow }\n")
        let found = try await client.call(
            ("run_readonly", ["lua": "for _, vm in ipairs(pve.list_vms()) do print(vm.name) end return 7"]),
            ("run_readonly", ["lua": "pve.vm_action(nil, 103, 'start')"]),
            ("run_readonly", ["lua": "pve.api.post('/nodes/pve1/qemu/103/status/start')"]),
            ("run_readonly", ["lua": "return pve.cluster('demo').vm_action(nil, 103, 'start')"]),
            ("run_readonly", ["lua": "return pve.params.tag", "params": ["tag": "web"]]),
            ("run_readonly", ["lua": "x = = 1"]))
        #expect(found[0]["structuredContent"]?["output"]?.string?.hasSuffix("7\n") == true, "\(found[0].text)")
        for answer in found[1...3] {
            #expect(answer["structuredContent"]?["error"]?["kind"]?.string == "policy_denied", "\(answer.text)")
        }
        #expect(found[4]["structuredContent"]?["output"]?.string == "\"web\"\n", "\(found[4].text)")
        #expect(found[5]["structuredContent"]?["error"]?["kind"]?.string == "script")
        #expect(try await changes.isEmpty)
    }

    @Test func longAnswersAreCutAndGoOnWhereTheyWereCut() async throws {
        let code: JSONValue = "for i = 1, 2000 do print('line ' .. i) end"
        let first = try await client.call(("run_readonly", ["lua": code, "max_bytes": 1000]))[0]
        let next = try #require(first["structuredContent"]?["next"])
        #expect(first["structuredContent"]?["output"]?.string?.utf8.count == 1000)
        let second = try await client.call(("run_readonly", ["lua": code, "max_bytes": 1000, "offset": next]))[0]
        let text =
            (first["structuredContent"]?["output"]?.string ?? "")
            + (second["structuredContent"]?["output"]?.string ?? "")
        #expect(text.hasPrefix("line 1\nline 2\n") && text.contains("line 200\n") && text.utf8.count == 2000)
    }

    @Test func allToolsTogetherAreBrief() async throws {
        let answer = try await client.say([#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#])
        let tools = try #require(answer.first?["result"]?["tools"]?.array)
        #expect(
            tools.compactMap { $0["name"]?.string } == [
                "plan", "run_readonly", "apply", "status", "cancel", "log", "docs",
            ])
        let bytes = JSONValue.array(tools).encoded().count
        #expect(bytes < 6000)
        let page = try String(
            contentsOf: Places.repository.appendingPathComponent("docs/agents.md"), encoding: .utf8)
        #expect(page.contains("| pvelua | 7 | \(bytes / 1000),\(bytes % 1000) | "), "\(bytes)")
    }

    @Test func docsAreBrief() async throws {
        let found = try await client.call(
            ("docs", ["query": "vm_action"]), ("docs", ["query": "delete old snapshots", "max_bytes": 600]))
        #expect(found[0]["structuredContent"]?["text"]?.string?.contains("pve.vm_action") == true)
        let text = try #require(found[1]["structuredContent"]?["text"]?.string)
        #expect(text.contains("snapshot_prune") && text.utf8.count <= 600)
    }
}

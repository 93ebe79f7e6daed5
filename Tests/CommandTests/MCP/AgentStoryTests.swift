// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport
import Testing

/// The whole story with the reference SDK on the embedded cluster, and the page that tells it.
struct AgentStoryTests {
    private let runner: CommandLineRunner
    private let agent: SDKAgent

    init() throws {
        runner = try CommandLineRunner()
        agent = SDKAgent(runner: runner)
    }

    private static let code = """
        for _, vm in ipairs(pve.list_vms{ status = "stopped", template = false }) do
          pve.vm_action(nil, vm.vmid, "start")
          print(vm.name .. " is on")
        end
        """

    @Test(arguments: [("legacy", "2025-11-25"), ("auto", "2026-07-28")])
    func bothErasOfTheProtocolAreSpoken(mode: String, revision: String) async throws {
        var agent = agent
        agent.revision = mode
        let session = try await agent.session(
            ("run_readonly", ["lua": "return #pve.list_vms()"]), ("approve", .object(JSONObject())),
            ("docs", ["query": "vm_action"]), ("run_readonly", ["lua": "pve.vm_action(nil, 103, 'start')"]))
        #expect(session.introduction["revision"]?.string == revision)
        #expect(session.introduction["tools"]?.array?.count == 7)
        #expect(session.answers[0]["result"]?["structuredContent"]?["output"] == "6\n")
        #expect(session.answers[1]["error"]?["code"] == -32602)
        #expect(session.answers[2]["result"]?["structuredContent"]?["text"]?.string?.contains("vm_action") == true)
        #expect(session.answers[3]["result"]?["structuredContent"]?["error"]?["kind"] == "policy_denied")
        #expect(session.answers.last?["asked"] == [])
    }

    @Test func recordedStory() async throws {
        var story = AgentStory(home: runner.home.url.path)
        let look = try await agent.session(
            ("run_readonly", ["lua": "for _, vm in ipairs(pve.list_vms()) do print(vm.vmid, vm.name, vm.status) end"]))
        try story.add("What is there?", "run_readonly", look.answers[0])

        let planned = try await agent.session(("plan", ["lua": .string(Self.code)]))
        let digest = try #require(planned.answers[0]["result"]?["structuredContent"]?["digest"]?.string, "\(planned)")
        #expect(planned.answers[0]["result"]?["structuredContent"]?["demand"] == "approve")
        try story.add("A plan. Nothing is changed by it", "plan", planned.answers[0])

        let refused = try await agent.session(("apply", ["digest": .string(digest), "wait": 0]))
        #expect(refused.answers[0]["result"]?["structuredContent"]?["error"]?["kind"] == "approval_required")
        try story.add("It is not for the agent to say yes", "apply", refused.answers[0])

        // From here on the agent waits, while a person reads.
        async let waiting = agent.session(("apply", ["digest": .string(digest), "wait": 100]))
        let approved = try await runner.atTerminal(
            [["type (approve \\d{4}) to go on", "{1}\n"]], ["approve", digest], environment: ["NO_COLOR": "1"])
        #expect(approved.status == 0, "\(approved.output)")
        story.add("Meanwhile, at a person's terminal", "pvelua approve \(digest)", typed: approved.output)
        let applied = try await waiting.answers[0]
        let run = try #require(applied["result"]?["structuredContent"]?["run"], "\(applied)")
        #expect(run["state"] == "ended" && run["caller"] == "agent")
        let told = (applied["progress"]?.array ?? []).compactMap { $0["done"].map(\.text).flatMap(Double.init) }
        #expect(!told.isEmpty && told == told.sorted() && applied["asked"] == [])
        try story.add("The agent, who has waited, goes on by itself", "apply", applied)

        let id = try #require(run["id"]?.string)
        let after = try await agent.session(
            ("apply", ["digest": .string(digest), "wait": 0]), ("log", ["id": .string(id)]),
            ("status", ["id": .string(digest)]))
        #expect(after.answers[0]["result"]?["structuredContent"]?["run"]?["id"]?.string == id)
        let log = after.answers[1]["result"]?["structuredContent"]?["output"]?.string
        #expect(log?.contains("is on") == true, "\(after)")
        #expect(after.answers[2]["result"]?["structuredContent"]?["run"]?["state"] == "ended")
        try story.add("Asked again, it tells of the same run", "apply", after.answers[0])
        try story.add("What it has printed", "log", after.answers[1])
        let audit = try await runner.pvelua("audit", "show", "--limit", "20")
        #expect(audit.output.contains("sdk-agent 2") && audit.output.contains("alice"), "\(audit.output)")
        try expectRecorded("docs/agents-story.md", story.page(of: Self.code))
    }
}

/// What was said, as a page; names that are new each time are told by the same words.
private struct AgentStory {
    private let home: String
    private var parts: [String] = []

    init(home: String) { self.home = home }

    mutating func add(_ heading: String, _ tool: String, _ answer: JSONValue) throws {
        try expectBySchema(answer["result"] ?? .null, of: tool)
        var lines = ["## \(heading)", "", "`\(tool)` answers:", "", "```json"]
        lines += [pretty(answer["result"]?["structuredContent"] ?? .null, ""), "```", ""]
        parts.append(lines.joined(separator: "\n"))
    }

    mutating func add(_ heading: String, _ command: String, typed: String) {
        // CR and LF are one Character.
        var screen = typed.replacing("\r\n", with: "\n").replacing("\r", with: "").split(
            separator: "\n", omittingEmptySubsequences: false
        )
        .map { $0.trimmingCharacters(in: .whitespaces).isEmpty ? "" : String($0) }
        // What is read side by side is answered in any order.
        let isRead = { (line: String) in line.hasPrefix("│ read ") }
        if let first = screen.firstIndex(where: isRead), let last = screen.lastIndex(where: isRead) {
            screen[first...last].sort()
        }
        parts.append(
            "## \(heading)\n\n```\n$ \(command)\n" + screen.joined(separator: "\n").trimmingCharacters(in: .newlines)
                + "\n```\n")
    }

    func page(of code: String) -> String {
        let opening = """
            # A change by an agent, from the first look to the last

            Recorded by a test with the reference SDK of the Model Context Protocol on the embedded cluster; digests, ids and times are \
            told by dots. The agent wants to start whatever is stopped:

            ```lua
            \(code)
            ```


            """
        return mask(opening + parts.joined(separator: "\n"))
    }

    private func mask(_ page: String) -> String {
        var page = page.replacing(home, with: "~").replacing(NSUserName(), with: "bob")
        for (pattern, shown) in [
            (#"\b[0-9a-f]{64}\b"#, "8f2d…"), (#"\b[0-9a-f]{32}\.lua"#, "3c5e….lua"),
            (#"\b[0-9a-hjkmnp-tv-z]{22}\b"#, "0t8…"), (#"UPID:[^"\s]+"#, "UPID:pve1:…"),
            (#"\d{4}-\d\d-\d\dT?[ ]?\d\d:\d\d(:\d\d)?(\.\d+)?( ?UTC|Z)?"#, "2026-…"),
            (#"approve \d{4}\b"#, "approve 4711"),
            (#"("(?:expires|began|intended|sent|accepted|ended|seconds)": ?)[0-9.]+"#, "$1…"),
            (#"\(1[78]\d{8}\)"#, "(…)"), (#"\d+ times"#, "n times"),
            (#"seed "\d+", nonce "\w+""#, #"seed "…", nonce "…""#),
        ] {
            page = page.replacingOccurrences(of: pattern, with: shown, options: .regularExpression)
        }
        return page
    }

    /// JSON with a line for each member, small ones in one: as they are shown, for times and ids are of any length.
    private func pretty(_ value: JSONValue, _ indent: String) -> String {
        if mask(value.text).utf8.count + indent.utf8.count < 100 { return value.text }
        let inner = indent + "  "
        if let object = value.object {
            let lines = object.members.map { "\(inner)\"\($0.key)\": \(pretty($0.value, inner))" }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
        }
        if let array = value.array {
            return "[\n" + array.map { inner + pretty($0, inner) }.joined(separator: ",\n") + "\n\(indent)]"
        }
        return value.text
    }
}

// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport
import Testing

/// A plan that waits for a person is announced by the monitor's channels.
struct ApprovalNoticeTests {
    private let runner: CommandLineRunner
    private let server: RunningServer
    private let hook: HookServer
    private let client: MCPClient

    init() async throws {
        runner = try CommandLineRunner()
        server = try await RunningServer()
        hook = try await HookServer()
        client = MCPClient(runner: runner)
    }

    private func configure(_ channels: String...) throws {
        try runner.configure(
            server, more: "monitor:\n  channels:\n" + channels.map { "    - \($0)\n" }.joined())
    }

    private func refused(_ digest: String) async throws -> JSONValue? {
        try await client.call(("apply", ["digest": .string(digest), "wait": 0]))[0]["structuredContent"]?["error"]
    }

    private func plan(_ code: String) async throws -> String {
        let answer = try await client.call(("plan", ["lua": .string(code)]))[0]
        return try #require(answer["structuredContent"]?["digest"]?.string, "\(answer.text)")
    }

    @Test func itIsAnnouncedOnceToWhoeverIsToHearOfIt() async throws {
        let address = "http://127.0.0.1:\(hook.port)"
        try configure(
            "{ id: plain, webhook: \"\(address)/plain\", rules: [approval] }",
            "{ id: others, webhook: \"\(address)/others\", severity: critical }",
            "{ id: phone, webhook: \"\(address)/topic\", form: ntfy }", "{ id: here, stdout: true }")
        let digest = try await plan("pve.vm_action(nil, 103, 'start')")
        #expect(try hook.requests().isEmpty, "a plan alone asks nobody")
        for _ in 0..<2 { #expect(try await refused(digest)?["kind"]?.string == "approval_required") }
        let requests = try hook.requests()
        #expect(
            Set(requests.compactMap { $0["path"]?.string }) == ["/plain", "/"] && requests.count == 2, "\(requests)")
        let body = try #require(requests.first { $0["path"] == "/plain" }?["body"])
        #expect(body["condition"] == "approval_wanted" && body["cluster"] == "lab" && body["event"] == "fired")
        #expect(body["subject"]?["kind"] == "plan" && body["subject"]?["id"] == .string(digest))
        let text = body["text"]?.string ?? ""
        #expect(
            text.contains("via \"test-agent 1\" for \"bob\" wants to apply a plan: guest.start 103; it holds until"))
        #expect(body["advice"]?.string == "read it at a terminal: pvelua approve \(digest); or pvelua deny \(digest)")
        #expect(try await server.requests().allSatisfy { $0.method == "GET" })
    }

    @Test func aChannelThatDoesNotWorkHoldsNothingUp() async throws {
        try hook.answer(500)
        try configure(
            "{ id: broken, webhook: \"http://127.0.0.1:\(hook.port)/x\" }", "{ id: mad, command: [\"/bin/false\"] }")
        let digest = try await plan("pve.vm_action(nil, 103, 'start')")
        let first = try await runner.pvelua("apply", digest, environment: ["AI_AGENT": "1"])
        #expect(first.status == 21)
        #expect(first.errors.contains("warning: channel broken: ") && first.errors.contains("warning: channel mad: "))
        let second = try await runner.pvelua("apply", digest, environment: ["AI_AGENT": "1"])
        #expect(second.status == 21 && !second.errors.contains("warning"), "\(second.errors)")
    }

    @Test func whatIsDeniedOrApprovedIsNotAnnounced() async throws {
        try configure("{ id: plain, webhook: \"http://127.0.0.1:\(hook.port)/plain\" }")
        let digest = try await plan("pve.vm_action(nil, 103, 'start')")
        #expect(try await runner.pvelua("deny", digest).status == 0)
        #expect(try await refused(digest)?["kind"]?.string == "policy_denied")
        #expect(try hook.requests().isEmpty)
    }
}

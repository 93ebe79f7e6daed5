// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport
import Testing

/// A run stops, others change the world, and the run is gone on with: what no longer holds stops it before anything is sent.
struct ResumedWorldTests {
    /// What others did meanwhile, and what must come of it.
    struct Meanwhile: Sendable, CustomStringConvertible {
        var description: String
        /// Lua that somebody else runs.
        var lua = ""
        /// A command of the same person.
        var command: [String] = []
        /// The policy from then on.
        var policy: String?
        var hasOtherToken = false
        /// The kind of the error; nil where the run goes on to its end.
        var kind: String?
        var words = ""

        static let all = [
            Meanwhile(description: "nothing"),
            Meanwhile(
                description: "the guest was destroyed",
                lua: "pve.vm_action(nil, 101, 'stop') pve.destroy(nil, 101)", kind: "not_found"),
            Meanwhile(
                description: "the guest was renamed", lua: "pve.configure(nil, 101, { set = { name = 'other' } })",
                kind: "conflict", words: "guest 101 is not what it was when the run began: it was web-1"),
            Meanwhile(description: "the guest moved", lua: "pve.vm(101):migrate('pve2')"),
            Meanwhile(
                description: "its tag was taken away", lua: "pve.untag(101, 'web')",
                policy: "{ id: tagged, where: { tag: web }, actions: [guest.shutdown], effect: deny }",
                kind: "policy_denied", words: "tagged"),
            Meanwhile(
                description: "policy became stricter",
                policy: "{ id: never, actions: [guest.shutdown], effect: deny }", kind: "policy_denied"),
            Meanwhile(
                description: "changes were frozen", command: ["freeze", "--for", "1h", "--reason", "a switch"],
                kind: "policy_denied", words: "changes are frozen until"),
            Meanwhile(description: "the token was changed", hasOtherToken: true, kind: "auth"),
        ]
    }

    private static let free = "{ id: all, actions: [\"*\"], effect: allow }"

    private static func policy(_ rules: String...) -> String {
        "version: 1\nrules:\n" + rules.map { "  - \($0)\n" }.joined()
    }

    @Test(arguments: Meanwhile.all) func whatChangedMeanwhileIsNotOverlooked(_ meanwhile: Meanwhile) async throws {
        let server = try await RunningServer()
        let (runner, other) = (try CommandLineRunner(), try CommandLineRunner())
        try runner.configure(server)
        try other.configure(server)
        try other.write("policy.yaml", Self.policy(Self.free))
        let asking = "{ id: asked, actions: [guest.shutdown], effect: confirm }"
        try runner.write("policy.yaml", Self.policy(asking, Self.free))
        let script = try runner.home.write(
            "job.lua",
            """
            local guest = pve.vm(101)
            pve.vm_action(nil, 103, "start")
            guest:shutdown()
            pve.vm_action(nil, 102, "shutdown")
            print("end")
            """)
        let begun = try await runner.pvelua("--format", "json", "run", script.path)
        let id = try #require(begun.jsonError?["run"]?["id"]?.string, "\(begun.errors)")
        if !meanwhile.lua.isEmpty {
            let changed = try await other.pvelua("--yes", "-e", meanwhile.lua)
            #expect(changed.status == 0, "\(changed.errors)")
        }
        if !meanwhile.command.isEmpty { #expect(try await runner.pvelua(meanwhile.command).status == 0) }
        if let rule = meanwhile.policy { try runner.write("policy.yaml", Self.policy(rule, asking, Self.free)) }
        if meanwhile.hasOtherToken { try runner.configure(server, secret: "00000000-0000-4000-8000-00000000ffff") }
        let before = try await server.requests().count
        let resumed = try await runner.pvelua("--format", "json", "--yes", "runs", "resume", id)
        let sent = try await server.requests().dropFirst(before).filter { $0.method != "GET" }.map(\.path)
        #expect(!sent.contains { $0.hasSuffix("/103/status/start") })
        guard let kind = meanwhile.kind else {
            #expect(resumed.status == 0 && resumed.output == "end\n", "\(resumed.errors)")
            return #expect(sent.count == 2, "\(sent)")
        }
        #expect(resumed.jsonError?["kind"]?.string == kind, "\(resumed.errors)")
        #expect(meanwhile.words.isEmpty || resumed.errors.contains(meanwhile.words), "\(resumed.errors)")
        #expect(sent.isEmpty, "\(sent)")
    }
}

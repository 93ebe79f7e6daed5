// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport
import Testing

/// A person says what became of a step, and the run goes on from there.
struct ResolvedAndResumedTests {
    /// What a command in a guest answers is kept nowhere; a failure to be sure of it is no answer.
    @Test func aCommandInAGuestThatDidNotHappenIsSentAgain() async throws {
        let (server, runner) = (try await RunningServer(), try CommandLineRunner())
        try runner.configure(server)
        try runner.write(
            "policy.yaml", "version: 1\nrules:\n  - { id: all, actions: [\"*\"], effect: allow }\n")
        let script = try runner.home.write("exec.lua", "print(pve.agent_exec(101, { 'echo', 'hi' }).exitcode)").path
        let fault = #"{"method":"POST","path":"*/agent/exec","effect":"drop-after-effect","count":1}"#
        _ = try await server.control("/sim/faults", body: fault)
        let first = try await runner.pvelua("run", script)
        #expect(first.status == 27, "\(first.errors)")
        // By the beginning of its id, and as the newest.
        let runs = try JSONValue(parsing: try await runner.pvelua("runs", "list", "--format", "json").output)
        let id = try #require(runs["runs"]?.array?.first?["id"]?.string)
        let said = try await runner.atTerminal(
            [["type yes", "yes\n"]], ["runs", "resolve", String(id.prefix(20)), "1", "--did-not-happen"])
        #expect(said.status == 0, "\(said.output)")
        let resumed = try await runner.pvelua("runs", "resume", "latest")
        #expect(resumed.status == 0 && resumed.output.hasSuffix("0\n"), "\(resumed.output) \(resumed.errors)")
        let sent = try await server.requests().filter { $0.method == "POST" && $0.path.hasSuffix("/agent/exec") }
        #expect(sent.count == 2)
    }
}

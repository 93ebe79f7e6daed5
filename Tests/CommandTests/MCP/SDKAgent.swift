// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport

/// An agent whose client is the reference SDK of the Model Context Protocol, in Python.
struct SDKAgent {
    let runner: CommandLineRunner
    /// Options before the command's name.
    var options = ["--cluster", "demo"]
    /// `legacy`, or `auto` for the newest revision.
    var revision = "auto"

    struct NoVirtualEnvironment: Error, CustomStringConvertible {
        let description = ".venv is missing; build it with: make test-packages"
    }

    /// What a session came to.
    struct Session {
        /// What the server says of itself: `revision`, `tools`.
        var introduction: JSONValue
        /// For each call its `result` or `error`, its `progress`, and whatever the client was `asked` until then.
        var answers: [JSONValue]
    }

    /// Calls tools, one after the other, in one session.
    func session(_ calls: (tool: String, arguments: JSONValue)...) async throws -> Session {
        let python = Places.repository.appendingPathComponent(".venv/bin/python")
        guard FileManager.default.isExecutableFile(atPath: python.path) else { throw NoVirtualEnvironment() }
        let script = Places.repository.appendingPathComponent("Tests/CommandTests/Support/mcp_agent.py").path
        let program = Places.products.appendingPathComponent("pvelua").path
        let said: [JSONValue] = calls.map { ["tool": .string($0.tool), "arguments": $0.arguments] }
        let lines = try await converse(
            with: URL(fileURLWithPath: "/usr/bin/setsid"),
            ["--wait", python.path, "-B", script, revision, program] + options + ["mcp", "--on-behalf-of", "alice"],
            environment: runner.surroundings, directory: Places.repository,
            lines: said.map(\.text), answers: calls.count + 1
        ) { _ in true }
        let messages = try lines.map { try JSONValue(parsing: $0) }
        return Session(introduction: messages.first ?? .null, answers: Array(messages.dropFirst()))
    }

    /// Calls one tool, and gives its result.
    func call(_ tool: String, _ arguments: JSONValue) async throws -> JSONValue {
        try await session((tool, arguments)).answers.first?["result"] ?? .null
    }
}

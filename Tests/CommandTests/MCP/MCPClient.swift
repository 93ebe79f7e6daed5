// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport
import Testing

/// Sessions of `pvelua mcp` with the real binary: all is said at once, and the answers are told apart by their numbers.
struct MCPClient {
    let runner: CommandLineRunner
    /// Options before the command's name.
    var options: [String] = []
    var environment: [String: String] = [:]

    /// Calls tools in one session.
    ///
    /// - Returns: What each came to, `result` or `error`, in their order.
    func call(_ calls: (tool: String, arguments: JSONValue)...) async throws -> [JSONValue] {
        var lines: [JSONValue] = [
            [
                "jsonrpc": "2.0", "id": "hello", "method": "initialize",
                "params": [
                    "protocolVersion": "2025-06-18", "capabilities": ["elicitation": .object(JSONObject())],
                    "clientInfo": ["name": "test-agent", "version": "1"],
                ],
            ]
        ]
        for (number, call) in calls.enumerated() {
            lines.append([
                "jsonrpc": "2.0", "id": JSONValue(number), "method": "tools/call",
                "params": ["name": .string(call.tool), "arguments": call.arguments],
            ])
        }
        let answers = try await say(lines.map(\.text))
        return try calls.enumerated().map { number, call in
            let answer = answers.first { $0["id"] == JSONValue(number) }
            if let result = answer?["result"] { try expectBySchema(result, of: call.tool) }
            return answer?["result"] ?? answer ?? .null
        }
    }

    /// Says lines, and gives the lines that are answered, once every request among them is.
    ///
    /// - Parameter answers: How many there will be, where not every request is answered.
    func say(_ lines: [String], answers: Int? = nil) async throws -> [JSONValue] {
        let requests = lines.filter { line in
            guard let message = try? JSONValue(parsing: line) else { return true }
            return message["method"] != nil && message["id"] != nil
        }
        let printed = try await converse(
            with: URL(fileURLWithPath: "/usr/bin/setsid"),
            ["--wait", Places.products.appendingPathComponent("pvelua").path] + options + [
                "mcp", "--on-behalf-of", "bob",
            ],
            environment: runner.surroundings.merging(environment) { $1 }, directory: Places.repository, lines: lines,
            answers: answers ?? requests.count
        ) { line in (try? JSONValue(parsing: line))?["id"] != nil }
        return try printed.map { try JSONValue(parsing: $0) }
    }
}

/// Holds what a tool has answered against `docs/schemas`.
func expectBySchema(_ result: JSONValue, of tool: String) throws {
    func schema(_ name: String) throws -> JSONValue {
        let file = Places.repository.appendingPathComponent("docs/schemas/\(name).json")
        return try JSONValue(parsing: String(contentsOf: file, encoding: .utf8))
    }
    let (tools, content) = (try schema("mcp"), result["structuredContent"] ?? .null)
    let name = result["isError"] == true ? "failure" : tool
    #expect(schemaFaults(of: content, by: tools["$defs"]?[name], whole: tools, at: name) == [])
    guard let error = content["error"] else { return }
    #expect(schemaFaults(of: ["error": error], by: try schema("error")) == [])
}

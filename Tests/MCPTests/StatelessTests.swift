// SPDX-License-Identifier: Apache-2.0
import JSON
import Synchronization
import Testing

@testable import MCP

/// Clients of the revision 2026-07-28, who do not introduce themselves.
struct StatelessTests {
    private static let me =
        #""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},"#
        + #""io.modelcontextprotocol/clientInfo":{"name":"late","version":"9"}}"#

    private func answer(_ method: String, _ members: String, meta: String = me) async -> JSONValue? {
        let written = ServerTests.Written()
        let server = Server(
            name: "s", version: "1", instructions: "i", tools: [ServerTests.echo], patience: .seconds(60)
        ) { written.take($0) }
        let parameters = [members, meta].filter { !$0.isEmpty }.joined(separator: ",")
        await server.receive(
            Array(#"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":{\#(parameters)}}"#.utf8) + [0x0a])
        await server.finish()
        return written.messages.first
    }

    @Test func theServerTellsWhatItIs() async {
        let result = await answer("server/discover", "")?["result"]
        #expect(result?["supportedVersions"] == ["2026-07-28"] && result?["resultType"] == "complete")
        #expect(result?["instructions"] == "i" && result?["capabilities"]?["tools"] != nil)
        #expect(result?["ttlMs"] == 3_600_000 && result?["cacheScope"] == "public")
        #expect(result?["_meta"]?["io.modelcontextprotocol/serverInfo"]?["name"] == "s")
    }

    @Test func toolsAreListedAndCalled() async {
        let list = await answer("tools/list", "")?["result"]
        #expect(list?["tools"]?.array?.count == 1 && list?["cacheScope"] == "public")
        let result = await answer("tools/call", #""name":"echo","arguments":{"text":"hi"}"#)?["result"]
        #expect(result?["structuredContent"]?["by"] == "late 9" && result?["resultType"] == "complete")
    }

    @Test(arguments: [
        ("initialize", me, -32601), ("ping", me, -32601), ("server/discover", "", -32601),
        ("tools/list", #""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}"#, -32602),
        ("tools/list", #""_meta":{"io.modelcontextprotocol/protocolVersion":1}"#, -32602),
    ])
    func whatTheRevisionDoesNotKnowIsRefused(method: String, meta: String, code: Int) async {
        #expect(await answer(method, "", meta: meta)?["error"]?["code"] == JSONValue(code))
    }

    @Test(arguments: ["2025-11-25", "2027-01-01", ""])
    func anotherRevisionIsAnsweredWithThoseThatAreSpoken(version: String) async {
        let error = await answer("tools/list", "", meta: Self.me.replacing("2026-07-28", with: version))?["error"]
        #expect(error?["code"] == -32022 && error?["data"]?["supported"] == ["2026-07-28"])
        #expect(error?["data"]?["requested"] == .string(version))
    }
}

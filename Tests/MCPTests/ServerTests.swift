// SPDX-License-Identifier: Apache-2.0
import JSON
import Synchronization
import TestSupport
import Testing

@testable import MCP

/// What a client may say, and what is answered.
struct ServerTests {
    /// What a server has written, line by line.
    final class Written: Sendable {
        private let lines = Mutex<[[UInt8]]>([])
        func take(_ line: [UInt8]) { lines.withLock { $0.append(line) } }
        var messages: [JSONValue] { lines.withLock { $0 }.compactMap { try? JSONValue(parsing: Array($0.dropLast())) } }
        var areLines: Bool { lines.withLock { $0 }.allSatisfy { $0.last == 0x0a && !$0.dropLast().contains(0x0a) } }
    }

    static let echo = Tool(
        name: "echo", description: "Says it again.",
        parameters: [
            ToolParameter("text", .text(longest: 10), required: true, ""), ToolParameter("n", .whole(1...3), ""),
        ],
        output: ["type": "object"],
        annotations: .init(isReadOnly: true, isDestructive: false, isIdempotent: true, isOpenWorld: false)
    ) { call in
        call.progress(1, of: 2, "half")
        call.progress(1, of: 2, "no further")
        call.progress(0.5, of: 2, "backwards")
        return ToolResult(
            text: call.arguments["text"]?.string ?? "", structured: JSONObject([("by", JSONValue(call.client))]))
    }

    /// A tool that ends when it is cancelled only.
    static let wait = Tool(
        name: "wait", description: "Waits.", parameters: [], output: ["type": "object"],
        annotations: .init(isReadOnly: true, isDestructive: false, isIdempotent: true, isOpenWorld: false)
    ) { _ in
        try? await ContinuousClock().sleep(for: .seconds(600))
        return ToolResult(text: "late", structured: JSONObject())
    }

    private func answers(to lines: [String], patience: Duration = .zero) async -> [JSONValue] {
        let written = Written()
        let server = Server(
            name: "s", version: "1", instructions: "i", tools: [Self.echo, Self.wait], patience: patience
        ) { written.take($0) }
        for line in lines { await server.receive(Array((line + "\n").utf8)) }
        await server.finish()
        #expect(written.areLines)
        return written.messages
    }

    @Test(arguments: [
        ("2025-06-18", "2025-06-18"), ("2025-11-25", "2025-11-25"), ("2024-11-05", "2025-11-25"), ("x", "2025-11-25"),
    ])
    func theRevisionIsAgreedUpon(wanted: String, spoken: String) async {
        let answer = await answers(to: [
            #"{"jsonrpc":"2.0","id":"a","method":"initialize","params":{"protocolVersion":"\#(wanted)"}}"#
        ])
        #expect(answer.first?["result"]?["protocolVersion"]?.string == spoken)
        #expect(answer.first?["id"]?.string == "a")
        #expect(answer.first?["result"]?["capabilities"]?.object?.keys == ["tools"])
    }

    @Test(arguments: [
        ("{", -32700), ("", 0), ("\u{0}", -32700), ("[]", -32600),
        (#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#, -32600),
        ("1", -32600), (#"{"id":1,"method":"ping"}"#, -32600), (#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, -32600),
        (#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#, -32600),
        (#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, -32600),
        (#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, -32600), (#"{"jsonrpc":"2.0","id":1}"#, -32600),
        (#"{"jsonrpc":"2.0","id":1,"method":5}"#, -32600),
        (#"{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}"#, -32602),
        (#"{"jsonrpc":"2.0","id":1,"method":"resources/list"}"#, -32601),
        (#"{"jsonrpc":"2.0","id":1,"method":"elicitation/create"}"#, -32601),
        (#"{"jsonrpc":"2.0","id":1,"method":"tools/call"}"#, -32602),
        (#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"approve"}}"#, -32602),
        (#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":[]}}"#, -32602),
    ])
    func whatIsWrongIsSaidByItsCode(line: String, code: Int) async {
        let found = await answers(to: [line])
        #expect(found.count == (code == 0 ? 0 : 1))
        if code != 0 { #expect(found.first?["error"]?["code"] == JSONValue(code), "\(found)") }
    }

    /// The model reads results, and not the errors of the protocol.
    @Test(arguments: [
        ("{}", "echo wants text"), (#"{"text":5}"#, "text"), (#"{"text":"longer than ten"}"#, "text"),
        (#"{"text":"a","n":4}"#, "n"), (#"{"text":"a","yes":true}"#, "echo takes no yes"),
    ])
    func wrongArgumentsAreToldToTheModel(arguments: String, words: String) async {
        let line =
            #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":\#(arguments)}}"#
        let result = await answers(to: [line]).first?["result"]
        let error = result?["structuredContent"]?["error"]
        #expect(result?["isError"] == true && error?["kind"] == "parameter")
        #expect(error?["message"]?.string?.contains(words) == true, "\(error?.text ?? "")")
        #expect(error?["hint"]?.string?.hasPrefix("echo takes: text") == true)
    }

    @Test func aCallIsAnsweredWithTextAndStructure() async {
        let found = await answers(
            to: [
                #"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"clientInfo":{"name":"c\u001b","version":"2"}}}"#,
                #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{"text":"hi"}}}"#,
            ], patience: .seconds(60))
        let result = found.first { $0["id"] == 1 }?["result"]
        #expect(result?["content"]?.array?.first?["text"]?.string == "hi")
        #expect(result?["structuredContent"]?["by"]?.string == "c 2" && result?["isError"] == false)
    }

    @Test func progressIsToldToWhoeverAskedForIt() async {
        let call = #""method":"tools/call","params":{"name":"echo","arguments":{"text":"hi"}"#
        let silent = await answers(to: [#"{"jsonrpc":"2.0","id":1,\#(call)}}"#], patience: .seconds(60))
        #expect(silent.count == 1)
        let told = await answers(
            to: [#"{"jsonrpc":"2.0","id":1,\#(call),"_meta":{"progressToken":"t"}}}"#], patience: .seconds(60))
        #expect(told.count == 2 && told.last?["id"] == 1, "\(told)")
        #expect(told.first?["method"]?.string == "notifications/progress")
        #expect(told.first?["params"]?["progressToken"] == "t" && told.first?["params"]?["message"] == "half")
    }

    @Test func progressAfterTheAnswerIsNotHeard() {
        let written = Written()
        let voice = CallVoice(Outlet { written.take($0) }, token: "t")
        voice.tell(1, nil, "one")
        voice.end()
        voice.tell(2, nil, "two")
        #expect(written.messages.count == 1)
    }

    @Test func twoRequestsOfOneIdAreNotMixedUp() async {
        let call = #"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"wait"}}"#
        let found = await answers(to: [call, call, #"{"jsonrpc":"2.0","id":"7","method":"ping"}"#])
        #expect(found.count(where: { $0["error"]?["code"] == -32600 && $0["id"] == 7 }) == 1)
        #expect(found.contains { $0["id"] == "7" && $0["result"] != nil })
    }

    @Test func aCancelledRequestIsNotAnswered() async {
        let found = await answers(
            to: [
                #"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"wait"}}"#,
                #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}}"#,
                #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":99}}"#,
                #"{"jsonrpc":"2.0","method":"notifications/cancelled"}"#,
            ], patience: .seconds(60))
        #expect(found.isEmpty)
    }

    @Test func answersToNothingAreIgnored() async {
        let found = await answers(to: [
            #"{"jsonrpc":"2.0","id":1,"result":{"action":"accept","content":{"approve":true}}}"#,
            #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#, #"{"jsonrpc":"2.0","method":"approve"}"#,
        ])
        #expect(found.isEmpty)
    }

    @Test func moreRequestsThanCanBeServedAreRefused() async {
        let lines = (0..<70).map { #"{"jsonrpc":"2.0","id":\#($0),"method":"tools/call","params":{"name":"wait"}}"# }
        #expect(await answers(to: lines).count(where: { $0["error"] != nil }) == 6)
    }

    @Test(arguments: [[0xff, 0xfe], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80]] as [[UInt8]])
    func bytesThatAreNoTextAreRefused(bytes: [UInt8]) async {
        let written = Written()
        let server = Server(
            name: "s", version: "1", instructions: "", tools: [Self.echo], patience: .zero
        ) { written.take($0) }
        let (head, tail) = (#"{"jsonrpc":"2.0","id":1,"method":"ping"#, #""}"#)
        await server.receive(Array(head.utf8) + bytes + Array(tail.utf8) + [0x0a])
        await server.receive(Array(#"{"jsonrpc":"2.0","id":2,"method":"ping"}"#.utf8) + [0x0a])
        await server.finish()
        #expect(written.messages.map { $0["error"]?["code"] ?? $0["id"] } == [-32700, 2], "and the next line is read")
    }

    @Test func aLineWithoutEndIsRefusedAndForgotten() async {
        let written = Written()
        let server = Server(name: "s", version: "1", instructions: "", tools: [], patience: .zero) { written.take($0) }
        let piece = Array(repeating: UInt8(ascii: "x"), count: 1 << 20)
        for _ in 0..<9 { await server.receive(piece) }
        await server.receive(Array("\n{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}".utf8))
        await server.finish()
        #expect(written.messages.map { $0["error"]?["code"] ?? $0["id"] } == [-32600, 1])
    }

    /// Lines of a good session with bytes changed, dropped and doubled, in heaps of any size.
    @Test(arguments: 0..<30 as Range<UInt64>)
    func noBytesBringItDown(seed: UInt64) async {
        var numbers = SplitMix(seed: seed)
        var bytes = Array(
            (0..<20).map {
                #"{"jsonrpc":"2.0","id":\#($0),"method":"tools/call","params":{"name":"echo","arguments":{"text":"é"}}}"#
            }
            .joined(separator: "\n").utf8)
        for _ in 0..<40 {
            let place = numbers.below(bytes.count)
            switch numbers.below(3) {
            case 0: bytes[place] = UInt8(truncatingIfNeeded: numbers.next())
            case 1: bytes.remove(at: place)
            default: bytes.insert(bytes[place], at: place)
            }
        }
        let written = Written()
        let server = Server(
            name: "s", version: "1", instructions: "", tools: [Self.echo], patience: .seconds(60)
        ) { written.take($0) }
        while !bytes.isEmpty {
            let count = 1 + numbers.below(min(bytes.count, 500))
            await server.receive(Array(bytes.prefix(count)))
            bytes.removeFirst(count)
        }
        await server.finish()
        #expect(written.areLines)
        #expect(written.messages.allSatisfy { $0["jsonrpc"] == "2.0" && ($0["result"] != nil) != ($0["error"] != nil) })
    }
}

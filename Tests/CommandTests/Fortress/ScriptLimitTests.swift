// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport
import Testing

/// Each limit of a script, met by a script of the real binary.
struct ScriptLimitTests {
    let runner: CommandLineRunner

    init() throws { runner = try CommandLineRunner() }

    struct Meeting: Sendable, CustomStringConvertible {
        var limit: String
        var code: String
        var message: String
        var description: String { limit }
    }

    static let meetings = [
        Meeting(
            limit: "memory=8MiB", code: "local t = {} while true do t[#t + 1] = {} end",
            message: "needs more than 8 MiB of memory (limit memory)"),
        Meeting(
            limit: "slice=200ms", code: "while true do end", message: "0.2 s without a call to pve (limit slice)"),
        Meeting(
            limit: "total=300ms",
            code: "while true do for i = 1, 300000 do end pcall(pve.list_nodes) end",
            message: "0.3 s in all (limit total)"),
        Meeting(
            limit: "calls=20", code: "for i = 1, 30 do pve.list_nodes() end",
            message: "more than 20 calls (limit calls)"),
        Meeting(
            limit: "frame=64KiB", code: "pve.vm(('x'):rep(70000))",
            message: "arguments of the call take more than 64 KiB (limit frame)"),
        Meeting(
            limit: "frame=64KiB", code: "return ('x'):rep(70000)",
            message: "script returned take more than 64 KiB (limit frame)"),
        Meeting(
            limit: "output=4KiB", code: "while true do print('xxxxxxxxxxxxxxxx') end",
            message: "printed faster than 4 KiB a second (limit output)"),
        Meeting(
            limit: "depth=5", code: "pve.clone(nil, 101, {{{{{{}}}}}})",
            message: "nested deeper than 5 tables (limit depth)"),
        Meeting(
            limit: "cpu=1s", code: "local t = {} for _ = 1, 65 do t = { t } end pve.clone(nil, 101, t)",
            message: "nested deeper than 64 tables (limit depth)"),
    ]

    @Test(arguments: meetings)
    func endsTheScriptAndSaysWhichItWas(_ meeting: Meeting) async throws {
        let result = try await runner.lua(meeting.code, "--format", "json", "--limit", meeting.limit)
        #expect(result.status == 24, "\(result.errors)")
        #expect(result.jsonError?["kind"]?.string == "limit", "\(result.errors)")
        #expect(result.jsonError?["message"]?.string?.contains(meeting.message) == true, "\(result.errors)")
        #expect(result.jsonError?["hint"]?.string?.isEmpty == false, "\(result.errors)")
    }

    @Test func sixtyFourTablesInEachOtherAreNotTooDeep() async throws {
        let result = try await runner.lua("local t = {} for _ = 1, 63 do t = { t } end return #t", "--limit", "cpu=1s")
        #expect(result.output == "1\n", "\(result.errors)")
    }

    @Test func aBurstOfOutputIsNotTooFast() async throws {
        let result = try await runner.lua("print(('x'):rep(1000))", "--limit", "output=1KiB")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.count == 1001)
    }

    @Test func aLooserValueChangesNothing() async throws {
        let result = try await runner.lua(
            "while true do print('xxxxxxxxxxxxxxxx') end", "--limit", "output=1KiB", "--limit", "output=1GiB")
        #expect(result.errors.contains("faster than 1 KiB"), "\(result.errors)")
    }

    @Test(arguments: [
        ("memroy=1MiB", "did you mean `memory`?"), ("memory=12", "a size such as 32MiB"), ("cpu=-1s", "a duration"),
        ("calls=0", "a whole number above 0"), ("calls=+5", "a whole number above 0"), ("cpu", "looks like cpu=1s"),
        ("depth=99999999999999999999", "a whole number"), ("frame=1e9MiB", "a size"),
    ])
    func aWrongLimitIsToldOf(text: String, expected: String) async throws {
        let result = try await runner.lua("return 1", "--limit", text)
        #expect(result.status == 2, "\(result.errors)")
        #expect(result.errors.contains(expected), "\(result.errors)")
        #expect(result.output == "")
    }

    /// Every limit, one after the other, in one session whose variable is there at the end.
    @Test func theReplKeepsItsVariablesThroughEveryLimit() async throws {
        let lines = [
            "x = 41", "local t = {} while true do t[#t + 1] = {} end", "while true do end",
            "while true do print('xxxxxxxxxxxxxxxx') end", "for i = 1, 50 do pve.list_nodes() end",
            "pve.clone(nil, 101, {{{{{{}}}}}})", "pve.vm(('x'):rep(70000))",
            "local c = coroutine.wrap(function() while true do end end) pcall(c)", "print('x is ' .. x + 1)",
        ]
        let result = try await runner.pvelua(
            "--cluster", "demo", "--limit", "memory=16MiB,slice=200ms,output=4KiB,calls=20,depth=5,frame=64KiB", "repl",
            input: lines.joined(separator: "\n") + "\n")
        #expect(result.output.contains("x is 42"), "\(result.errors)")
        for name in ["memory", "slice", "output", "calls", "depth", "frame"] {
            #expect(result.errors.contains("(limit \(name))"), "\(name): \(result.errors)")
        }
    }
}

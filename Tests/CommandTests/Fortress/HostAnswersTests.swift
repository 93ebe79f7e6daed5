// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport
import Testing

/// The host is up, answers soon and says what happened, whatever class of attack a script is of.
struct HostAnswersTests {
    let runner: CommandLineRunner

    init() throws { runner = try CommandLineRunner() }

    struct Attack: Sendable, CustomStringConvertible {
        var description: String
        var code: String
        var status: Int32 = 24
    }

    static let attacks = [
        Attack(description: "an endless loop", code: "while true do end"),
        Attack(description: "one in pcall", code: "while true do pcall(function() while true do end end) end"),
        Attack(
            description: "one in a coroutine in a coroutine",
            code: "coroutine.wrap(function() coroutine.wrap(function() while true do end end)() end)()"),
        Attack(
            description: "one in __gc",
            code: "setmetatable({}, {__gc = function() while true do end end}) "
                + "while true do local _ = {} end", status: 1),
        Attack(
            description: "one in __close",
            code: "local x <close> = setmetatable({}, {__close = function() while true do end end}) error('a')"),
        Attack(
            description: "one in an error handler",
            code: "xpcall(error, function() while true do end end)"),
        Attack(
            description: "a pattern that backtracks", code: "return ('a'):rep(5000):find(('a*'):rep(40) .. 'b')"),
        Attack(description: "string.rep", code: "while true do local _ = ('x'):rep(16000000) end"),
        Attack(
            description: "a sort that never agrees",
            code: "while true do local t = {} for i = 1, 90000 do t[i] = i * 7 % 1001 end "
                + "pcall(table.sort, t, function() return true end) end"),
        Attack(
            description: "table.concat",
            code: "local t = {} for i = 1, 2000 do t[i] = ('x'):rep(4000) end "
                + "while true do table.concat(t) end"),
        Attack(
            description: "string.format", code: "while true do local _ = ('%99.99f'):format(1e308) end"),
        Attack(description: "memory", code: "local t = {} while true do t[#t + 1] = ('x'):rep(99999) .. #t end"),
        Attack(
            description: "memory that is caught",
            code: "while true do pcall(string.rep, 'x', 1e7) "
                + "local ok = pcall(function() local t = {} while true do t[#t + 1] = {} end end) end"),
        Attack(description: "a flood of output", code: "while true do print('flood') end"),
        Attack(description: "a flood of calls", code: "while true do pcall(pve.list_nodes) end"),
        Attack(
            description: "an error object that claims much",
            code: "error(setmetatable({kind = 'auth', message = 'x', exit = 0, call = 1, hint = 'run rm -rf /'}, "
                + "{__index = function() while true do end end}))", status: 1),
    ]

    /// Half a second is the script's own allowance here.
    @Test(arguments: attacks)
    func answersWithinASecondOfTheLimit(_ attack: Attack) async throws {
        let clock = ContinuousClock()
        let begin = clock.now
        let result = try await runner.lua(
            attack.code, "--format", "json", "--limit", "cpu=500ms,memory=64MiB,output=256KiB,calls=300")
        let took = begin.duration(to: clock.now)
        #expect(result.status == attack.status, "\(result.errors)")
        let kind = attack.status == 24 ? "limit" : "script"
        #expect(result.jsonError?["kind"]?.string == kind, "\(result.errors)")
        // The machine that tests has more to do, hence more than a second besides the script's own half.
        #expect(took < .seconds(6), "\(took)")
    }

    @Test func aForgedErrorOfTheHostIsOneOfTheScript() async throws {
        let result = try await runner.lua(
            "local ok, e = pcall(pve.vm, 999) error({kind = e.kind, message = e.message, call = 1, status = 500})",
            "--format", "json")
        #expect(result.status == 1, "\(result.errors)")
        #expect(result.jsonError?["kind"]?.string == "script")
    }

    @Test func aChangedErrorOfTheHostIsTheHostsOwn() async throws {
        let result = try await runner.lua(
            "local ok, e = pcall(pve.vm, 999) pcall(rawset, e, 'kind', 'auth') pcall(rawset, e, 'message', 'lies') error(e)",
            "--format", "json")
        #expect(result.status == 5, "\(result.errors)")
        #expect(result.jsonError?["kind"]?.string == "not_found")
        #expect(result.jsonError?["message"]?.string == "there is no guest 999")
    }
}

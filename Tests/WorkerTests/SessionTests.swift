// SPDX-License-Identifier: Apache-2.0
import Testing
import Wire

@Suite struct SessionTests {
    @Test func printsInOrderWithTheCalls() async throws {
        let outcome = try await TestSession().run("print('a', 1, 2.5, nil, true)\npve.echo()\nwarn('x', 'y')\nprint()")
        #expect(outcome.output == "a\t1\t2.5\tnil\ttrue\nwarning: xy\n\n")
    }

    @Test func keepsGlobalsAcrossChunksAndLimits() async throws {
        let session = try await TestSession()
        #expect(try await session.run("x = 1 function f() return x end").values == [])
        #expect(try await session.run("while true do end").limit == "cpu")
        #expect(try await session.run("local t = {} while true do t[#t + 1] = {} end").limit == "memory")
        #expect(try await session.run("while true do print(('x'):rep(1000)) end").limit == "output")
        #expect(try await session.run("error('x')").message == "x")
        #expect(try await session.run("x = x + 1 return f()").values == [.integer(2)])
    }

    @Test func readsExpressionsBeforeStatements() async throws {
        let session = try await TestSession()
        #expect(try await session.run("1 + 1", expression: true).values == [.integer(2)])
        #expect(try await session.run("x = 5", expression: true).values == [])
        #expect(try await session.run("x, 'a'", expression: true).values == [.integer(5), "a"])
        #expect(try await session.run("1 + 1").error != nil)
        #expect(try await session.run("1 +", expression: true).error?["incomplete"] == .bool(true))
    }

    @Test func skipsByteOrderMarkAndShebangButCountsTheLine() async throws {
        let session = try await TestSession()
        let outcome = try await session.run([0xef, 0xbb, 0xbf] + Array("#!/usr/bin/env pvelua\nerror('x')".utf8))
        #expect(outcome.error?["where"]?.text == "test.lua:2")
        #expect(try await session.run("#!only").values == [])
    }

    @Test func givesParametersReadOnly() async throws {
        let outcome = try await TestSession().run(
            """
            assert(pve.params.name == "web" and pve.params.missing == nil and pve.params.deep.list[2] == "b")
            assert(#pve.params.deep.list == 2)
            for i, v in ipairs(pve.params.deep.list) do assert(v == ({ "a", "b" })[i]) end
            local seen = 0
            for _ in pairs(pve.params) do seen = seen + 1 end
            return seen, pcall(function() pve.params.name = "db" end), pcall(function() pve.params.deep.list[1] = 1 end)
            """, params: ["name": "web", "deep": ["list": ["a", "b"]]])
        #expect(outcome.values?.first == .integer(2))
        #expect(outcome.values?.dropFirst().first == .bool(false))
        #expect(outcome.values?.contains(.bool(true)) == false)
    }

    @Test func makesGuestObjectsWithMethods() async throws {
        let session = try await TestSession()
        let outcome = try await session.run(
            "local vm = pve.vm(101)\nvm:start('x', nil)\nreturn tostring(vm), vm.node, getmetatable(vm)"
        ) { $0.name == "vm" ? .value(#"{"vmid":101,"name":"web-1","node":"pve1"}"#) : .value("null") }
        #expect(outcome.values == ["guest 101 (web-1)", "pve1", .bool(false)])
        #expect(
            outcome.calls.last
                == HostCall(
                    name: "vm_action", location: "test.lua:2",
                    arguments: ["pve1", .integer(101), "start", .null, "x", .null]))
    }

    @Test func loadsAModuleOnceAndLetsItCall() async throws {
        let session = try await TestSession()
        let module =
            #"{"source":"local list = pve.echo() return { value = list[1], name = ... }","name":"@lib/tools.lua"}"#
        let outcome = try await session.run(
            "local a, b = require 'lib.tools', require 'lib.tools'\nreturn a == b, a.value, a.name"
        ) { $0.name == "@require" ? .value(module) : .value("[7]") }
        #expect(outcome.values == [.bool(true), .integer(7), "lib.tools"])
        #expect(outcome.calls.map(\.name) == ["@require", "echo"])
        #expect(outcome.calls.first?.arguments == ["lib.tools"])
        #expect(outcome.calls.last?.location == "lib/tools.lua:1")
    }

    @Test func passesOnWhatIsWrongWithAModule() async throws {
        let session = try await TestSession()
        let missing = try await session.run("require 'none'") { _ in
            .failure(#"{"kind":"not_found","message":"no module"}"#)
        }
        #expect(missing.error?["call"] == .integer(1))
        let broken = try await session.run("require 'broken'\n") { _ in
            .value(#"{"source":"x = = 1","name":"@broken.lua"}"#)
        }
        #expect(broken.message?.contains("broken.lua:1:") == true)
        let endless = try await session.run("require 'a'\n") { _ in .value(#"{"source":"require 'a'","name":"@a.lua"}"#)
        }
        #expect(endless.message?.contains("requires itself") == true)
    }

    @Test func asksTheHostForTheTimeAndKnowsTheCalendar() async throws {
        let outcome = try await TestSession().run(
            """
            assert(os.time() == 1700000000)
            assert(os.date("%Y-%m-%dT%H:%M:%SZ") == "2023-11-14T22:13:20Z")
            assert(os.date("!%A %j %p", 0) == "Thursday 001 AM")
            assert(os.time{ year = 2024, month = 2, day = 29, hour = 0 } == 1709164800)
            assert(os.time{ year = 1900, month = 14, day = 1, hour = 0 } == os.time{ year = 1901, month = 2, day = 1, hour = 0 })
            local d = os.date("*t", 951782400)
            assert(d.year == 2000 and d.month == 2 and d.day == 29 and d.yday == 60 and d.wday == 3)
            for _, t in ipairs{ -1, 0, 86399, 4107542400, -2208988800 } do
              local p = os.date("*t", t)
              assert(os.time(p) == t, t)
            end
            assert(not pcall(os.date, "%Q", 0) and not pcall(os.date, "%c", 1e300) and not pcall(os.time, {}))
            return true
            """
        ) { _ in .value("1700000000.9") }
        #expect(outcome.values == [.bool(true)], "\(String(describing: outcome.error))")
        #expect(outcome.calls.map(\.name) == ["now", "now"])
    }

    @Test func drawsTheSameNumbersFromTheSameSeed() async throws {
        let draw = "return math.random(1 << 40), math.random(), math.random(6)"
        let first = try await TestSession([.init("seed", .integer(11))]).run(draw).values
        #expect(try await TestSession([.init("seed", .integer(11))]).run(draw).values == first)
        #expect(try await TestSession([.init("seed", .integer(12))]).run(draw).values != first)
    }
}

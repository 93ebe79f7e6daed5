// SPDX-License-Identifier: Apache-2.0
import Testing
import Wire

@Suite struct ValueTests {
    static let exact: [(String, PackedValue)] = [
        ("nil", .null), ("true", .bool(true)), ("false", .bool(false)), ("0", .integer(0)), ("-1", .integer(-1)),
        ("math.maxinteger", .integer(.max)), ("math.mininteger", .integer(.min)), ("1.0", .number(1)),
        ("2^53", .number(9_007_199_254_740_992)), ("1/0", .number(.infinity)), ("-1/0", .number(-.infinity)),
        ("-0.0", .number(-0.0)), ("''", ""), ("'a\\0b\\xff'", .string([0x61, 0, 0x62, 0xff])),
        ("{}", [:]), ("{1, 2.5, 'x'}", [.integer(1), .number(2.5), "x"]),
        ("{a = {b = {1}}}", ["a": ["b": [.integer(1)]]]),
        ("{nil}", [:]), ("setmetatable({1}, {__index = error, __len = error, __pairs = error})", [.integer(1)]),
        ("{1, x = 1}", ["1": .integer(1), "x": .integer(1)]), ("{[1.5] = 1}", ["1.5": .integer(1)]),
        ("{[true] = 1}", ["true": .integer(1)]), ("{[0] = 1}", ["0": .integer(1)]), ("{[101] = 'a'}", ["101": "a"]),
        ("{[{}] = 1}", .opaque("a table with mixed keys")),
        ("{1, nil, nil, nil, 5}", ["1": .integer(1), "5": .integer(5)]),
        ("{1, nil, 3}", [.integer(1), .null, .integer(3)]), ("print", .opaque("a function")),
        ("{f = print}", ["f": .opaque("a function")]), ("coroutine.create(print)", .opaque("a coroutine")),
        ("pve.null", .null), ("pve.params", ["n": .integer(3), "list": ["a", "b"]]),
    ]

    @Test(arguments: exact)
    func leavesTheWorkerExactly(_ source: String, _ expected: PackedValue) async throws {
        let outcome = try await TestSession().run(
            "return " + source, params: ["n": .integer(3), "list": ["a", "b"]])
        let values = try #require(outcome.values)
        #expect(values.count == 1)
        #expect(sorted(values.first ?? .opaque("nothing")) == sorted(expected))
    }

    @Test func keepsNotANumber() async throws {
        guard case .number(let number)? = try await TestSession().run("return 0/0").values?.first else {
            Issue.record("no number came back")
            return
        }
        #expect(number.isNaN)
    }

    @Test func describesWhatContainsItselfAndRefusesWhatIsTooDeep() async throws {
        let session = try await TestSession()
        #expect(
            try await session.run("local t = {} t[1] = t return t").values == [
                [.opaque("a table that contains itself")]
            ])
        #expect(try await session.run("local t = {} return {t, t}").values == [[[:], [:]]])
        #expect(try await session.run("local t = {} for _ = 1, 63 do t = {t} end return t").values?.count == 1)
        let report = try await session.run("local t = {} for _ = 1, 64 do t = {t} end return t").error
        #expect(report?["limit"] == "depth")
    }

    static let answers: [(String, String)] = [
        ("null", "x == nil"), ("true", "x == true"), ("12", "math.type(x) == 'integer' and x == 12"),
        ("9223372036854775807", "x == math.maxinteger"), ("18446744073709551615", "x == 2.0^64"),
        ("1.0", "math.type(x) == 'float' and x == 1"), ("\"a\\u0000\\u00e9\"", "x == 'a\\0é'"),
        ("[]", "type(x) == 'table' and next(x) == nil"), ("{}", "type(x) == 'table' and next(x) == nil"),
        ("[1,[2,{\"a\":3}]]", "x[1] == 1 and x[2][2].a == 3 and #x == 2"),
        ("{\"a\":null,\"b\":1}", "x.a == nil and x.b == 1"),
        ("[1,null,3]", "#x == 3 and x[2] == pve.null and tostring(x[2]) == 'null'"),
    ]

    @Test(arguments: answers)
    func takesAnswersAsLuaValues(_ json: String, _ check: String) async throws {
        let outcome = try await TestSession().run("local x = pve.echo() return \(check)") { _ in .value(json) }
        #expect(outcome.values == [.bool(true)])
    }

    @Test func sendsArgumentsWithNilsInTheirPlaces() async throws {
        let outcome = try await TestSession().run(
            "pve.vm_action(nil, 101, 'stop', {a = {1, 2}}, nil)\npve.api.get('/x')")
        #expect(
            outcome.calls == [
                HostCall(
                    name: "vm_action", location: "test.lua:1",
                    arguments: [.null, .integer(101), "stop", ["a": [.integer(1), .integer(2)]], .null]),
                HostCall(name: "api.get", location: "test.lua:2", arguments: ["/x"]),
            ])
    }

    @Test func refusesArgumentsLargerThanAFrame() async throws {
        let outcome = try await TestSession().run(
            """
            local t = { ("x"):rep(4096) }
            for _ = 1, 20 do t = { t, t } end
            local ok, e = pcall(pve.echo, t)
            return ok, pve.is_error(e, "limit"), pve.echo(1)
            """)
        #expect(outcome.values == [.bool(false), .bool(true), .null])
        #expect(outcome.calls.count == 1)
    }

    /// Maps come in the order of Lua's hash, which differs between processes.
    private func sorted(_ value: PackedValue) -> PackedValue {
        guard case .map(let pairs) = value else { return value }
        return .map(pairs.map { .init($0.key, sorted($0.value)) }.sorted { $0.key < $1.key })
    }
}

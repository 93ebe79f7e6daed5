// SPDX-License-Identifier: Apache-2.0
import Model
import Testing
import Wire

@testable import Runbook

/// What a header may say, and what is said of one that is wrong.
struct HeaderReaderTests {
    private func read(_ source: String) throws -> RunbookHeader? {
        try RunbookHeader.read(Chunk(source: Array(source.utf8), name: "@x.lua"))
    }

    private func values(_ parameters: String, _ given: [(name: String, value: String)]) throws -> [PackedValue.Pair] {
        let header = try #require(try read("runbook{ params = { \(parameters) } }"))
        return try GivenParameters(header: header, given: given).values()
    }

    @Test func everythingThatAHeaderMaySayIsRead() throws {
        let header = try #require(
            try read(
                """
                runbook{
                  name = "nightly", description = "Does it.\\nTwice.",
                  params = {
                    tag = { type = "tag", required = true, help = "which" }, grace = { type = "duration", default = "60s" },
                    ["end"] = {}, names = { list = true, default = { "a", "b" }, pattern = "?" },
                    level = { type = "integer", min = 1, max = 5, one_of = { 1, 3, 5 }, default = 3 }, pin = { secret = true },
                  },
                  actions = { "guest.shutdown", "read.*", "snapshot.*" }, callers = { "human", "ci" },
                  limits = { calls = 500, cpu = "5s", memory = "64MiB", changes = 3, guests = 0 },
                }
                """))
        #expect(header.name == "nightly" && header.description == "Does it.\nTwice." && header.place == "x.lua:1:1")
        #expect(header.parameters.map(\.name) == ["tag", "grace", "end", "names", "level", "pin"])
        #expect(header.parameters.map(\.form) == ["tag", "duration", "string", "string,…", "integer", "string"])
        #expect(header.parameters.map(\.isRequired) == [true, false, false, false, false, false])
        #expect(header.parameters.map(\.texts.standard) == [nil, "60s", nil, "a,b", "3", nil])
        #expect(header.parameters.map(\.isSecret) == [false, false, false, false, false, true])
        #expect(header.parameters[1].place == "x.lua:4:62")
        #expect(header.actions?.patterns.map(\.pattern) == ["guest.shutdown", "read.*", "snapshot.*"])
        #expect(header.callers?.callers == [.human, .ci])
        #expect(header.limits.map(\.name) == ["calls", "cpu", "memory", "changes", "guests"])
    }

    @Test(arguments: [
        ("nme = 'x'", "x.lua:1:10: a header has no `nme`", "did you mean `name`?"),
        ("'x'", "x.lua:1:10: the header consists of names and values", "name = value"),
        ("name = 1", "x.lua:1:17: name must be a string", "in quotes"), ("name = 'a\\nb'", "one line of text", ""),
        ("name = '\\xff'", "name must be UTF-8", ""), ("params = { 'tag' }", "params consists of names and values", ""),
        ("params = 'tag'", "params must be a table", ""),
        ("params = { a = 'tag' }", "the parameter a must be a table", ""),
        ("params = { ['größe'] = {} }", "a parameter's name consists of letters", ""),
        ("params = { ['a=b'] = {} }", "a parameter's name consists of letters", ""),
        ("params = { [''] = {} }", "a parameter's name consists of letters", ""),
        ("params = { a = { typ = 'tag' } }", "a parameter has no `typ`", "did you mean `type`?"),
        ("params = { a = { type = 'strin' } }", "there is no type `strin`", "did you mean `string`?"),
        ("params = { a = { type = 'bool' } }", "there is no type `bool`", "did you mean `boolean`?"),
        ("params = { a = { type = 'x' } }", "there is no type `x`", "types are string, integer"),
        ("params = { a = { required = 'yes' } }", "required must be true or false", ""),
        ("params = { a = { required = true, default = 'x' } }", "with a default is never missing", "leave out"),
        ("params = { a = { secret = true, default = 'x' } }", "a secret has no default", "--param"),
        ("params = { password = { default = 'x' } }", "a secret has no default", "--param"),
        ("params = { a = { type = 'integer', default = '3' } }", "default must be a whole number", "without quotes"),
        ("params = { a = { type = 'integer', default = 3.5 } }", "default must be a whole number", ""),
        ("params = { a = { type = 'duration', default = 60 } }", "default must be a time such as 60s", ""),
        ("params = { a = { type = 'duration', default = '60' } }", "default must be a time such as 60s", ""),
        ("params = { a = { type = 'vmid', default = 99 } }", "default must be a vmid", ""),
        ("params = { a = { type = 'node', default = '-x' } }", "default must be a node's name", ""),
        ("params = { a = { type = 'integer', min = 5, default = 3 } }", "default must be at least 5", ""),
        ("params = { a = { type = 'integer', min = 5, max = 3 } }", "max is below min", ""),
        ("params = { a = { min = 5 } }", "min is for numbers, times and sizes", ""),
        ("params = { a = { type = 'size', max = 5 } }", "max must be a size", ""),
        ("params = { a = { type = 'integer', pattern = 'x' } }", "pattern is for texts", ""),
        ("params = { a = { one_of = {} } }", "one_of is empty", ""),
        ("params = { a = { one_of = 'x' } }", "one_of must be a list", ""),
        ("params = { a = { one_of = { x = 'y' } } }", "one_of is a list: its elements have no names", ""),
        ("params = { a = { one_of = { 'x' }, default = 'y' } }", "default must be one of x", ""),
        ("params = { a = { list = true, default = 'y' } }", "default must be a list", ""),
        ("actions = { 'guest.stpo' }", "x.lua:1:22: no action matches `guest.stpo`", "did you mean `guest.stop`?"),
        ("actions = { 'gest.*' }", "no action matches `gest.*`", ""), ("actions = { '' }", "no action matches ``", ""),
        ("actions = { 1 }", "an action must be a string", ""),
        ("actions = { x = 'guest.stop' }", "its elements have no names", ""),
        ("callers = {}", "callers is empty", ""),
        ("callers = { 'robot' }", "there is no caller `robot`", "human, ci, agent"),
        ("callers = { 'humen' }", "there is no caller `humen`", "did you mean `human`?"),
        ("limits = { cpus = '5s' }", "there is no limit `cpus`", "did you mean `cpu`?"),
        ("limits = { cpu = 5 }", "the limit cpu needs a time", ""),
        ("limits = { memory = '5' }", "the limit memory needs a size", ""),
        ("limits = { calls = 0 }", "the limit calls needs a whole number above 0", ""),
        ("limits = { changes = -1 }", "the limit changes needs a whole number", ""),
        ("limits = { calls = 1.5 }", "a limit is a whole number or a string", ""),
    ])
    func whatIsWrongInAHeaderIsNamedWithItsPlace(text: String, message: String, hint: String) throws {
        let failure = try #require(throws: Failure.self) { try read("runbook{ \(text) }") }
        #expect(failure.kind == .script && failure.message.contains(message), "\(failure)")
        #expect(failure.message.hasPrefix("x.lua:1:"), "\(failure)")
        #expect(failure.hint?.contains(hint) == true || hint.isEmpty, "\(failure.hint ?? "")")
    }

    @Test func aHundredThousandParametersAreRefused() throws {
        let many = "runbook{ params = {" + (0..<100_000).map { "a\($0)={}" }.joined(separator: ",") + "} }"
        let failure = try #require(throws: Failure.self) { try read(many) }
        #expect(failure.message.contains("at most 200 parameters, not 100000"))
    }

    @Test(arguments: [
        ("string", "a b=c", "'a b=c'"), ("string", "", "''"), ("integer", "-5", "-5"), ("integer", "007", "7"),
        ("number", "5", "5"), ("number", "0.5", "0.5"), ("number", "-1e3", "-1000.0"), ("boolean", "true", "true"),
        ("boolean", "No", "false"), ("duration", "60s", "60"), ("duration", "1h30m", "5400"),
        ("duration", "250ms", "0.25"),
        ("duration", "2d", "172800"), ("size", "8GiB", "8589934592"), ("size", "512M", "536870912"),
        ("vmid", "101", "101"),
        ("node", "pve1", "'pve1'"), ("guest", "101", "101"), ("guest", "web-1", "'web-1'"), ("tag", "web", "'web'"),
        ("pool", "web", "'web'"), ("storage", "local", "'local'"),
    ])
    func aValueIsHandedOverAsItsType(type: String, text: String, expected: String) throws {
        let value = try #require(try values("a = { type = '\(type)' }", [("a", text)]).first?.value)
        let shown: String =
            switch value {
            case .bool(let flag): String(flag)
            case .integer(let number): String(number)
            case .number(let number): String(number)
            case .string(let bytes): "'" + String(decoding: bytes, as: UTF8.self) + "'"
            default: "\(value)"
            }
        #expect(shown == expected)
    }

    @Test(arguments: [
        ("integer", "5.0"), ("integer", "0x10"), ("integer", ""), ("integer", "99999999999999999999"),
        ("number", "nan"),
        ("number", "inf"), ("number", "1e999"), ("number", "0x10"), ("boolean", "maybe"), ("duration", "60"),
        ("duration", "1m1h"), ("duration", "1m1m"), ("duration", "-5s"), ("duration", "s"), ("duration", "1.5h"),
        ("duration", "9999999999s"), ("size", "8"), ("size", "8GB"), ("size", "99999999G"), ("vmid", "99"),
        ("vmid", "web"),
        ("node", "a b"), ("guest", ""), ("guest", "99"), ("guest", "a b"), ("tag", "a b"), ("pool", "a b"),
        ("storage", "a b"),
    ])
    func aValueOfAnotherTypeIsRefused(type: String, text: String) throws {
        let failure = try #require(throws: Failure.self) { try values("a = { type = '\(type)' }", [("a", text)]) }
        #expect(failure.kind == .usage && failure.message.hasPrefix("a must be "), "\(failure)")
        #expect(failure.message.hasSuffix("not `\(text)`"), "\(failure)")
    }

    @Test func listsBoundsChoicesAndPatternsAreKept() throws {
        let all =
            "l = { type = 'integer', list = true, min = 1, max = 9 }, c = { one_of = { 'red', 'green' } }, p = { pattern = 'web-*' }"
        let values = try values(all, [("l", "1,9"), ("c", "red"), ("p", "web-1")])
        #expect(values.map(\.value) == [.array([.integer(1), .integer(9)]), "red", "web-1"])
        #expect(try self.values(all, [("l", "")]).map(\.value) == [.array([])])
        let failure = try #require(throws: Failure.self) {
            try self.values(all, [("l", "0"), ("c", "gren"), ("p", "db-1"), ("q", "x")])
        }
        for part in [
            "4 parameters are wrong", "there is no parameter q; there are l, c, p", "l must be at least 1, not `0`",
            "c must be one of red, green, not `gren`; did you mean `green`?", "p must look like web-*, not `db-1`",
        ] {
            #expect(failure.message.contains(part), "\(failure.message)")
        }
        #expect(throws: Failure.self) { try self.values(all, [("l", "1,,2")]) }
        #expect(throws: Failure.self) { try self.values(all, [("l", "10")]) }
    }

    @Test func whatIsMissingIsListedWithItsHelp() throws {
        let failure = try #require(throws: Failure.self) {
            try values("a = { required = true, help = 'Which.' }, b = { type = 'node', required = true }", [])
        }
        #expect(failure.message.contains("a is missing (string): Which."))
        #expect(failure.message.contains("b is missing (node); it must be a node's name"))
        #expect(failure.hint?.contains("--param a=… --param b=…") == true)
    }

    @Test func aWrongSecretIsNotShown() throws {
        let failure = try #require(throws: Failure.self) {
            try values("pin = { type = 'integer', secret = true }", [("pin", "geheim")])
        }
        #expect(failure.message == "pin must be a whole number")
    }
}

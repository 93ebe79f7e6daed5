// SPDX-License-Identifier: Apache-2.0
import LuaSource
import Testing

/// How a call that a text begins with is read, and what is refused at which place.
struct LeadingCallTests {
    private func read(_ source: String) throws -> LuaLeadingCall? {
        try LuaLeadingCall.read(Array(source.utf8), of: "head")
    }

    /// The table as text: names with values, lists in brackets.
    private func shown(_ literal: LuaLiteral) -> String {
        switch literal.value {
        case .boolean(let flag): String(flag)
        case .integer(let number): String(number)
        case .number(let number): "\(number)f"
        case .string(let bytes): "'" + String(decoding: bytes, as: UTF8.self) + "'"
        case .table(let fields):
            "{"
                + fields.map { field in
                    (field.name.map { String(decoding: $0.bytes, as: UTF8.self) + "=" } ?? "") + shown(field.value)
                }.joined(separator: " ") + "}"
        }
    }

    @Test(arguments: [
        ("head{}", "{}"), ("head({})", "{}"), ("head { } ;", "{}"), ("head{}\nlocal x", "{}"), ("head{} x = 1", "{}"),
        ("head{} ::a:: goto a", "{}"), ("head{} return 1", "{}"),
        ("\u{feff}head{}", "{}"), ("#!/usr/bin/env x\nhead{}", "{}"), ("\u{feff}#!x\nhead{}", "{}"),
        ("-- a\n--[[ b\n]] --[==[ ]] ]==] head --c\n{ --[[d]] a --[[e]] = --[[f]] 1 --[[g]], --h\n}", "{a=1}"),
        ("head{ a = 1, b = 2; c = 3, }", "{a=1 b=2 c=3}"), ("head{ 1, 'x', true, false; }", "{1 'x' true false}"),
        ("head{ a = { b = { 1, { 2 } } } }", "{a={b={1 {2}}}}"),
        ("head{ ['a b'] = 1, [\"end\"] = 2 }", "{a b=1 end=2}"),
        ("head{ [ [[x]] ] = 1 }", "{x=1}"), ("head{ a = -1, b = - 2.5, c = -0x10 }", "{a=-1 b=-2.5f c=-16}"),
        ("head{ 0xff, 0XA, 0x.8p1, 0x1p4, 0xA.8 }", "{255 10 1.0f 16.0f 10.5f}"),
        ("head{ 1e3, 1E-2, .5, 3., 08, 1e+2 }", "{1000.0f 0.01f 0.5f 3.0f 8 100.0f}"),
        ("head{ 9223372036854775807, 9223372036854775808 }", "{9223372036854775807 9.223372036854776e+18f}"),
        ("head{ 0xffffffffffffffff, 0x1ffffffffffffffff }", "{-1 -1}"),
        ("head{ -9223372036854775808 }", "{-9.223372036854776e+18f}"),
        (#"head{ "a\n\t\\\"\'", '\65\066\x43\u{44}\u{20AC}' }"#, "{'a\n\t\\\"'' 'ABCD€'}"),
        ("head{ 'a\\z  \n\t b', 'c\\\nd' }", "{'ab' 'c\nd'}"),
        ("head{ [[\nfirst]], [[a\r\nb\rc\n\rd]], [==[ ]] ]=] ]==] }", "{'first' 'a\nb\nc\nd' ' ]] ]=] '}"),
        ("head{ ['größe'] = 1 }", "{größe=1}"),
        ("head{ head = 1 }", "{head=1}"), ("head{ a = '-- no comment' } -- head{}", "{a='-- no comment'}"),
        ("head{ a = 'head{}' } x = [[ head{} ]]", "{a='head{}'}"), ("head{} t = { head = 1 } print(t.head{})", "{}"),
        ("head{} x = 'open", "{}"),
    ])
    func literalsAreReadAsLuaMeansThem(source: String, expected: String) throws {
        // What is no Lua further down is for Lua to complain of.
        #expect(try read(source).map { shown($0.argument) } == expected)
    }

    @Test(arguments: [
        "", "x = 1", "-- head{}", "'head'", "print'head{}'", "heads{}", "a.head{}", "a:head{}", "head = 1 head{}",
        "local function head(x) end head{}", "function head() end head()", "local head = print; head{}", "return head",
        "x = { head = f }", "@", "head @", "local r = head", "--[[ head{} ",
    ])
    func textsWithoutSuchACallHaveNone(source: String) throws {
        #expect(try read(source) == nil)
    }

    @Test(arguments: [
        ("head{ a = 1 + 1 }", 1, 11, "computed"), ("head{ a = x }", 1, 11, "computed"),
        ("head{ a = f() }", 1, 11, "computed"), ("head{ a = 'x' .. 'y' }", 1, 11, "computed"),
        ("head{ a = (1) }", 1, 11, "computed"), ("head{ a = not true }", 1, 11, "computed"),
        ("head{ a = - - 1 }", 1, 11, "computed"), ("head{ a = -x }", 1, 11, "computed"),
        ("head{ a = #'x' }", 1, 11, "computed"), ("head{ ... }", 1, 7, "computed"),
        ("head{ a = nil }", 1, 11, "nil stands for nothing"), ("head{ a = function() end }", 1, 11, "a function"),
        ("head{ [1] = 2 }", 1, 8, "a key in brackets must be a string"),
        ("head{ [x] = 2 }", 1, 8, "a key in brackets must be a string"),
        ("head{ ['a' .. 'b'] = 2 }", 1, 7, "computed"), ("head{ ['a'] 2 }", 1, 13, "a `=` is missing"),
        ("head{ end = 1 }", 1, 7, "`end` is a word of Lua"), ("head{ a = }", 1, 11, "a value is missing"),
        ("head{ a = 1 b = 2 }", 1, 13, "a comma is missing before `b`"),
        ("head{\n  a = 1,\n  a = 2 }", 3, 3, "`a` is there twice"),
        ("head{ a = 1, ['a'] = 2 }", 1, 14, "`a` is there twice"), ("head{ a = 1", 1, 5, "has no end"),
        ("head{ a = { 1 )", 1, 15, "does not belong here"), ("head{ ä }", 1, 7, "no Lua"),
        ("head{ 'open }", 1, 7, "no Lua"), ("head{ [[open }", 1, 7, "no Lua"), ("head{ --[[ }", 1, 7, "no Lua"),
        (#"head{ "\q" }"#, 1, 8, "no such escape"), (#"head{ "\300" }"#, 1, 8, "`\\300` is no byte"),
        (#"head{ "\xg" }"#, 1, 8, "two hexadecimal digits"), (#"head{ "\u{80000000}" }"#, 1, 8, "`\\u` takes"),
        (#"head{ "\u20" }"#, 1, 8, "`\\u` takes"), ("head{ 1..2 }", 1, 7, "no number"),
        ("head{ 0x }", 1, 7, "no number"),
        ("head{ 1e }", 1, 7, "no number"), ("head{ 3x }", 1, 7, "no number"), ("head{ 0x1p }", 1, 7, "no number"),
        ("head()", 1, 6, "takes a table"), ("head'x'", 1, 5, "takes a table"), ("head(x)", 1, 6, "takes a table"),
        ("head({}, 1)", 1, 8, "one table and nothing else"), ("head{}.x = 1", 1, 7, "a statement by itself"),
        ("head{}:f()", 1, 7, "a statement by itself"), ("head{} + 1", 1, 8, "a statement by itself"),
        ("head{}\n(f or g)()", 2, 1, "a statement by itself"), ("head{}{}", 1, 7, "a statement by itself"),
        ("head{} or x", 1, 8, "a statement by itself"), ("head{}, 2", 1, 7, "a statement by itself"),
        ("x = 1\n  head{}", 2, 3, "must be the first statement"), (";head{}", 1, 2, "must be the first statement"),
        ("if false then head{} end", 1, 15, "must be the first statement"),
        ("return head{}", 1, 8, "must be the first statement"),
        ("local function f() head{} end", 1, 20, "must be the first statement"),
        ("head{}\nhead{}", 2, 1, "called twice"), ("head{} f(head'x')", 1, 10, "called twice"),
        ("head{ a = 'ä', b = x }", 1, 20, "computed"), ("head{\r\n\r\n x }", 3, 2, "computed"),
    ])
    func whatCannotBeReadIsNamedWithItsPlace(source: String, line: Int, column: Int, message: String) throws {
        let error = try #require(throws: LuaReadingError.self) { try read(source) }
        let place = LuaPlace(of: error.offset, in: Array(source.utf8))
        #expect(error.message.contains(message), "\(error)")
        #expect([place.line, place.column] == [line, column], "\(error)")
    }

    @Test func tablesStandInEachOtherOnlySoDeep() throws {
        func nested(_ depth: Int) -> String {
            "head" + String(repeating: "{", count: depth) + String(repeating: "}", count: depth)
        }
        #expect(try read(nested(16)) != nil)
        let error = try #require(throws: LuaReadingError.self) { try read(nested(100_000)) }
        #expect(error.message.contains("more than 16 deep"))
    }

    @Test func largeTextsAreReadInTime() throws {
        let clock = ContinuousClock()
        let many = "head{" + (0..<20_000).map { "a\($0)={}," }.joined() + "}"
        let long = "head{ a = '" + String(repeating: "x", count: 500_000) + "' }"
        let blank = "head" + String(repeating: " \n", count: 200_000) + "{}"
        let took = try clock.measure {
            guard case .table(let fields)? = try read(many)?.argument.value else {
                throw LuaReadingError("none", at: 0)
            }
            #expect(fields.count == 20_000)
            #expect(try read(long) != nil)
            #expect(try read(blank) != nil)
        }
        #expect(took < .seconds(5), "\(took)")
    }

    @Test func randomBytesAreNoTrap() {
        var generator = SystemRandomNumberGenerator()
        let pieces =
            [
                "head", "{", "}", "(", ")", "a", "=", ",", ";", "'", "\"", "[[", "]]", "[=[", "]=]", "--", "\n", "0x",
                "1e",
                "\\", "\\u{", "\\x", "\\z", "-", "nil", "true", "[", "]", "..", ".", ":", "\r",
            ].map { Array($0.utf8) } + [[0xff], [0xc3], [0]]
        for _ in 0..<3000 {
            var source = Array("head{".utf8)
            for _ in 0..<Int.random(in: 0...24, using: &generator) {
                source += pieces.randomElement(using: &generator) ?? []
            }
            do throws(LuaReadingError) {
                _ = try LuaLeadingCall.read(source, of: "head")
            } catch {
                #expect((0...source.count).contains(error.offset), "\(source)")
            }
        }
    }
}

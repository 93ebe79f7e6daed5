// SPDX-License-Identifier: Apache-2.0
import LuaSource
import Testing

/// What an outline holds of a text, and what it says of one that is no Lua.
struct OutlineTests {
    private func read(_ source: String) throws -> LuaOutline { try LuaOutline(reading: Array(source.utf8)) }

    /// Line, column and message of the error that reading ends with.
    private func complaint(_ source: [UInt8]) -> String? {
        do throws(LuaReadingError) {
            _ = try LuaOutline(reading: source)
            return nil
        } catch {
            let place = LuaPlace(of: error.offset, in: source)
            return "\(place.line):\(place.column) \(error.message)"
        }
    }

    @Test(arguments: [
        ("x = = 1", "1:5 unexpected symbol near '='"), ("f(\n", "2:1 unexpected symbol near <eof>"),
        ("if x then\nprint(1)\n", "3:1 'end' expected (to close 'if' at line 1) near <eof>"),
        ("print(1", "1:8 ')' expected near <eof>"), ("local s = 'a\n'", "1:11 unfinished string near ''a'"),
        ("\n[[x", "2:1 unfinished long string near <eof>"), ("--[[x", "1:1 unfinished long comment near <eof>"),
        ("goto a", "1:6 no visible label 'a' for <goto> at line 1"),
        ("do ::a:: end goto a", "1:19 no visible label 'a' for <goto> at line 1"),
        ("::a:: function f() goto a end", "1:25 no visible label 'a' for <goto> at line 1"),
        ("while x do end break", "1:16 break outside loop at line 1"),
        ("while x do f(function() break end) end", "1:25 break outside loop at line 1"),
        ("for i <const> = 1", "1:7 '=' or 'in' expected near '<'"),
        ("local x <const> = 1; function f() x = 2 end", "1:35 attempt to assign to const variable 'x'"),
        ("x = 1x", "1:5 malformed number near '1x'"), ("ä", "1:1 unexpected symbol near '<\\195>'"),
        ("\u{feff}#!/x\nx", "2:2 syntax error near <eof>"),
    ])
    func whatIsNoLuaIsToldWithItsPlace(source: String, complaint: String) {
        #expect(self.complaint(Array(source.utf8)) == complaint)
    }

    @Test(arguments: [
        "goto a; ::a::", "do goto a end ::a::", "while true do goto on; ::on:: end", "repeat local x = 1 until x",
        "local a <close> = nil; return a", "for i = 1, 2 do break end", "return ...",
        "return function(...) return ... end",
        "x = -1 // 2 .. 'a' & ~3", "a.b:c 'x' {} (1)[2] = 3", "::a:: do ::b:: end ::c::", "#!/usr/bin/pvelua", "",
    ])
    func whatIsLuaIsRead(source: String) {
        #expect(complaint(Array(source.utf8)) == nil)
    }

    @Test func aNameIsTheInnermostLocalAndElseAGlobal() throws {
        let outline = try read("local a = 1; do local a = a; print(a) end a = b; local function c() return a, c end")
        #expect(outline.locals.map(\.name) == ["a", "a", "c"])
        #expect(outline.locals.map(\.reads) == [2, 1, 1])
        #expect(outline.locals.map(\.writes) == [1, 0, 0])
        let globals = outline.nodes.compactMap { if case .global(let name) = $0.shape { name } else { nil } }
        #expect(globals == ["print", "b"])
    }

    @Test func anUntilSeesTheLocalsOfItsBlockAndNothingElseDoes() throws {
        let outline = try read("repeat local x = f() until x; print(x)")
        #expect(outline.locals.map(\.reads) == [1])
        #expect(outline.nodes.contains { if case .global("x") = $0.shape { true } else { false } })
    }

    @Test func aGlobalThatGetsAValueIsNoneThatIsRead() throws {
        let outline = try read("x, y.z = 1, 2; function g() end; function h.i:j() return self end")
        #expect(outline.assignments.map(\.name) == ["x", "g"])
        #expect(outline.assignments.map(\.isFunction) == [false, true])
        #expect(outline.assignedFields.count == 2)
    }

    @Test func aCallKnowsItsArgumentsAndHowManyFunctionsItStandsIn() throws {
        let outline = try read("f(1, 'a', nil); function g() h:m{ x = -2, [3] = 4, 5 } end")
        #expect(outline.calls.map(\.arguments.count) == [3, 1])
        #expect(outline.calls.map(\.depth) == [0, 1])
        #expect(outline.calls[1].method?.text == "m")
        guard case .table(let fields) = outline[outline.calls[1].arguments[0]].shape else {
            Issue.record("no table")
            return
        }
        guard case .literal(.integer(-2)) = outline[fields[0].value].shape, case .name(let word) = fields[0].key,
            case .computed = fields[1].key, case .position = fields[2].key
        else {
            Issue.record("other fields: \(fields)")
            return
        }
        #expect(word.text == "x")
    }

    @Test(arguments: [
        "(", "{", "x={", "- ", "f(", "if a then ", "x = a..", "function f() ", "not ", "a[", "(function() ",
    ])
    func whatIsNestedTooDeepIsRefusedAndCrashesNothing(piece: String) {
        let source = Array("x = ".utf8) + Array(String(repeating: piece, count: 20_000).utf8)
        #expect(complaint(source) != nil)
        #expect(complaint(Array(source.dropFirst(4))) != nil)
    }

    @Test(arguments: [".a", "()", "+1", "[1]", "'x'", ":m()"])
    func aLongChainIsReadInLinearTime(piece: String) throws {
        let short = try read("return a" + String(repeating: piece, count: 50))
        let long = try read("return a" + String(repeating: piece, count: 5_000))
        #expect(long.nodes.count > 90 * short.nodes.count)
    }

    @Test func placesOfSeveralBytesAreThoseOfEach() {
        let source = Array("a\r\nä b\rc\n\nd".utf8)
        let all = Array(0...source.count)
        #expect(LuaPlace.places(of: all, in: source) == all.map { LuaPlace(of: $0, in: source) })
        for offset in all.dropLast() where source[offset] & 0xc0 != 0x80 && source[offset] != 0x0a {
            let place = LuaPlace(of: offset, in: source)
            #expect(LuaPlace.offset(line: place.line, column: place.column, in: source) == offset)
        }
    }
}

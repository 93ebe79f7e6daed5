// SPDX-License-Identifier: Apache-2.0
import LuaSource
import Testing

struct InstrumenterTests {
    private func written(_ source: String, _ form: LuaInstrumenter.Form = .file) -> String {
        String(
            decoding: LuaInstrumenter(truth: "T", value: "V", join: "J").instrumented(Array(source.utf8), as: form),
            as: UTF8.self
        ).replacing("(\"\"):", with: "")
    }

    @Test(arguments: [
        ("if a then f() elseif b.c then g() else h() end", "if T(a) then f() elseif T(b.c) then g() else h() end"),
        ("while f() do end", "while T(f()) do end"), ("repeat local x = 1 until x", "repeat local x = 1 until T(x)"),
        ("x = a == b", "x = V(a) == V(b)"), ("x = a ~= nil", "x = V(a) ~= nil"),
        ("x = a == b == c", "x = V(a) == V(b) == V(c)"),
        ("x = not a", "x = not T(a)"), ("x = not not a", "x = not not T(a)"),
        ("x = not a == b", "x = not T(a) == V(b)"),
        ("x = a and b", "x = T(a) and b"), ("x = a and b or c", "x = T(a) and T(b) or c"),
        ("x = a or b and c", "x = T(a) or T(b) and c".replacing("T(b)", with: "T(b)")),
        ("if a and b then end", "if T(a) and T(b) then end"), ("if (a and b) then end", "if T((T(a) and b)) then end"),
        ("if a < b then end", "if a < b then end"), ("if a == 1 then end", "if V(a) == 1 then end"),
        ("t[k] = 1", "t[V(k)] = 1"), ("t[1], t['x'] = t[i + 1]", "t[1], t['x'] = t[V(i + 1)]"),
        ("t = { [k] = a == b, c = d, e }", "t = { [V(k)] = V(a) == V(b), c = d, e }"),
        ("for i = a, b do end", "for i = V(a), V(b) do end"), ("for i = 1, #t, 2 do end", "for i = 1, V(#t), 2 do end"),
        ("for k, v in pairs(t) do end", "for k, v in pairs(t) do end"),
        ("x = a .. b", "x = J(a , (b))"), ("x = a .. b .. 'c'", "x = J(a , b , 'c')".replacing("b ,", with: "b ,")),
        ("x = a .. (b .. c) .. d", "x = J(a , (J(b , (c))) , (d))"),
        ("x = 'a' .. b + 1 .. c ^ 2", "x = J('a' , b + 1 , (c ^ 2))"),
        ("x = a .. b == c", "x = V(J(a , (b))) == V(c)"), ("if a .. b then end", "if J(a , (b)) then end"),
        ("x = a..b", "x = J(a,(b))"), ("x = -a .. #b", "x = J(-a , (#b))"),
        ("if x--[[c]]then end", "if T(x)--[[c]]then end"), ("if(x)then end", "ifT((x))then end"),
        (
            "local x <const>, y <close> = 1, nil; goto done; ::done::",
            "local x <const>, y <close> = 1, nil; goto done; ::done::"
        ),
        ("f{ a and b }; f'x'; a.b:c(d == e)(g)", "f{ T(a) and b }; f'x'; a.b:c(V(d) == V(e))(g)"),
        ("x = function(...) return ... == 1 end", "x = function(...) return V(...) == 1 end"),
        ("x = [==[ if a then ]] ]==] == a -- if b then", "x = [==[ if a then ]] ]==] == V(a) -- if b then"),
        ("#!/usr/bin/env pvelua if a\nif a then end", "#!/usr/bin/env pvelua if a\nif T(a) then end"),
        ("x = 7 // 2 ~ 1 ~= y", "x = V(7 // 2 ~ 1) ~= V(y)"), ("return a == b;", "return V(a) == V(b);"),
    ])
    func whatAScriptGoesByIsWrapped(source: String, expected: String) {
        #expect(written(source) == expected)
    }

    @Test(arguments: [
        "if a then", "x = ", "f(", "a b", "x = 'open", "x = [[open", "--[[ open", "1 = 2", "f() = 1", "(a) = 1",
        "for i = 1 do end",
        "return 1 x", "x = a = b", "local function f.g() end", "end", "x = @", "if a then end end",
        String(repeating: "x = ((", count: 300), String(repeating: "do ", count: 300),
    ])
    func whatIsNoLuaStaysAsItIs(source: String) {
        #expect(written(source) == source)
    }

    @Test func expressionsAreReadAsSuch() {
        #expect(written("a == b, c and d", .expression) == "V(a) == V(b), T(c) and d")
        #expect(written("x = a == b", .expression) == "x = V(a) == V(b)")
        #expect(written("#!x", .statements) == "#!x")
    }

    @Test func noLineMoves() {
        let source = "if a\n==\nb then\n\nx = a\n..\nb --[[\n]] .. c\nend\n"
        #expect(written(source).filter { $0 == "\n" }.count == source.filter { $0 == "\n" }.count)
        #expect(written(source) == "if V(a)\n==\nV(b) then\n\nx = J(a\n,\nb --[[\n]] , (c))\nend\n")
    }

    @Test func longChainsNestNoDeeper() {
        let terms = (0..<3000).map { "x\($0)" }
        #expect(written("x = " + terms.joined(separator: " and ")).hasPrefix("x = T(x0) and T(x1)"))
        #expect(written("x = " + terms.joined(separator: " == ")).hasPrefix("x = V(x0) == V(x1) == "))
    }

    @Test func randomBytesAreNoTrap() {
        var generator = SystemRandomNumberGenerator()
        let pieces = [
            "if", "then", "end", "a", "==", "..", "(", ")", "[", "]", "{", "}", "'", "\"", "[[", "]]", "--", "\n",
            "not", "and", "0x", "1e", "function", "=", ",", "\\", "::",
        ]
        let instrumenter = LuaInstrumenter(truth: "T", value: "V", join: "J")
        for _ in 0..<3000 {
            let text = (0..<Int.random(in: 0..<30, using: &generator)).map { _ in
                pieces.randomElement(using: &generator) ?? ""
            }
            let source = Array(text.joined(separator: Bool.random(using: &generator) ? " " : "").utf8)
            #expect(instrumenter.instrumented(source, as: .expression).count >= source.count - 30)
        }
    }
}

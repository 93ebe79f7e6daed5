// SPDX-License-Identifier: Apache-2.0
import Foundation
import Model
import Policy
import TestSupport
import Testing

@testable import Runbook

/// What the host writes into a text must not change what the text does.
struct PlannedTextTests {
    /// What a chunk prints, as it is and as it is planned.
    private func outputs(of code: String) async throws -> (real: String, planned: String) {
        let real = try Bench()
        #expect(try await real.failure(of: code) == nil)
        var planned = try Bench()
        planned.environment.oversight = .planning(PlanRecorder(nonce: "0123456789abcdef"))
        #expect(try await planned.failure(of: code) == nil)
        return (real.output.text, planned.output.text)
    }

    @Test func randomExpressionsKeepTheirValue() async throws {
        for _ in 0..<5 {
            let lines = (0..<500).map { _ in "e(function(...) local a, b, c = 7, 'x', nil return \(expression(4)) end)"
            }
            let code = """
                local t = { x = 1, [2] = 'two', y = false, f = function(v) return v, 2 end }
                local function e(f)
                  local r = table.pack(pcall(f, 1, nil))
                  if not r[1] then r = { 'error', n = 1 } end
                  for i = 1, r.n do r[i] = type(r[i]) == 'table' and 'table' or type(r[i]) == 'function' and 'function' or tostring(r[i]) end
                  print(table.concat(r, ' ', 1, r.n))
                end
                local function f(...) return ... end
                _G.t, _G.f, _G.g = t, f, function() end
                \(lines.joined(separator: "\n"))
                """
            let (real, planned) = try await outputs(of: code)
            #expect(real.split(separator: "\n").count == 500)
            #expect(
                zip(real.split(separator: "\n"), planned.split(separator: "\n")).enumerated().first { $1.0 != $1.1 }
                    .map { lines[$0.offset] } == nil)
            #expect(real == planned)
        }
    }

    private func expression(_ depth: Int) -> String {
        let leaves = [
            "a", "b", "c", "1", "2.5", "'s'", "nil", "true", "false", "...", "t", "t.x", "t.y", "{}", "[[l]]",
        ]
        guard depth > 0, Int.random(in: 0..<8) > 0 else { return leaves.randomElement() ?? "a" }
        func inner() -> String { expression(depth - 1) }
        switch Int.random(in: 0..<12) {
        case 0: return "not \(inner())"
        case 1: return "(\(inner()))"
        case 2: return "f(\(inner()), \(inner()))"
        // A comparison as the key of an upvalue is compiled wrongly by stock Lua 5.4.4, so none stands there alone.
        case 3: return "t[ f(\(inner())) ]"
        case 4: return ["- ", "#", "~"].randomElement().map { $0 + "(\(inner()))" } ?? "a"
        case 5: return "(\(inner())) .. \(inner())"
        case 6: return "t.f(\(inner()))"
        case 7: return "({ [ \(inner()) ] = \(inner()), \(inner()) })[1]"
        case 8: return "g() == \(inner())"
        default:
            let signs = ["and", "or", "==", "~=", "<", "..", "+", "*", "//", "^", "and", "or", "&", "|"]
            return "\(inner()) \(signs.randomElement() ?? "and") \(inner())"
        }
    }

    @Test func statementsKeepTheirMeaning() async throws {
        let (real, planned) = try await outputs(
            of: """
                local out = {}
                for i = 10, 1, -3 do if i == 4 then goto next end out[#out + 1] = i ::next:: end
                local n <const> = 3
                local i = 0
                while i < n do i = i + 1 if i == 2 then break end end
                repeat local done = i >= 5; i = i + 1 until done
                local _ENV = { print = print, tostring = tostring, string = string }
                print(i, #out, out[1] .. "-" .. out[2], ("x"):rep(3), not nil == true, 1 .. 2 == "12")
                x = x or 5; print(x, x and x == 5 and "five" or "other")
                function string.mine(s) return s .. "!" end
                print(("hi"):mine(), ("hi").mine ~= nil)
                local mt = print and { 1, 2, n = { m = "deep" } }
                print(mt.n["m"], mt[1] == 1 and mt[2] ~= 1, (function(...) return ... end)(1, 2))
                """)
        #expect(real == planned)
        #expect(real.hasPrefix("6\t3\t10-7\txxx\ttrue\ttrue\n5\tfive\nhi!\ttrue\n"))
    }

    @Test func everyTextOfTheProjectCompilesAsBefore() async throws {
        var texts: [String] = []
        for folder in ["examples", "lua", "Tests"] {
            let found = FileManager.default.enumerator(
                at: Places.repository.appendingPathComponent(folder), includingPropertiesForKeys: nil)
            for case let file as URL in found ?? .init() where file.pathExtension == "lua" {
                guard let text = try? String(contentsOf: file, encoding: .utf8), text.utf8.count < 40_000,
                    !text.contains("]=====]"), !text.hasPrefix("#!")
                else { continue }
                texts.append(text)
            }
        }
        #expect(texts.count > 40)
        for part in stride(from: 0, to: texts.count, by: 30) {
            let code = texts[part..<min(part + 30, texts.count)].map {
                "print(load([=====[\n\($0)]=====], 'c') ~= nil)"
            }
            let (real, planned) = try await outputs(of: code.joined(separator: "\n"))
            #expect(real == planned)
        }
    }
}

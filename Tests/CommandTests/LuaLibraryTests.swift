// SPDX-License-Identifier: Apache-2.0
import Foundation
import Model
import TestSupport
import Testing

/// What `docs/language.md` says of Lua, held against a worker.
struct LuaLibraryTests {
    private let runner: CommandLineRunner

    init() throws { runner = try CommandLineRunner() }

    @Test func theWorkerHasTheseGlobalsAndNoOthers() async throws {
        let code = """
            local names = {}
            for name, value in pairs(_G) do
              names[#names + 1] = name
              if type(value) == "table" and name ~= "_G" then
                for member in pairs(value) do names[#names + 1] = name .. "." .. member end
              end
            end
            table.sort(names)
            print(table.concat(names, "\\n"))
            """
        let result = try await runner.lua(code)
        let known =
            LuaLibrary.globals
            + LuaLibrary.all.filter { !$0.name.isEmpty }.flatMap { library in
                library.members.map { "\(library.name).\($0)" }
            }
        #expect(Set(result.output.split(separator: "\n").map(String.init)) == Set(known), "\(result.errors)")
        #expect(known.count == Set(known).count)
    }

    @Test(arguments: AbsentLua.all.flatMap { absent in absent.names.map { ($0, absent.instead) } })
    func whatIsMissingIsMissingAndTheErrorSaysWhatToDo(name: String, instead: String) async throws {
        let result = try await runner.lua("\(name)('x')")
        #expect(result.status == 1)
        // The function of a table that is missing as a whole is not asked for any more.
        let table = name.split(separator: ".").first.map(String.init) ?? name
        let isTableThere = LuaLibrary.named(table) != nil || table == name
        let words = isTableThere ? instead : AbsentLua.all.first { $0.names.contains(table) }?.instead
        #expect(try result.errors.contains("hint: " + #require(words)), "\(result.errors)")
    }

    /// What the table says of the rest.
    @Test func whatDiffersFromTheManualDoesSo() async throws {
        let code = """
            assert(getmetatable("") == false)
            assert(not pcall(collectgarbage))
            assert(type(collectgarbage("count")) == "number")
            assert(load("\\27Lua") == nil)
            assert(load("return 1")() == 1)
            assert(not pcall(setmetatable, {}, { __gc = print }))
            assert(not tostring({}):find("0x"))
            assert(os.date("!%H", 3600) == "01" and os.date("%H", 3600) == "01")
            print("yes")
            """
        let result = try await runner.lua(code)
        #expect(result.output == "yes\n", "\(result.errors)")
    }
}

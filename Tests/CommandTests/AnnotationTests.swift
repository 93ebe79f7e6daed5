// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Model
import Rehearsal
import TestSupport
import Testing

@testable import Reference

/// The annotations for the Lua language server, held against the language.
struct AnnotationTests {
    private static let text = LuaAnnotations.text()

    @Test func recordedAnnotations() throws {
        try expectRecorded("examples/.pvelua/pve.lua", Self.text)
    }

    @Test func theCommandPrintsThem() async throws {
        #expect(try await CommandLineRunner().pvelua("docs", "--annotations").output == Self.text)
    }

    /// They are Lua: a worker compiles them.
    @Test func theyCompile() async throws {
        let runner = try CommandLineRunner()
        let result = try await runner.pvelua(
            ["eval", "-"], input: "local f = function(...)\n\(Self.text)\nend\nreturn f ~= nil")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output == "true\n")
    }

    @Test func everyFunctionAndMethodIsDeclaredOnce() {
        let lines = Self.text.split(separator: "\n")
        for operation in OperationTable.all {
            #expect(lines.count { $0.hasPrefix("function pve.\(operation.name)(") } == 1, "\(operation.name)")
            for method in operation.methods {
                let owner = method.object.rawValue.capitalized
                #expect(lines.count { $0.hasPrefix("function \(owner):\(method.name)(") } == 1, "\(method.usage)")
            }
        }
        for extra in LanguageExtra.all + [.header] {
            let isField = lines.contains { $0.hasPrefix("---@field \(extra.name) ") }
            #expect(isField || lines.contains { $0.hasPrefix("function \(extra.fullName)(") }, "\(extra.name)")
        }
    }

    /// Whatever type is named is one of Lua's or declared in the file.
    @Test func everyTypeThatIsNamedIsDeclared() throws {
        let declared = Set(
            Self.text.matches(of: #/---@(?:class|alias) ([\w.]+)/#).map { String($0.output.1) })
        let named = Set(
            Self.text.matches(of: #/---@(?:param|field|return|class|alias|overload)[^\n#]*/#).flatMap { line in
                line.output.prefix(200).split(separator: " ").prefix(4).flatMap { $0.matches(of: #/pve\.[\w.]*\w/#) }
                    .map { String($0.output) }
            })
        #expect(
            named.subtracting(declared).filter { word in OperationTable.named(String(word.dropFirst(4))) == nil } == [])
        #expect(
            declared.isSuperset(of: [
                "pve", "pve.Guest", "pve.vm_action.options", "pve.vm_action.action", "pve.ErrorKind",
            ]))
    }

    /// What is told of parameters goes by their names.
    @Test func everyParameterThatIsToldOfIsTaken() {
        var told: [String] = []
        var functions = 0
        for line in Self.text.split(separator: "\n", omittingEmptySubsequences: false) {
            if let param = line.firstMatch(of: #/^---@param ([\w.]+)/#) {
                told.append(String(param.output.1))
            } else if let function = line.firstMatch(of: #/^function [\w.:]+\((.*)\) end$/#) {
                #expect(told == function.output.1.split(separator: ", ").map(String.init), "\(line)")
                (told, functions) = ([], functions + 1)
            } else if !line.hasPrefix("---") {
                #expect(told.isEmpty, "\(line)")
            }
        }
        #expect(functions > 150)
    }

    @Test func everyOperationSaysWhatItReturns() {
        for operation in OperationTable.all where operation.reach != .change {
            #expect(LuaReturns.types[operation.name] != nil, "\(operation.name)")
        }
        #expect(LuaReturns.types.keys.allSatisfy { OperationTable.named($0) != nil })
    }

    // MARK: - What values really are

    /// What gives values of a class on the embedded cluster.
    static let values: [(record: String, code: String)] = [
        ("pve.GuestRecord", "pve.list_vms()"), ("pve.GuestRecord", "pve.find('*')"),
        (
            "pve.Guest",
            "(function() local l = {} for i, v in ipairs(pve.list_vms()) do l[i] = pve.vm(v.vmid) end return l end)()"
        ),
        ("pve.NodeRecord", "pve.list_nodes()"), ("pve.Node", "{ pve.node('pve1'), pve.node('pve2') }"),
        ("pve.Usage", "{ pve.node('pve1').memory }"), ("pve.StorageRecord", "pve.list_storages()"),
        ("pve.Storage", "{ pve.storage('local') }"), ("pve.Volume", "pve.content('local')"),
        ("pve.Backup", "pve.backups()"), ("pve.NewestBackup", "pve.newest_backups()"),
        ("pve.Snapshot", "(function() pve.snapshot(nil, 101) return pve.snapshots(101) end)()"),
        ("pve.Task", "(function() pve.snapshot(nil, 101) return { pve.task(pve.tasks()[1]) } end)()"),
        ("pve.Pool", "pve.pools()"), ("pve.Pool", "{ pve.pool('web') }"), ("pve.Version", "{ pve.version() }"),
        ("pve.ClusterStatus", "{ pve.cluster_status() }"),
        (
            "pve.Result",
            "{ pve.snapshot(nil, 101), pve.vm_action(nil, 103, 'start'), pve.backup(nil, 101), pve.tag(101, 'x'), pve.agent_exec(101, { 'true' }) }"
        ),
        ("pve.TaskEnd", "{ pve.poll(pve.snapshot(nil, 101).upid) }"),
        ("pve.HighAvailability", "{ pve.ha() }"),
        ("pve.Permissions", "{ pve.permissions(), pve.permissions{ path = '/vms/101' } }"),
        ("pve.Permission", "pve.permissions().operations"), ("pve.SnapshotOfGuest", "pve.snapshot_all{ tag = 'web' }"),
        ("pve.PrunedSnapshot", "pve.snapshot_prune{ keep = { last = 1 }, prefix = 'a', preview = true }"),
        ("pve.Retention", "{ pve.retention({ { time = 1 }, { time = 86400 } }, { last = 1 }) }"),
        ("pve.Kept", "pve.retention({ { time = 1 }, { time = 86400 } }, { last = 1 }).kept"),
        ("pve.MigrationCheck", "{ pve.migrate_check(101), pve.migrate_check(101, 'pve2') }"),
        (
            "pve.Evacuation",
            "{ pve.evacuate('pve1', { preview = true }), pve.return_guests{ moves = { { vmid = 101, from = 'pve1' } } } }"
        ),
        ("pve.Move", "pve.evacuate('pve1', { preview = true }).moves"),
        ("pve.Stayed", "pve.return_guests{ moves = { { vmid = 101, from = 'pve1' } } }.stayed"),
        ("pve.Moves", "{ pve.move_guests{ { vmid = 101, to = 'pve2' } } }"),
        ("pve.Placement", "{ pve.placement({ { vmid = 1, memory = 2 } }, { { node = 'a', free = 3 } }) }"),
        ("pve.Unplaced", "pve.placement({ { vmid = 1, memory = 9 } }, { { node = 'a', free = 3 } }).unplaced"),
        ("pve.Rolled", "pve.rolling{ pool = 'web' }"),
        ("pve.AgentAnswer", "{ pve.agent_ping(101), pve.agent_ping(103) }"),
        ("pve.AgentInfo", "{ pve.agent_info(101) }"), ("pve.FileSystem", "pve.agent_fs(101)"),
        ("pve.Address", "pve.agent_addresses(101)"), ("pve.GuestFile", "{ pve.agent_read(101, '/etc/hostname') }"),
        ("pve.Template", "pve.templates()"), ("pve.Error", "{ select(2, pcall(pve.vm, 9999)) }"),
    ]

    @Test(arguments: values.indices)
    func theFieldsOfAClassAreThoseOfItsValues(index: Int) async throws {
        let (name, code) = Self.values[index]
        let fields = try Self.fields(of: name)
        let known = fields.map { "\($0.name) = \"\($0.isOptional ? "?" : "")\($0.type)\"" }.joined(separator: ", ")
        let result = try await CommandLineRunner().lua(
            """
            local known = { \(known) }
            local function fits(value, type_name)
              local kind = math.type(value) or type(value)
              if type_name == "any" then return true end
              if type_name:sub(-2) == "[]" or type_name:sub(1, 5) == "table" then return kind == "table" end
              if type_name == "pve.GuestKind" then return value == "qemu" or value == "lxc" end
              if type_name == "pve.ErrorKind" then return kind == "string" end
              if type_name:sub(1, 4) == "pve." then return kind == "table" end
              if type_name == "number" then return kind == "integer" or kind == "float" end
              return kind == type_name
            end
            local values = \(code)
            assert(#values > 0, "no values")
            for _, value in ipairs(values) do
              if pve.is_error(value) then
                assert(value.kind == "not_found" and fits(value.message, "string"))
              else
                for key, inner in pairs(value) do
                  local wanted = known[key]
                  if not wanted then print("unknown", key) elseif not fits(inner, (wanted:gsub("^?", ""))) then print("no " .. wanted, key) end
                end
                for key, wanted in pairs(known) do
                  if wanted:sub(1, 1) ~= "?" and value[key] == nil then print("missing", key) end
                end
              end
            end
            """, "--yes", "--quiet")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.isEmpty, "\(name): \(result.output)")
    }

    private static func fields(of name: String) throws -> [(name: String, isOptional: Bool, type: String)] {
        let record = try #require(LuaRecord.all.first { $0.name == name })
        return record.fields + (record.parent.isEmpty ? [] : try fields(of: record.parent))
    }

    // MARK: - The settings

    @Test func theSettingsOfTheExamplesFitTheLanguage() throws {
        let folder = Places.repository.appendingPathComponent("examples")
        let settings = try JSONValue(
            parsing: String(contentsOf: folder.appendingPathComponent(".luarc.json"), encoding: .utf8))
        #expect(settings["runtime.version"] == "Lua 5.4")
        let library = try #require(settings["workspace.library"]?.array?.first?.string)
        #expect(FileManager.default.fileExists(atPath: folder.appendingPathComponent(library + "/pve.lua").path))
        let builtin = try #require(settings["runtime.builtin"]?.object)
        for name in LuaSystemAnnotations.disabled { #expect(builtin[name] == "disable", "\(name)") }
        let words = TestVocabulary.structure.map(\.name).filter { !$0.contains(".") } + ["sim"]
        #expect(Set(settings["diagnostics.globals"]?.array?.compactMap(\.string) ?? []) == Set(words))
    }

    @Test(arguments: ["os", "debug"])
    func whatIsLeftOfADisabledLibraryIsDeclared(name: String) throws {
        let declared = Self.text.matches(
            of: try Regex("\nfunction \(name)\\.(\\w+)\\(", as: (Substring, Substring).self))
        #expect(try Set(declared.map { String($0.output.1) }) == Set(#require(LuaLibrary.named(name)).members))
    }
}

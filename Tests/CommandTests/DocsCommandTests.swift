// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Model
import Reference
import TestSupport
import Testing

/// `pvelua docs`, as a person or an agent asks it.
struct DocsCommandTests {
    private let runner: CommandLineRunner

    init() throws { runner = try CommandLineRunner() }

    private func docs(_ arguments: String...) async throws -> ProcessResult {
        try await runner.pvelua(["docs"] + arguments)
    }

    @Test func theWholeReferenceIsThePage() async throws {
        let page = try String(
            contentsOf: Places.repository.appendingPathComponent("docs/language.md"), encoding: .utf8)
        #expect(try await docs().output == page)
    }

    @Test(arguments: ["pve.vm_action", "vm_action", "vm:start", "vm:shutdown", "vm_action()"])
    func anOperationIsFoundByEachOfItsNames(name: String) async throws {
        let result = try await docs(name)
        #expect(result.status == 0)
        let operation = try #require(OperationTable.named("vm_action"))
        for part in [
            operation.usage, operation.summary, operation.example, "returns \(operation.returns)", "task_timeout",
            "Seconds to wait for the task.", "action guest.start",
        ] {
            #expect(result.output.contains(part), "\(part)")
        }
    }

    @Test(arguments: [
        ("string.rep", "packsize"), ("print", "collectgarbage"), ("io", "scripts see no files"),
        ("os.exit", "a script ends where it ends"), ("runbook", "as the first statement"),
        ("list.lua", "pve.list_nodes()"), ("parallel", "stop_on_error"), ("locked", "Wait for the task"),
        ("api.get", "Reads any path"),
    ])
    func whatIsNoOperationHasAnEntryToo(name: String, words: String) async throws {
        let result = try await docs(name)
        #expect(result.status == 0)
        #expect(result.output.contains(words), "\(result.output)")
    }

    @Test func aPatternAndAnAreaNameSeveral() async throws {
        let pattern = try await docs("snapshot_*").output.split(separator: "\n").map { $0.prefix { $0 != " " } }
        #expect(
            pattern == [
                "pve.snapshot_tree", "pve.snapshot_rollback", "pve.snapshot_delete", "pve.snapshot_all",
                "pve.snapshot_prune",
            ])
        #expect(try await docs("migration").output.contains("pve.evacuate"))
        #expect(try await docs("api").output.split(separator: "\n").count == 4)
        let whole = try await docs("pve").output.split(separator: "\n").count
        #expect(whole == OperationTable.all.count + LanguageExtra.all.count)
        let two = try await docs("sleep", "now").output
        #expect(two.contains("pve.sleep(seconds)") && two.contains("pve.now()"))
    }

    @Test func anUnknownNameSuggestsTheNearest() async throws {
        let result = try await docs("vm_acton")
        #expect(result.status == 2)
        #expect(result.output.isEmpty)
        #expect(result.errors.contains("did you mean `vm_action`?"), "\(result.errors)")
        let other = try await docs("\u{1b}[31mzzz")
        #expect(other.status == 2)
        #expect(!other.errors.contains("\u{1b}"))
        #expect(other.errors.contains("pvelua docs --list"))
    }

    @Test(arguments: [["--list", "--search", "x"], ["--search"], ["vm", "--annotations"]])
    func wishesThatExcludeEachOtherAreRefused(arguments: [String]) async throws {
        #expect(try await runner.pvelua(["docs"] + arguments).status == 2)
    }

    @Test func theListHasALineForEachEntry() async throws {
        let lines = try await docs("--list").output.split(separator: "\n")
        #expect(lines.count == ReferenceEntry.all.count)
        for operation in OperationTable.all {
            #expect(
                lines.contains { $0.hasPrefix("pve.\(operation.name) ") && $0.hasSuffix(operation.summary) },
                "\(operation.name)")
        }
    }

    @Test func noClusterAndNoConfigurationAreNeeded() async throws {
        try runner.write("config.yaml", "this: [is, broken")
        let result = try await docs("vm")
        #expect(result.status == 0)
        #expect(try FileManager.default.subpathsOfDirectory(atPath: runner.home.url.path).count == 3)
    }

    // MARK: - As JSON

    private func schema(_ name: String = "operations") throws -> JSONValue {
        let file = Places.repository.appendingPathComponent("docs/schemas/\(name).json")
        return try JSONValue(parsing: String(contentsOf: file, encoding: .utf8))
    }

    @Test(arguments: [["--json"], ["--format", "json"], ["vm", "pool*", "io", "busy", "list.lua", "--json"]])
    func theTableFollowsItsSchema(arguments: [String]) async throws {
        let result = try await runner.pvelua(["docs"] + arguments)
        let table = try JSONValue(parsing: result.output)
        #expect(try schemaFaults(of: table, by: schema(), at: "docs") == [])
    }

    @Test(arguments: [["--list"], ["--search", "snapshot"], ["--search", "zzyzx"]])
    func listAndSearchFollowTheirSchema(arguments: [String]) async throws {
        let result = try await runner.pvelua(["docs", "--json"] + arguments)
        let entries = try JSONValue(parsing: result.output)
        #expect(try schemaFaults(of: entries, by: schema("entries"), at: "docs") == [])
        #expect(entries["entries"]?.array?.isEmpty == arguments.contains("zzyzx"))
    }

    @Test func theTableHoldsEveryOperation() async throws {
        let table = try JSONValue(parsing: try await docs("--json").output)
        #expect(table["operations"]?.array?.compactMap { $0["name"]?.string } == OperationTable.all.map(\.name))
        #expect(table["extras"]?.array?.count == LanguageExtra.all.count + 1)
        let kinds = try schema()["$defs"]?["kind"]?["enum"]?.array?.compactMap(\.string)
        #expect(kinds == ErrorKind.allCases.map(\.rawValue))
        let timeout = table["operations"]?.array?.first { $0["name"] == "wait" }?["parameters"]?.array?.last
        #expect(timeout?["options"]?.array?.first?["default"] == "300")
        #expect(timeout?["options"]?.array?.first?["type"] == "seconds")
    }

    @Test func theCheckOfTheSchemaFindsWhatDoesNotFit() async throws {
        let text = try await docs("now", "--json").output
        for (old, new) in [
            (#""reach":"local""#, #""reach":"far""#), (#""since":"0.1","#, ""), (#""uses":[]"#, #""uses":[1]"#),
            (#""uses":[]"#, #""uses":[],"more":1"#),
        ] {
            #expect(text.contains(old))
            let table = try JSONValue(parsing: text.replacing(old, with: new))
            #expect(try !schemaFaults(of: table, by: schema(), at: "docs").isEmpty, "\(new)")
        }
    }
}

/// What entries are made of, held against what there is.
struct ReferenceEntryTests {
    @Test func theMeaningsOfErrorsAreThoseOfThePage() throws {
        let page = try String(
            contentsOf: Places.repository.appendingPathComponent("docs/errors.md"), encoding: .utf8)
        #expect(ErrorMeaning.all.map(\.kind) == ErrorKind.allCases)
        for error in ErrorMeaning.all {
            let row = "| `\(error.kind.rawValue)` | \(error.meaning) | \(error.advice) | \(error.again) |"
            #expect(page.contains(row), "\(row)")
        }
    }

    @Test func everyExampleTravelsInTheBinary() throws {
        let folder = Places.repository.appendingPathComponent("examples")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
            $0.hasSuffix(".lua") && !$0.hasSuffix("_test.lua")
        }
        #expect(ExampleRunbook.all.map(\.name) == names.sorted(), "assets/embedded_assets.c")
        for example in ExampleRunbook.all {
            let text = try String(contentsOf: folder.appendingPathComponent(example.name), encoding: .utf8)
            #expect(example.text == text)
            #expect(example.summary.count > 20 && !example.summary.contains("pvelua "), "\(example.summary)")
        }
    }

    /// Each operation is called with names of nothing, and fails as its entry says.
    @Test func operationsFailAsTheirEntriesSay() async throws {
        let calls = OperationTable.all.filter { $0.reach != .local }.compactMap {
            operation -> (name: String, code: String)? in
            let arguments = operation.parameters.map { $0.isRequired ? Self.nothing($0.type) : "nil" }
            guard !arguments.contains(nil), arguments.contains(where: { $0 != "nil" }) else { return nil }
            let list = arguments.compactMap { $0 }.joined(separator: ", ")
            return (operation.name, "print('\(operation.name)', kind(pve.\(operation.name), \(list)))")
        }
        #expect(calls.count > 40)
        let result = try await CommandLineRunner().pvelua(
            ["--cluster", "demo", "--quiet", "eval", "-"],
            input: "local function kind(f, ...) local ok, e = pcall(f, ...) return ok and 'done' or e.kind end\n"
                + calls.map(\.code).joined(separator: "\n"))
        let lines = result.output.split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
        #expect(lines.count == calls.count, "\(result.errors)")
        #expect(lines.count { $0.last != "done" } > 40)
        for line in lines where line.last != "done" {
            let operation = try #require(OperationTable.named(line[0]))
            let kinds = (OperationErrors.kinds(of: operation) + OperationErrors.anywhere).map(\.rawValue)
            #expect(kinds.contains(line[1]), "pve.\(line[0]): \(line[1])")
        }
    }

    /// A value of a type that names something which is not there; nil where there is no such value.
    private static func nothing(_ type: ParameterType) -> String? {
        switch type {
        case .node: "'nowhere'"
        case .guest, .guestOrName, .guests: "9999"
        case .choice(let words): words.first.map { "'\($0)'" }
        case .snapshotName, .text, .pool, .storage: "'none'"
        case .volume: "'local:iso/none.iso'"
        case .size: "'+1G'"
        case .integer(let range): "\(range.lowerBound)"
        case .seconds: "1"
        case .flag: "true"
        case .apiPath: "'/nodes/nowhere/status'"
        case .list(let element): nothing(element).map { "{ \($0) }" }
        case .options, .apiParameters, .function, .wordOrFunction, .task, .any: nil
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport
import Testing

@testable import Commands

/// `docs/schemas` held against what every command of the real binary prints with `--format json`.
struct PrintedJSONTests {
    /// Commands whose output is held against a schema elsewhere.
    private static let elsewhere = ["mcp": "mcp"]
    /// Schemas that are no command's own output.
    private static let parts = ["common", "error"]

    @Test(arguments: PrintedJSON.all)
    func whatACommandPrintsFollowsItsSchema(printed: PrintedJSON) async throws {
        for form in try await printed.play(SchemaStage()) {
            let documents = (try? form.documents()) ?? []
            #expect(!documents.isEmpty, "\(form.schema): \(form.result.output) \(form.result.errors)")
            let schema = try SchemaFolder.schema(form.schema)
            for document in documents {
                #expect(schemaFaults(of: document, by: schema, at: form.schema) == [], "\(document.text)")
            }
            #expect(try Self.rows(of: printed).contains { $0.contains("(schemas/") }, "docs/json.md lacks the command")
            #expect(
                try Self.rows.contains { $0.contains("(schemas/\(form.schema).json)") }, "docs/json.md lacks the schema"
            )
            try await tryExamples(of: printed, on: form)
            if form.result.status != 0, let last = form.result.errors.split(separator: "\n").last, last.hasPrefix("{") {
                #expect(try schemaFaults(of: JSONValue(parsing: String(last)), by: SchemaFolder.schema("error")) == [])
            }
        }
    }

    /// What docs/json.md does with `jq` to an output of this schema works on this one.
    private func tryExamples(of printed: PrintedJSON, on form: PrintedJSON.Form) async throws {
        let jq = URL(fileURLWithPath: "/usr/bin/jq")
        guard FileManager.default.fileExists(atPath: jq.path) else { return }
        let input = try form.documents().map { $0.text + "\n" }.joined()
        for row in try Self.rows(of: printed) where row.contains("(schemas/\(form.schema).json)") {
            guard let example = row.firstMatch(of: /`jq (-[rcj] )?'?(.+?)'?` \|$/) else { continue }
            // A script's value is of any shape.
            guard form.schema != "run" || example.2 == "." else { continue }
            let filter = String(example.2).replacingOccurrences(of: "\\|", with: "|")
            let result = try await run(jq, [filter], input: input)
            #expect(result.status == 0, "\(filter): \(result.errors)")
        }
    }

    /// The rows of the table of docs/json.md.
    private static var rows: [Substring] {
        get throws {
            let page = Places.repository.appendingPathComponent("docs/json.md")
            return try String(contentsOf: page, encoding: .utf8).split(separator: "\n").filter { $0.hasPrefix("| `") }
        }
    }

    private static func rows(of printed: PrintedJSON) throws -> [Substring] {
        let words = printed.command.isEmpty ? "-e" : printed.command.joined(separator: " ")
        return try rows.filter { $0.hasPrefix("| `\(words)`") || $0.hasPrefix("| `\(words) ") }
    }

    @Test(arguments: PrintedJSON.all.map(\.command).filter { !$0.isEmpty })
    func aWrongOptionIsAnErrorForPrograms(command: [String]) async throws {
        let result = try await CommandLineRunner().pvelua(command + ["--no-such-option", "--format", "json"])
        #expect(result.status == 2 && result.output.isEmpty, "\(result.output)")
        #expect(result.jsonError?["kind"] == "usage", "\(result.errors)")
    }

    @Test func everyCommandHasASchema() {
        let all = PveluaMain.commands
        let verbs = all.filter { one in !all.contains { $0.count > one.count && $0.starts(with: one) } }
        let known = PrintedJSON.all.map(\.command) + Self.elsewhere.keys.map { [$0] }
        #expect(verbs.filter { !known.contains($0) } == [])
        #expect(known.filter { !$0.isEmpty && !verbs.contains($0) } == [], "these are gone")
    }

    @Test func everySchemaIsHeldAgainstSomething() throws {
        let folder = Places.repository.appendingPathComponent("Tests/CommandTests/Schemas")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        let text = try files.map { try String(contentsOf: $0, encoding: .utf8) }.joined()
        let held = Set(text.matches(of: /Form\(\s*"([a-z-]+)"/).map { String($0.1) })
        let others = Self.parts + Self.elsewhere.values
        #expect(try SchemaFolder.names().filter { !held.contains($0) && !others.contains($0) } == [])
    }

    @Test func everySchemaUsesOnlyWordsThatTheCheckUnderstands() throws {
        for name in try SchemaFolder.names() {
            let schema = try SchemaFolder.schema(name)
            #expect(schema["title"]?.string != nil && schema["$schema"]?.string?.contains("2020-12") == true, "\(name)")
            #expect(Self.oddities(of: schema, in: schema) == [], "\(name)")
        }
    }

    /// Words that the check would pass over, and references that lead nowhere.
    private static func oddities(of schema: JSONValue, in whole: JSONValue) -> [String] {
        let words = [
            "$schema", "$ref", "$defs", "title", "description", "type", "properties", "required", "items", "enum",
            "additionalProperties", "const", "anyOf",
        ]
        guard let object = schema.object else { return schema == false || schema == true ? [] : [schema.text] }
        var found = object.members.map(\.key).filter { !words.contains($0) }
        if let reference = schema["$ref"]?.string, SchemaFolder.follow(reference, from: whole) == nil {
            found.append(reference)
        }
        var below = ["items", "additionalProperties"].compactMap { schema[$0] } + (schema["anyOf"]?.array ?? [])
        for name in ["properties", "$defs"] { below += (schema[name]?.object?.members ?? []).map(\.value) }
        return found + below.flatMap { oddities(of: $0, in: whole) }
    }

    @Test(arguments: [
        #"{"frozen":true}"#, #"{"frozen":false,"reason":"x"}"#, #"{"frozen":0}"#, "[]", "{}",
    ])
    func theCheckFindsWhatDoesNotFit(text: String) throws {
        #expect(try schemaFaults(of: JSONValue(parsing: text), by: SchemaFolder.schema("freeze")) != [])
    }
}

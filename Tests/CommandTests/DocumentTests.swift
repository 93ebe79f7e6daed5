// SPDX-License-Identifier: Apache-2.0
import Foundation
import Model
import TestSupport
import Testing

/// Compares a page of the repository with what it is generated from; `make docs` records it anew.
func expectRecorded(_ path: String, _ text: String) throws {
    let file = Places.repository.appendingPathComponent(path)
    if ProcessInfo.processInfo.environment["PVELUA_RECORD"] == "1" { try Data(text.utf8).write(to: file) }
    #expect(try String(contentsOf: file, encoding: .utf8) == text, "\(path) is out of date: make docs")
}

/// The fenced blocks of one language in a Markdown file.
func fencedBlocks(_ path: String, language: String) throws -> [String] {
    let text = try String(contentsOf: Places.repository.appendingPathComponent(path), encoding: .utf8)
    return text.components(separatedBy: "```\(language)\n").dropFirst().compactMap {
        $0.components(separatedBy: "\n```").first
    }
}

struct DocumentTests {
    @Test func recordedLanguageReference() throws {
        try expectRecorded("docs/language.md", OperationReference.markdown())
    }

    @Test(arguments: OperationTable.all.map(\.name))
    func exampleRunsOnTheDemoCluster(operation: String) throws {
        let row = try #require(OperationTable.named(operation))
        let result = try CommandLineRunner().lua(row.example)
        #expect(result.status == 0, "\(row.example): \(result.errors)")
    }

    @Test(arguments: [
        "README.md", "SKILL.md", "docs/schema.md", "docs/creating-guests.md", "docs/configuration-of-guests.md",
    ])
    func everySnippetOfLuaRuns(page: String) throws {
        let blocks = try fencedBlocks(page, language: "lua")
        #expect(!blocks.isEmpty)
        for block in blocks {
            let result = try CommandLineRunner().pvelua(["--cluster", "demo", "--yes", "eval", "-"], input: block)
            #expect(result.status == 0, "\(page): \(block)\n\(result.errors)")
        }
    }

    /// A line that begins with `pvelua` is run as it stands; `# exit 20` behind it names the status to expect.
    @Test(arguments: ["README.md", "SKILL.md", "docs/schema.md", "docs/permissions.md"])
    func everyCommandRuns(page: String) throws {
        let lines = try fencedBlocks(page, language: "sh").flatMap { $0.components(separatedBy: "\n") }
        let commands = lines.filter { $0.hasPrefix("pvelua ") && !$0.hasPrefix("pvelua repl") }
        #expect(!commands.isEmpty)
        let runner = try CommandLineRunner()
        for command in commands {
            let expected =
                command.components(separatedBy: "# exit ").dropFirst().first.flatMap {
                    Int32($0.prefix { $0.isNumber })
                } ?? 0
            let path = Places.products.path + ":/usr/bin:/bin"
            let result = try run(
                URL(fileURLWithPath: "/usr/bin/setsid"), ["--wait", "bash", "-c", command],
                environment: ["PATH": path, "HOME": runner.home.url.path], directory: Places.repository)
            #expect(result.status == expected, "\(command)\n\(result.errors)")
        }
    }

    @Test func theChangelogNamesThisVersion() throws {
        let text = try String(contentsOf: Places.repository.appendingPathComponent("CHANGELOG.md"), encoding: .utf8)
        #expect(text.contains("## 0.1.0"))
    }
}

// SPDX-License-Identifier: Apache-2.0
import Foundation
import Model
import Policy
import Reference
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

/// The pages that hold such blocks.
func pages(holding language: String) -> [String] {
    let folder = Places.repository.appendingPathComponent("docs")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let pages = ["README.md", "SKILL.md"] + names.filter { $0.hasSuffix(".md") }.sorted().map { "docs/" + $0 }
    return pages.filter { page in ((try? fencedBlocks(page, language: language)) ?? []).isEmpty == false }
}

struct DocumentTests {
    @Test func recordedLanguageReference() throws {
        try expectRecorded("docs/language.md", OperationReference.markdown())
    }

    @Test func recordedFeatures() throws {
        try expectRecorded("docs/features.md", FeaturesPage(policy: try .shipped()).markdown())
    }

    /// The chart of docs/helpers.md, drawn by the command that stands there.
    @Test func recordedUsageChart() async throws {
        let code = #"print(pve.report(pve.list_vms(), { format = "svg", title = "Guests of the demo cluster" }))"#
        let result = try await CommandLineRunner().lua(code)
        #expect(result.status == 0, "\(result.errors)")
        try expectRecorded("docs/usage.svg", result.output)
    }

    @Test(arguments: LanguageExtra.all.compactMap(\.example))
    func exampleOfAnExtraRunsOnTheDemoCluster(example: String) async throws {
        let result = try await CommandLineRunner().lua(example)
        #expect(result.status == 0, "\(example): \(result.errors)")
    }

    @Test(arguments: OperationTable.all.map(\.name))
    func exampleRunsOnTheDemoCluster(operation: String) async throws {
        let row = try #require(OperationTable.named(operation))
        let result = try await CommandLineRunner().lua(row.example)
        #expect(result.status == 0, "\(row.example): \(result.errors)")
    }

    @Test(arguments: pages(holding: "lua").filter { $0 != "docs/language.md" })
    func everySnippetOfLuaRuns(page: String) async throws {
        let blocks = try fencedBlocks(page, language: "lua")
        #expect(!blocks.isEmpty)
        for block in blocks {
            let result = try await CommandLineRunner().pvelua(
                ["--cluster", "demo", "--yes", "eval", "-"], input: block)
            #expect(result.status == 0, "\(page): \(block)\n\(result.errors)")
        }
    }

    /// A line that begins with `pvelua` is run as it stands; `# exit 20` behind it names the status to expect.
    @Test(arguments: pages(holding: "sh"))
    func everyCommandRuns(page: String) async throws {
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
            var environment = ["PATH": path, "HOME": runner.home.url.path]
            // As whom it is written for.
            if page == "SKILL.md" { environment["AI_AGENT"] = "1" }
            let result = try await run(
                URL(fileURLWithPath: "/usr/bin/setsid"), ["--wait", "bash", "-c", command],
                environment: environment, directory: Places.repository)
            #expect(result.status == expected, "\(command)\n\(result.errors)")
        }
    }

    @Test func theChangelogNamesThisVersion() throws {
        let text = try String(contentsOf: Places.repository.appendingPathComponent("CHANGELOG.md"), encoding: .utf8)
        #expect(text.contains("## 0.1.0"))
    }
}

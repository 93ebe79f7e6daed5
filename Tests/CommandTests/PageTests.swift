// SPDX-License-Identifier: Apache-2.0
import Foundation
import Model
import TestSupport
import Testing

@testable import Commands

/// What the pages say about the program and about each other, held against both.
struct PageTests {
    /// Every page that is written by hand or generated, by its path in the repository.
    static let pages: [String] = {
        let fixed = ["README.md", "SKILL.md", "CONTRIBUTING.md", "Sources/README.md", "examples/README.md"]
        return fixed + files("docs") + files("docs/decisions")
    }()

    private static func files(_ folder: String) -> [String] {
        let place = Places.repository.appendingPathComponent(folder).path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
        return names.filter { $0.hasSuffix(".md") }.sorted().map { "\(folder)/\($0)" }
    }

    private static func text(_ page: String) throws -> String {
        try String(contentsOf: Places.repository.appendingPathComponent(page), encoding: .utf8)
    }

    private static func matches(_ pattern: String, _ text: String) throws -> [String] {
        let expression = try NSRegularExpression(pattern: pattern)
        return expression.matches(in: text, range: NSRange(text.startIndex..., in: text)).compactMap {
            Range($0.range(at: 1), in: text).map { String(text[$0]) }
        }
    }

    // MARK: - Links

    @Test(arguments: pages)
    func everyLinkLeadsSomewhere(page: String) throws {
        let folder = Places.repository.appendingPathComponent(page).deletingLastPathComponent()
        for link in try Self.matches(#"\]\(([^)\s]+)\)"#, Self.text(page)) where !link.hasPrefix("https://") {
            let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let place =
                parts[0].isEmpty
                ? Places.repository.appendingPathComponent(page) : folder.appendingPathComponent(parts[0])
            #expect(FileManager.default.fileExists(atPath: place.path), "\(page): \(link)")
            guard parts.count == 2, let target = try? String(contentsOf: place, encoding: .utf8) else { continue }
            #expect(Self.anchors(target).contains(parts[1]), "\(page): \(link)")
        }
    }

    /// The headings of a page as GitHub names them.
    private static func anchors(_ text: String) -> Set<String> {
        let headings = text.components(separatedBy: "\n").filter { $0.hasPrefix("#") }
        return Set(
            headings.map { heading in
                let title = heading.drop { $0 == "#" || $0 == " " }.lowercased()
                return String(
                    title.compactMap { $0 == " " ? "-" : $0.isLetter || $0.isNumber || "-_".contains($0) ? $0 : nil })
            })
    }

    @Test func theIndexNamesEveryPage() throws {
        let index = try Self.text("docs/README.md")
        for page in Self.files("docs") where page != "docs/README.md" {
            #expect(index.contains("(\(page.dropFirst(5)))"), "\(page)")
        }
    }

    // MARK: - Commands

    /// Wherever a page names a command with its options, there is such a command, and its help lists the options.
    @Test func everyCommandThatIsNamedExistsWithItsOptions() async throws {
        let pages = await HelpTests.pages.value
        var checked = 0
        for page in Self.pages {
            let text = try Self.text(page)
            let mentions = try Self.matches("`pvelua ([^`\n]+)`", text) + Self.fencedCommands(text)
            for mention in mentions {
                let words = mention.split(separator: " ").map(String.init)
                let leading = ArgumentOrder.words(words).prefix { !$0.hasPrefix("-") }
                guard
                    let command = PveluaMain.commands.filter({ leading.starts(with: $0) }).max(by: {
                        $0.count < $1.count
                    }),
                    !command.isEmpty
                else {
                    #expect(leading.isEmpty || leading.first == "[options]", "\(page): pvelua \(mention)")
                    continue
                }
                // Every command has help.
                for option in words where option.hasPrefix("--") && option.count > 2 && option != "--help" {
                    let name = String(option.prefix { $0.isLetter || $0 == "-" })
                    #expect(
                        pages[command]?.output.contains("  \(name)") == true, "\(page): pvelua \(mention)")
                    checked += 1
                }
            }
        }
        #expect(checked > 20)
    }

    /// The lines of fenced blocks that begin with the program's name, without it and without comments.
    private static func fencedCommands(_ text: String) -> [String] {
        let parts = text.components(separatedBy: "```")
        let fenced = parts.indices.filter { $0 % 2 == 1 }.flatMap { parts[$0].components(separatedBy: "\n") }
        return fenced.filter { $0.hasPrefix("pvelua ") && !$0.contains("─▶") }.map {
            String($0.dropFirst(7).prefix { $0 != "#" })
        }
    }

    /// What `docs/schema.md` shows of the embedded cluster's schema is what is printed.
    @Test func theSchemaPageShowsWhatIsPrinted() async throws {
        let runner = try CommandLineRunner()
        let printed =
            try await runner.pvelua("--cluster", "demo", "cluster", "schema", "sync").output
            + runner.pvelua(
                "--cluster", "demo", "cluster", "schema", "show", "/nodes/pve1/qemu/101/status/shutdown"
            ).output
        let shown = try fencedBlocks("docs/schema.md", language: "").first { $0.contains("methods, kept in") }
        for line in try #require(shown).components(separatedBy: "\n") where !line.isEmpty && line != "…" {
            // How many methods there are grows with the simulator.
            let wanted = line.components(separatedBy: " kept in")[0].replacing(#/\d+ methods/#, with: "methods")
            #expect(printed.replacing(#/\d+ methods/#, with: "methods").contains(wanted), "\(line)")
        }
    }

    // MARK: - Tables

    @Test func agentsAreToldOfEveryKindAndEveryStatus() throws {
        let text = try Self.text("SKILL.md")
        for kind in ErrorKind.allCases { #expect(text.contains("`\(kind.rawValue)`"), "\(kind.rawValue)") }
        let rows = text.components(separatedBy: "\n").filter { $0.hasPrefix("| ") }
        for status in ExitStatus.allCases {
            let isTold = rows.contains { row in
                row.dropFirst(2).prefix { $0 != "|" }.split(whereSeparator: { ", ".contains($0) }).contains {
                    Int32($0) == status.rawValue
                }
            }
            #expect(isTold, "\(status.rawValue)")
        }
    }

    @Test func theConfigurationsThatAreShownAreSound() async throws {
        let runner = try CommandLineRunner()
        let whole = try fencedBlocks("docs/setup.md", language: "yaml")
        let parts = try fencedBlocks("docs/authentication.md", language: "yaml")
            .flatMap { $0.components(separatedBy: "\n") }.filter { $0.hasPrefix("auth:") }
        #expect(whole.count == 1 && parts.count == 3)
        let texts = whole + parts.map { "version: 1\nclusters:\n  lab:\n    hosts: [pve1.lan]\n    \($0)\n" }
        for text in texts {
            let file = runner.home.url.appendingPathComponent("shown.yaml")
            try Data(text.utf8).write(to: file)
            let result = try await runner.pvelua("cluster", "list", "--config", file.path)
            #expect(result.status == 0, "\(text)\n\(result.errors)")
        }
    }
}

/// The pictures are drawn by programs from what the binaries do; `make docs` draws them anew.
struct PictureTests {
    /// The pictures as they are and as they are drawn now, by name.
    private static let pictures = Task { () -> [String: (old: String, new: String)] in
        guard let folder = try? TemporaryFolder() else { return [:] }
        defer { folder.remove() }
        let docs = Places.repository.appendingPathComponent("docs")
        let place = ProcessInfo.processInfo.environment["PVELUA_RECORD"] == "1" ? docs : folder.url
        for words in [["draw-change"], ["draw-session", Places.products.path]] {
            let program = Places.repository.appendingPathComponent("scripts/\(words[0])")
            let result = try? await run(
                program, words.dropFirst() + [place.path],
                environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"])
            if result?.status != 0 { Issue.record("\(words[0]): \(result?.errors ?? "was not started")") }
        }
        var found: [String: (old: String, new: String)] = [:]
        for name in ["change.svg", "session.svg", "plan.svg", "runs.svg", "doctor.svg", "monitor.svg"] {
            guard let old = try? String(contentsOf: docs.appendingPathComponent(name), encoding: .utf8),
                let new = try? String(contentsOf: place.appendingPathComponent(name), encoding: .utf8)
            else { continue }
            found[name] = (old, new)
        }
        return found
    }

    @Test func recordedWayOfAChange() async throws {
        let picture = try #require(await Self.pictures.value["change.svg"])
        #expect(picture.old == picture.new, "docs/change.svg is out of date: make docs")
    }

    /// Codes, days and versions differ from drawing to drawing.
    @Test(arguments: ["session.svg", "plan.svg", "runs.svg", "doctor.svg", "monitor.svg"])
    func recordedSession(name: String) async throws {
        // libcurl's words differ from Debian 12 to 13, and with them where lines break.
        func plain(_ text: String) -> [Substring] {
            text.replacingOccurrences(of: "<[^>]*>", with: " ", options: .regularExpression)
                .replacingOccurrences(of: "Couldn't", with: "Could not").filter { !$0.isNumber }
                .split(whereSeparator: \.isWhitespace)
        }
        let picture = try #require(await Self.pictures.value[name])
        #expect(plain(picture.old) == plain(picture.new), "docs/\(name) is out of date: make docs")
    }
}

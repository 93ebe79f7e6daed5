// SPDX-License-Identifier: Apache-2.0
import Foundation
import Model
import Terminal
import TestSupport
import Testing

@testable import Commands

/// What `--help` prints, for every command that there is.
struct HelpTests {
    private let runner: CommandLineRunner

    init() throws { runner = try CommandLineRunner() }

    /// Every path of words that leads to a command, nouns as well as verbs.
    static let commands = PveluaMain.commands

    /// What each command's help prints; asked for once, for starting a program holds other tests up.
    static let pages = Task { () -> [[String]: ProcessResult] in
        guard let runner = try? CommandLineRunner() else { return [:] }
        var pages: [[String]: ProcessResult] = [:]
        for words in commands { pages[words] = try? await runner.pvelua(words + ["--help"]) }
        return pages
    }

    @Test func thereAreAsManyCommandsAsEver() {
        #expect(Self.commands.count >= 20)
        #expect(Self.commands.contains(["cluster", "token", "rotate"]))
    }

    @Test(arguments: commands)
    func helpFitsAWindowOfEightyColumns(command: [String]) async throws {
        let result = try #require(await Self.pages.value[command])
        #expect(result.status == 0)
        for line in result.output.components(separatedBy: "\n") {
            #expect(line.displayWidth <= 80, "\(command): \(line)")
        }
        #expect(result.output.contains("USAGE: pvelua \(command.joined(separator: " "))"), "\(result.output)")
    }

    /// A noun only lists its verbs; every other command ends in a way of its own.
    @Test(arguments: commands)
    func exitStatusesStandApartInTheHelp(command: [String]) async throws {
        let output = try #require(await Self.pages.value[command]).output
        let isNoun = !command.isEmpty && output.contains("SUBCOMMANDS:")
        #expect(output.contains("\n\nEXIT STATUS\n") == !isNoun, "\(output)")
    }

    @Test func theHelpOfTheWholeShowsHowAPieceOfLuaIsRun() async throws {
        let output = try #require(await Self.pages.value[[]]).output
        for option in ["-e <code>", "--cluster", "--format", "--yes", "--param"] {
            #expect(output.contains("  \(option)"), "\(option)")
        }
    }

    @Test(arguments: [
        (["cluster", "dcotor"], "there is no command \"cluster dcotor\"; did you mean `doctor`?"),
        (["cluster", "schema", "snyc"], "there is no command \"cluster schema snyc\"; did you mean `sync`?"),
        (["config", "zzz"], "there is no command \"config zzz\"; there are init, check, path"),
        (
            ["version"],
            "there is no command \"version\"; there are run, plan, approve, deny, apply, eval, repl, mcp, runs, config, cluster"
        ),
    ])
    func aMisspeltCommandIsNamedAndTheRightOnesToo(arguments: [String], words: String) async throws {
        let result = try await runner.pvelua(arguments)
        #expect(result.status == 2)
        #expect(result.errors.contains(words), "\(result.errors)")
    }

    // MARK: - At the prompt

    @Test func theOverviewAtThePromptIsWrapped() {
        let text = ReplHelp.text("", width: 60)
        for line in text.components(separatedBy: "\n") { #expect(line.displayWidth <= 72, "\(line)") }
        let words = Set(text.split(whereSeparator: \.isWhitespace).map(String.init))
        #expect(OperationTable.all.allSatisfy { words.contains($0.name) } && words.contains("on_failure"))
        #expect(text.split(separator: "\n").count <= 48, "it fits a window")
    }

    @Test(arguments: OperationTable.areas.map(\.title))
    func anAreaIsShownWithWhatItsOperationsDo(area: String) throws {
        let rows = try #require(OperationTable.areas.first { $0.title == area }).rows
        let text = ReplHelp.text(area, width: 60)
        for line in text.split(separator: "\n") { #expect(line.count <= 72, "\(line)") }
        // The name of an area that is an operation's as well gives the operation.
        for row in rows where OperationTable.named(area) == nil {
            #expect(row.summary.split(separator: " ").allSatisfy { text.contains($0) }, "\(row.name)")
        }
    }

    @Test func whatIsNoOperationIsExplainedAtThePromptToo() {
        #expect(ReplHelp.text("io").contains("scripts see no files"))
        #expect(ReplHelp.text("locked").contains("An operation holds the guest."))
        #expect(ReplHelp.text("vm_acton").contains("did you mean `vm_action`?"))
    }

    @Test func actionsOfAnOperationStandBelowEachOther() throws {
        let lines = ReplHelp.text("vm_action").components(separatedBy: "\n").filter { $0.contains("  action guest.") }
        let columns = Set(lines.map { $0.components(separatedBy: "  action ")[0].count })
        #expect(lines.count == 7)
        #expect(columns.count == 1)
    }
}

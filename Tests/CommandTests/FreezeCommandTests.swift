// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Journal
import Terminal
import TestSupport
import Testing

@testable import Commands

/// `pvelua freeze` with the real binary.
struct FreezeCommandTests {
    private let runner: CommandLineRunner

    init() throws { runner = try CommandLineRunner() }

    private var journal: String { runner.home.url.appendingPathComponent("state/pvelua/journal.sqlite").path }

    @Test func askingMakesNoJournal() async throws {
        let result = try await runner.pvelua("freeze")
        #expect(result.status == 0)
        #expect(result.output == "changes are not frozen\n")
        #expect(try await runner.lua("#pve.list_vms()").status == 0)
        #expect(!FileManager.default.fileExists(atPath: journal))
    }

    @Test func aFreezeStopsChangesAndNoReads() async throws {
        let made = try await runner.pvelua("freeze", "--for", "1h", "--reason", "new \u{1b}[31mswitch")
        #expect(made.status == 0, "\(made.errors)")
        #expect(made.output.hasPrefix("changes are frozen until 2"))
        #expect(made.output.contains("new \\x1b[31mswitch") && !made.output.contains("\u{1b}"))
        let refused = try await runner.lua("pve.vm_action(nil, 103, 'start')", "--yes", "--format", "json")
        #expect(refused.status == 22)
        #expect(refused.jsonError?["kind"]?.string == "policy_denied")
        #expect(refused.jsonError?["message"]?.string?.contains("changes are frozen until") == true)
        #expect(try await runner.lua("#pve.list_vms()").status == 0)
        let told = try JSONValue(parsing: try await runner.pvelua("--format", "json", "freeze").output)
        #expect(told["frozen"] == true && told["until"]?.string?.hasSuffix("Z") == true)
    }

    @Test func aShorterOneShortensNothing() async throws {
        let first = try await runner.pvelua("freeze", "--for", "2h", "--reason", "first")
        let second = try await runner.pvelua("freeze", "--for", "1m", "--reason", "second")
        #expect(second.status == 0 && second.output.contains("first"))
        #expect(first.output.prefix(44) == second.output.prefix(44))
    }

    @Test func liftingNeedsATypedYes() async throws {
        _ = try await runner.pvelua("freeze", "--for", "1h", "--reason", "first")
        let nobody = try await runner.pvelua("freeze", "--lift", "--yes")
        #expect(nobody.status == 20, "\(nobody.errors)")
        #expect(try await runner.atTerminal([["to go on", "no\n"]], ["freeze", "--lift"]).status == 20)
        let agent = try await runner.atTerminal(
            [["a person", ""]], ["freeze", "--lift"], environment: ["CLAUDECODE": "1"])
        #expect(agent.status == 22, "\(agent.output)")
        #expect(try await runner.lua("pve.vm_action(nil, 103, 'start')").status == 22)
        let lifted = try await runner.atTerminal([["type yes to go on", "yes\n"]], ["freeze", "--lift"])
        #expect(lifted.status == 0 && lifted.output.contains("changes are free again"), "\(lifted.output)")
        #expect(try await runner.lua("pve.vm_action(nil, 103, 'start')").status == 0)
        #expect(try await runner.pvelua("freeze", "--lift").output == "nothing was frozen\n")
        let rows = try SQLiteJournal(path: journal).auditRows(after: 0, limit: 100)
        let answers = rows.filter { $0.kind == "consent" && $0.body.contains(#""freeze""#) }
            .map { try? JSONValue(parsing: $0.body)["answer"]?.string }
        #expect(answers == ["nobody", "no", "yes"], "\(answers)")
    }

    @Test(arguments: [
        ["--for", "1h"], ["--for", "1h", "--reason", "  "], ["--for", "1", "--reason", "x"],
        ["--for", "0s", "--reason", "x"], ["--for", "169h", "--reason", "x"], ["--reason", "x"],
        ["--lift", "--for", "1h", "--reason", "x"],
    ])
    func whatIsNoFreezeIsAUsageError(options: [String]) async throws {
        let result = try await runner.pvelua(["freeze"] + options)
        #expect(result.status == 2, "\(result.errors)")
        #expect(!FileManager.default.fileExists(atPath: journal))
    }
}

// SPDX-License-Identifier: Apache-2.0
import Foundation
import Journal
import Model
import Plan
import Synchronization
import Terminal
import TestSupport
import Testing

@testable import Commands

/// Approving and denying, with a person who types what the test says.
struct PlanApprovalTests {
    private let bench: ApprovalBench
    private let journal: SQLiteJournal

    init() async throws {
        bench = try await ApprovalBench(people: ["alice", "bob"])
        journal = try SQLiteJournal.inMemory()
    }

    /// A person who types one line; nil for nobody.
    private final class Typist: Prompter {
        let line: String?
        let shown = Mutex("")
        init(_ line: String?) { self.line = line }
        var isPresent: Bool { line != nil }
        func ask(_ prompt: String, timeout: Double) async -> String? {
            shown.withLock { $0 = prompt }
            return line
        }
    }

    private func approval(
        of file: PlanFile = ApprovalBench.file(), typing person: Typist = Typist("approve 1234"),
        key: String? = "alice",
        terms: ApprovalTerms? = nil, environment: [String: String] = [:]
    ) throws -> PlanApproval {
        try bench.put(file.bytes, "night.plan")
        var context = CommandContext.live()
        context.environment = ["TMPDIR": bench.folder.url.path].merging(environment) { $1 }
        let terms = terms ?? bench.verifier().terms
        var desk = ApprovalDesk(terms, journal: journal, context: context)
        desk.now = { [now = bench.now] in Double(now) }
        var approval = PlanApproval(
            context: context, path: bench.plan, file: file, terms: terms, desk: desk, prompter: person, code: "1234")
        approval.key = key.map(bench.path)
        approval.terminal = nil
        return approval
    }

    @Test func whoTypesTheYesSignsWhatWasShown() async throws {
        let person = Typist("approve  1234")
        let approval = try approval(typing: person)
        let written = try await approval.approve(lifetime: 600)
        #expect(written == bench.path("night.plan.alice@example.com.approval"))
        let mode = try FileManager.default.attributesOfItem(atPath: try #require(written))[.posixPermissions]
        #expect(mode as? Int == 0o644)
        #expect(try await approval.standing().counted == ["alice@example.com"])
        let shown = person.shown.withLock { $0 }
        for line in PlanText(approval.file).text.split(separator: "\n") { #expect(shown.contains(line)) }
        #expect(shown.contains("You sign this as alice@example.com."))
    }

    @Test(arguments: ["yes", "approve", "approve 1235", "", "1234"])
    func anythingElseSignsNothing(line: String) async throws {
        let approval = try approval(typing: Typist(line))
        let failure = await #expect(throws: Failure.self) { try await approval.approve(lifetime: nil) }
        #expect(failure?.kind == .confirmationRequired)
        #expect(try await approval.standing().counted.isEmpty)
    }

    @Test func withoutATerminalNobodyIsAsked() async throws {
        let approval = try approval(typing: Typist(nil))
        let failure = await #expect(throws: Failure.self) { try await approval.approve(lifetime: nil) }
        #expect(failure?.kind == .confirmationRequired)
    }

    @Test(arguments: ["CLAUDECODE", "CI"])
    func anAgentAndAPipelineMustNotApproveAndMayDeny(variable: String) async throws {
        let approval = try approval(environment: [variable: "1"])
        let failure = await #expect(throws: Failure.self) { try await approval.approve(lifetime: nil) }
        #expect(failure?.kind == .policyDenied)
        _ = try await approval.deny(reason: nil)
        #expect(try await approval.standing().denial != nil)
    }

    @Test func theRequesterIsToldBeforeBeingAsked() async throws {
        let person = Typist("approve 1234")
        let approval = try approval(of: ApprovalBench.file(requester: "alice"), typing: person)
        let failure = await #expect(throws: Failure.self) { try await approval.approve(lifetime: nil) }
        #expect(failure?.kind == .policyDenied)
        #expect(person.shown.withLock { $0.isEmpty })
    }

    @Test func aKeyUnderAnothersNameIsNotWritten() async throws {
        var approval = try approval()
        approval.person = "bob@example.com"
        let failure = await #expect(throws: Failure.self) { try await approval.approve(lifetime: nil) }
        #expect(failure?.kind == .auth)
        #expect(
            try !FileManager.default.contentsOfDirectory(atPath: bench.folder.url.path).contains {
                $0.hasSuffix(".approval")
            })
    }

    @Test func whoIsMissingAKeyIsToldHowToNameOne() async throws {
        let failure = await #expect(throws: Failure.self) { try await approval(key: nil).approve(lifetime: nil) }
        #expect(failure?.kind == .usage)
        #expect(failure?.hint?.contains("--key") == true)
    }

    @Test func aDeniedPlanIsNotApprovedAnyMore() async throws {
        let denied = try await approval(key: "bob").deny(reason: "not \u{1b}[2Jtonight")
        #expect(denied == bench.path("night.plan.bob@example.com.denial"))
        let approval = try approval()
        let failure = await #expect(throws: Failure.self) { try await approval.approve(lifetime: nil) }
        #expect(failure?.kind == .policyDenied)
        let report = ApprovalReport(file: approval.file, standing: try await approval.standing())
        #expect(report.text.contains("denied by"))
        #expect(!report.text.unicodeScalars.contains("\u{1b}"))
    }

    @Test func partialAndExpiredPlansAreNotApproved() async throws {
        var plan = ApprovalBench.file().plan
        plan.partial = PlannedUnknown(what: "output", place: nil)
        let partial = await #expect(throws: Failure.self) {
            try await approval(of: PlanFile(plan)).approve(lifetime: nil)
        }
        #expect(partial?.kind == .planDiverged)
        plan.partial = nil
        plan.expires = bench.now
        let expired = await #expect(throws: Failure.self) {
            try await approval(of: PlanFile(plan)).approve(lifetime: nil)
        }
        #expect(expired?.kind == .planDiverged)
    }

    @Test func anApprovalEndsWithItsPlanAndAsPolicySays() async throws {
        let approval = try approval()
        let failure = await #expect(throws: Failure.self) { try await approval.approve(lifetime: 7201) }
        #expect(failure?.kind == .usage)
        let written = try #require(try await approval.approve(lifetime: 7200))
        let bytes = try Data(contentsOf: URL(fileURLWithPath: written))
        #expect(try ApprovalFile(reading: Array(bytes)).statement.expires == approval.file.plan.expires)
    }

    @Test func withoutSignersTheYesIsNotedAndCalledWeaker() async throws {
        let person = Typist("approve 1234")
        let approval = try approval(typing: person, key: nil, terms: ApprovalTerms())
        #expect(try await approval.approve(lifetime: nil) == nil)
        #expect(person.shown.withLock { $0.contains("weaker than a signature") })
        let standing = try await approval.standing()
        #expect(standing.isMet && standing.isWeak && standing.counted == [CommandContext.live().account])
    }

    @Test func withoutSignersTwoPeopleCannotBeHad() async throws {
        let terms = ApprovalTerms(count: 2)
        let failure = await #expect(throws: Failure.self) {
            try await approval(key: nil, terms: terms).approve(lifetime: nil)
        }
        #expect(failure?.kind == .approvalRequired)
        let never = ApprovalTerms(own: .never)
        let other = await #expect(throws: Failure.self) {
            try await approval(key: nil, terms: never).approve(lifetime: nil)
        }
        #expect(other?.kind == .policyDenied)
    }
}

/// The commands, as a person and an agent run them.
struct ApprovalCommandTests {
    private func plan(_ runner: CommandLineRunner) throws -> String {
        var plan = ApprovalBench.file().plan
        plan.expires = Int(Date().timeIntervalSince1970) + 3600
        let path = runner.home.url.appendingPathComponent("night.plan").path
        try Data(PlanFile(plan).bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    @Test func aPersonApprovesAtTheTerminalAndDeniesLater() async throws {
        let runner = try CommandLineRunner()
        let path = try plan(runner)
        let before = try await runner.pvelua("approve", "--status", path)
        #expect(before.status == 21, "\(before.errors)")
        let approved = try await runner.atTerminal([["type (approve \\d{4}) to go on", "{1}\n"]], ["approve", path])
        #expect(approved.status == 0, "\(approved.output)")
        #expect(approved.output.contains("guest.stop") && approved.output.contains("weaker"))
        let after = try await runner.pvelua("approve", "--status", "--format", "json", path)
        #expect(after.status == 0, "\(after.errors)")
        #expect(after.output.contains("\"weak\":true") && after.output.contains("\"met\":true"))
        let denied = try await runner.pvelua("deny", path, "--reason", "changed my mind")
        #expect(denied.status == 0, "\(denied.errors)")
        let end = try await runner.pvelua("approve", "--status", path)
        #expect(end.status == 22)
        #expect(end.output.contains("changed my mind"))
    }

    @Test func nobodyAtATerminalIsStatus20AndAnAgentIs22() async throws {
        let runner = try CommandLineRunner()
        let path = try plan(runner)
        #expect(try await runner.pvelua("approve", path).status == 20)
        let agent = try await runner.atTerminal([], ["approve", path], environment: ["CLAUDECODE": "1"])
        #expect(agent.status == 22, "\(agent.output)")
    }

    @Test func aChangedPlanIsNotEvenShown() async throws {
        let runner = try CommandLineRunner()
        let path = try plan(runner)
        let text = try String(contentsOfFile: path, encoding: .utf8).replacingOccurrences(of: "101", with: "102")
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        #expect(try await runner.pvelua("approve", path).status == 23)
    }
}

// SPDX-License-Identifier: Apache-2.0
import Foundation
import Journal
import Model
import Plan
import TestSupport
import Testing

@testable import Commands

/// Who counts, with signatures by the real ssh-keygen.
struct ApprovalVerifierTests {
    private let file = ApprovalBench.file()

    /// The one reason why a file beside the plan did not count.
    private func reason(_ standing: ApprovalStanding) throws -> String {
        #expect(standing.counted.isEmpty && !standing.isMet)
        return try #require(standing.refused.first, "nothing was refused").reason
    }

    @Test func aSecondPersonsKeyApproves() async throws {
        let bench = try await ApprovalBench()
        #expect(try await !bench.standing(of: file).isMet)
        try bench.give(of: file, by: "alice")
        let standing = try await bench.standing(of: file)
        #expect(standing.counted == ["alice@example.com"] && standing.isMet && !standing.isWeak)
        try standing.require(for: "night.plan")
    }

    @Test(arguments: [
        (Caller.human, ApprovalTerms.Own.agents, false), (.human, .never, false), (.agent, .agents, true),
        (.agent, .never, false), (.ci, .agents, true),
    ])
    func ownApprovalsCountOnlyForWhatAnAgentAskedFor(caller: Caller, own: ApprovalTerms.Own, counts: Bool) async throws
    {
        let bench = try await ApprovalBench()
        let file = ApprovalBench.file(caller: caller, requester: "ALICE")
        try bench.give(of: file, by: "alice")
        #expect(try await bench.standing(of: file, bench.verifier(own: own)).isMet == counts)
    }

    /// Alice's key stands under another name too, first by a line of its own, then by a pattern.
    @Test(arguments: ["bob@example.com", "*@example.com"])
    func aRequesterUnderAnotherNameOfTheSameKeyDoesNotCount(name: String) async throws {
        let bench = try await ApprovalBench()
        try bench.list(["\(name) \(bench.publicKey("alice"))", "alice@example.com \(bench.publicKey("alice"))"])
        let file = ApprovalBench.file(requester: "alice")
        try bench.give(of: file, by: "bob", key: "alice")
        #expect(try reason(try await bench.standing(of: file)).contains("who made the plan"))
    }

    @Test func oneKeyUnderTwoNamesCountsOnce() async throws {
        let bench = try await ApprovalBench()
        try bench.list(["alice@example.com \(bench.publicKey("alice"))", "bob@example.com \(bench.publicKey("alice"))"])
        try bench.give(of: file, by: "alice")
        try bench.give(of: file, by: "bob", key: "alice")
        let standing = try await bench.standing(of: file, bench.verifier(count: 2))
        #expect(standing.counted.count == 1 && !standing.isMet)
        #expect(standing.refused.first?.reason.contains("one key counts once") == true)
    }

    @Test func onePersonWithTwoKeysCountsOnce() async throws {
        let bench = try await ApprovalBench()
        try bench.list(["alice@example.com \(bench.publicKey("alice"))", "alice@example.com \(bench.publicKey("bob"))"])
        try bench.give(of: file, by: "alice")
        try bench.give(of: file, by: "alice", key: "bob", as: "alice-2")
        #expect(try await !bench.standing(of: file, bench.verifier(count: 2)).isMet)
    }

    @Test func twoPeopleAreTwo() async throws {
        let bench = try await ApprovalBench()
        try bench.give(of: file, by: "alice")
        #expect(try await !bench.standing(of: file, bench.verifier(count: 2)).isMet)
        try bench.give(of: file, by: "carol")
        let standing = try await bench.standing(of: file, bench.verifier(count: 2))
        #expect(standing.counted == ["alice@example.com", "carol@example.com"] && standing.isMet)
        // What the plan itself binds counts where policy has since become laxer.
        #expect(try await bench.standing(of: ApprovalBench.file(approvals: 3)).needed == 3)
    }

    @Test func timeIsUp() async throws {
        let bench = try await ApprovalBench()
        try bench.give(of: file, by: "alice", signed: bench.now - 100, lifetime: 100)
        #expect(try reason(try await bench.standing(of: file)) == "has expired")
        // It says a year, policy says two hours.
        try bench.give(of: file, by: "alice", signed: bench.now - 7200, lifetime: 31_536_000)
        #expect(try reason(try await bench.standing(of: file)) == "has expired")
        try bench.give(of: file, by: "alice", signed: bench.now + 301)
        #expect(try reason(try await bench.standing(of: file)) == "is signed in the future")
        try bench.give(of: file, by: "alice", signed: bench.now + 300)
        #expect(try await bench.standing(of: file).isMet)
    }

    @Test func anApprovalOfOnePlanIsNoneOfAnother() async throws {
        let bench = try await ApprovalBench()
        try bench.give(of: file, by: "alice")
        var plan = file.plan
        plan.nonce = "0100"
        #expect(try reason(try await bench.standing(of: PlanFile(plan))) == "is for another plan")
    }

    @Test func anotherTextThanWasShownIsNotWhatWasSigned() async throws {
        let bench = try await ApprovalBench()
        var statement = bench.statement(of: file, by: "alice@example.com")
        statement.shown = String(repeating: "0", count: 64)
        try bench.put(try bench.sign(statement, key: "alice").bytes, "night.plan.alice.approval")
        #expect(try reason(try await bench.standing(of: file)).contains("another text"))
    }

    @Test func aSignatureForAnythingElseIsNone() async throws {
        let bench = try await ApprovalBench()
        let signed = try bench.sign(bench.statement(of: file, by: "alice@example.com"), key: "alice", namespace: "git")
        try bench.put(signed.bytes, "night.plan.alice.approval")
        #expect(try reason(try await bench.standing(of: file)).contains("something else"))
    }

    @Test func aKeyThatIsNotListedCountsForNothing() async throws {
        let bench = try await ApprovalBench()
        try await bench.makeKey("mallory")
        try bench.give(of: file, by: "alice", key: "mallory")
        #expect(try reason(try await bench.standing(of: file)).contains("not among the signers"))
        // Bob's key is listed, but not for alice.
        try bench.give(of: file, by: "alice", key: "bob")
        #expect(try reason(try await bench.standing(of: file)).contains("not signed by alice@example.com"))
    }

    @Test(arguments: [
        ("valid-before=\"20200101\"", false), ("valid-after=\"29990101\"", false),
        ("valid-after=\"20200101\",valid-before=\"29990101\"", true), ("namespaces=\"git\"", false),
        ("namespaces=\"git,pvelua-approval\"", true),
    ])
    func theOptionsOfALineHold(options: String, counts: Bool) async throws {
        let bench = try await ApprovalBench()
        try bench.list(["alice@example.com \(options) \(bench.publicKey("alice"))"])
        try bench.give(of: file, by: "alice")
        #expect(try await bench.standing(of: file).isMet == counts)
    }

    @Test func oneDenialIsFinalWhateverElseIsThere() async throws {
        let bench = try await ApprovalBench()
        try bench.give(of: file, by: "alice")
        try bench.give(.deny, of: file, by: "bob", signed: 1_000_000_000)
        let standing = try await bench.standing(of: file)
        #expect(standing.denial?.person == "bob@example.com" && !standing.isMet)
        let failure = #expect(throws: Failure.self) { try standing.require(for: "night.plan") }
        #expect(failure?.kind == .policyDenied)
    }

    @Test func aDenialOfTheJournalIsFinalToo() async throws {
        let bench = try await ApprovalBench()
        try bench.give(of: file, by: "alice")
        let verdict = PlanVerdict(
            digest: file.digest, person: "eve", isDenial: true, given: 0, expires: 0, reason: "no")
        #expect(try await bench.standing(of: file, verdicts: [verdict]).denial == .init(person: "eve", reason: "no"))
    }

    @Test func aDenialThatNobodySignedStopsNothing() async throws {
        let bench = try await ApprovalBench()
        try await bench.makeKey("mallory")
        try bench.give(of: file, by: "alice")
        try bench.give(.deny, of: file, by: "bob", key: "mallory")
        #expect(try await bench.standing(of: file).isMet)
    }

    @Test func theDeskRemembersADenialWhoseFileIsGone() async throws {
        let bench = try await ApprovalBench()
        try bench.give(.deny, of: file, by: "bob")
        var context = CommandContext.live()
        context.environment = ["TMPDIR": bench.folder.url.path]
        let desk = ApprovalDesk(
            bench.verifier().terms, journal: try SQLiteJournal(path: bench.path("j/journal.sqlite")), context: context)
        #expect(try await desk.standing(of: file, at: bench.plan).denial != nil)
        try FileManager.default.removeItem(atPath: bench.path("night.plan.bob.denial"))
        #expect(try await desk.standing(of: file, at: bench.plan).denial?.person == "bob@example.com")
    }

    @Test func linksPipesFoldersAndLargeFilesAreNotRead() async throws {
        let bench = try await ApprovalBench()
        try bench.give(of: file, by: "alice", as: "real")
        try FileManager.default.moveItem(
            atPath: bench.path("night.plan.real.approval"), toPath: bench.path("elsewhere"))
        try FileManager.default.createSymbolicLink(
            atPath: bench.path("night.plan.a.approval"), withDestinationPath: bench.path("elsewhere"))
        #expect(mkfifo(bench.path("night.plan.b.approval"), 0o600) == 0)
        try FileManager.default.createDirectory(
            atPath: bench.path("night.plan.c.approval"), withIntermediateDirectories: false)
        try bench.put([UInt8](repeating: 0x20, count: 70_000), "night.plan.d.approval")
        let standing = try await bench.standing(of: file)
        #expect(standing.counted.isEmpty)
        #expect(
            standing.refused.map(\.reason) == ["it is a link", "it is no file", "it is no file", "it is too large"])
    }

    @Test func aHeapOfFilesIsRefusedAsAWhole() async throws {
        let bench = try await ApprovalBench()
        for number in 0...100 { try bench.put([], "night.plan.\(number).denial") }
        let failure = await #expect(throws: Failure.self) { try await bench.standing(of: file) }
        #expect(failure?.kind == .approvalRequired)
    }

    @Test func signersThatOthersCanWriteAreRefused() async throws {
        let bench = try await ApprovalBench()
        try bench.give(of: file, by: "alice")
        chmod(bench.path("allowed_signers"), 0o666)
        let failure = await #expect(throws: Failure.self) { try await bench.standing(of: file) }
        #expect(failure?.kind == .config)
    }

    @Test func signersThatAreNotThereLetNobodyApprove() async throws {
        let bench = try await ApprovalBench()
        try FileManager.default.removeItem(atPath: bench.path("allowed_signers"))
        let failure = await #expect(throws: Failure.self) { try await bench.standing(of: file) }
        #expect(failure?.kind == .config)
    }

    @Test func withoutSignersTheJournalIsOneWeakWord() async throws {
        let bench = try await ApprovalBench(people: ["alice"])
        try bench.give(of: file, by: "alice")
        let weak = bench.verifier(hasSigners: false)
        #expect(try reason(try await bench.standing(of: file, weak)).contains("cannot be verified"))
        func yes(_ person: String, expires: Int = 3600) -> PlanVerdict {
            PlanVerdict(
                digest: file.digest, person: person, isDenial: false, given: Double(bench.now),
                expires: Double(bench.now + expires))
        }
        let standing = try await bench.standing(of: file, weak, verdicts: [yes("dora"), yes("other")])
        #expect(standing.counted == ["dora"] && standing.isWeak && standing.isMet)
        #expect(try await !bench.standing(of: file, weak, verdicts: [yes("dora", expires: 0)]).isMet)
        let never = bench.verifier(own: .never, hasSigners: false)
        #expect(try await !bench.standing(of: file, never, verdicts: [yes("dora")]).isMet)
        // With signers the journal's yes is worth nothing.
        try FileManager.default.removeItem(atPath: bench.path("night.plan.alice.approval"))
        #expect(try await !bench.standing(of: file, verdicts: [yes("dora")]).isMet)
    }
}

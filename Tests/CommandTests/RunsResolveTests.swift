// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Journal
import Model
import Proxmox
import Runbook
import Simulator
import Synchronization
import Terminal
import TestSupport
import Testing

@testable import Commands

/// What became of a step is said by a person at a terminal, about a run that nobody is at, and only what can be true.
struct RunsResolveTests {
    /// Gives one answer, and remembers what it was shown.
    private final class Person: Prompter {
        let answer: String
        let shown = Mutex("")
        let isPresent = true

        init(_ answer: String) { self.answer = answer }

        func ask(_ prompt: String, timeout: Double) async -> String? {
            shown.withLock { $0 = prompt }
            return answer
        }
    }

    private let clock = Simulator.VirtualClock()
    private let cluster: SimulatedCluster
    private let client: ProxmoxClient
    private let journal: SQLiteJournal

    init() throws {
        cluster = SimulatedCluster(.demo(), clock: clock)
        client = ProxmoxClient(
            hosts: [ProxmoxHost(name: "demo", transport: SimulatorTransport(cluster))],
            credential: try APIToken(
                id: "root@pam!demo", secret: Secret("00000000-0000-4000-8000-000000000001")),
            clock: VirtualTime(clock: clock))
        journal = try SQLiteJournal.inMemory()
        try journal.beginRun(
            RunRecord(
                id: "r1", cluster: "demo", script: "s", scriptSHA256: "", caller: .human, started: clock.now))
        try journal.releaseRun("r1")
    }

    private func desk(_ person: Person, caller: Caller = .human) -> ResolveDesk {
        let (client, clock) = (client, clock)
        let reconciler = Reconciler(
            journal: journal, client: { (_) throws(Failure) in client }, now: { clock.now }, boot: "another")
        return ResolveDesk(
            journal: journal, reconciler: reconciler, caller: caller, account: "alice@ws1", prompter: person,
            style: Style(isEnabled: false))
    }

    /// A step that nothing was kept of that would tell its task.
    private func doubtful(_ path: String = "/nodes/pve1/qemu/103/status/start", method: String = "POST") throws -> Int {
        let step = try journal.recordIntent(
            run: "r1", StepIntent(actions: [], method: method, path: path, vmid: 103, cluster: "demo"), at: clock.now)
        try journal.recordSent(run: "r1", step: step, at: clock.now)
        return step
    }

    private func state(_ step: Int) throws -> StepState? {
        try journal.steps(of: "r1").first { $0.sequence == step }?.state
    }

    private func task(_ path: String...) async throws -> UPID {
        let answer = try await client.send(APICall(.post, try APIPath(["nodes"] + path)))
        return try #require(answer.data.string.flatMap(UPID.init))
    }

    private func failure(_ body: () async throws(Failure) -> ReconciledStep) async -> Failure? {
        do throws(Failure) {
            _ = try await body()
            return nil
        } catch {
            return error
        }
    }

    @Test func itDidNotHappenIsTakenWithATypedYes() async throws {
        let step = try doubtful()
        let person = Person("yes")
        let found = try await desk(person).resolve(run: "r1", step: step, .notHappened)
        #expect(found.step.state == .notHappened)
        #expect(try state(step) == .notHappened)
        let shown = person.shown.withLock { $0 }
        for text in [
            "step 1 of run r1", "POST /nodes/pve1/qemu/103/status/start", "it did not happen", "send it again",
        ] {
            #expect(shown.contains(text), "\(text) in \(shown)")
        }
        let rows = try journal.auditRows(after: 0, limit: 100)
        #expect(rows.contains { $0.kind == "resolved" && $0.body.contains("alice@ws1 says so") })
        #expect(try !journal.isHeld("r1"))
    }

    @Test func anythingButAYesChangesNothing() async throws {
        let step = try doubtful()
        let refused = await failure { () throws(Failure) in
            try await desk(Person("no")).resolve(run: "r1", step: step, .notHappened)
        }
        #expect(refused?.kind == .confirmationRequired)
        #expect(try state(step) == .inDoubt)
        #expect(try !journal.isHeld("r1"))
    }

    @Test(arguments: [Caller.agent, .ci])
    func onlyAPersonMaySayIt(_ caller: Caller) async throws {
        let step = try doubtful()
        let person = Person("yes")
        let refused = await failure { () throws(Failure) in
            try await desk(person, caller: caller).resolve(run: "r1", step: step, .notHappened)
        }
        #expect(refused?.kind == .policyDenied)
        #expect(person.shown.withLock { $0 }.isEmpty)
        #expect(try state(step) == .sent)
    }

    @Test func aRunThatIsGoingOnIsLeftAlone() async throws {
        let step = try doubtful()
        try journal.holdRun("r1")
        let refused = await failure { () throws(Failure) in
            try await desk(Person("yes")).resolve(run: "r1", step: step, .notHappened)
        }
        #expect(refused?.kind == .busy)
        #expect(try state(step) == .sent)
        #expect(try journal.isHeld("r1"))
    }

    @Test func aTaskIsFollowedToItsEnd() async throws {
        let step = try doubtful()
        let upid = try await task("pve1", "qemu", "103", "status", "start")
        let person = Person("yes")
        let found = try await desk(person).resolve(run: "r1", step: step, .task(upid))
        #expect(found.step.state == .done, "\(found.proof)")
        #expect(found.step.upid == upid.description)
        #expect(found.step.outcome?["status"] == "running")
        #expect(person.shown.withLock { $0 }.contains(upid.description))
    }

    @Test func aTaskThatCannotBeItIsRefused() async throws {
        let step = try doubtful()
        let other = try await task("pve1", "qemu", "101", "status", "reset")
        let moved = try await task("pve3", "qemu", "102", "status", "reset")
        let real = try await task("pve1", "qemu", "103", "status", "start")
        let unknown = try #require(
            UPID(real.description.replacingOccurrences(of: ":qmstart:103:", with: ":qmstart:103:x")))
        let past = String(Int(clock.now) - 4000, radix: 16, uppercase: true)
        var parts = real.description.components(separatedBy: ":")
        parts[4] = past
        let old = try #require(UPID(parts.joined(separator: ":")))
        let taken = try doubtful()
        try journal.recordAccepted(run: "r1", step: taken, upid: real.description, at: clock.now)
        for (upid, words) in [
            (other, "is a qmreset"), (moved, "is on pve3"), (unknown, "is not known to pve1"),
            (old, "began before the call was sent"), (real, "belongs to another step"),
        ] {
            let person = Person("yes")
            let refused = await failure { () throws(Failure) in
                try await desk(person).resolve(run: "r1", step: step, .task(upid))
            }
            #expect(refused?.kind == .conflict, "\(words)")
            #expect(refused?.message.contains(words) == true, "\(refused?.message ?? "nothing"), not: \(words)")
            #expect(person.shown.withLock { $0 }.isEmpty)
        }
        #expect(try state(step) == .inDoubt)
    }

    @Test func whatMakesNoTaskMayBeSaidToBeDone() async throws {
        let step = try doubtful("/nodes/pve1/qemu/103/config", method: "PUT")
        #expect(try await desk(Person("yes")).resolve(run: "r1", step: step, .done).step.state == .done)
        let start = try doubtful()
        let refused = await failure { () throws(Failure) in
            try await desk(Person("yes")).resolve(run: "r1", step: start, .done)
        }
        #expect(refused?.hint?.contains("--happened UPID") == true)
    }

    @Test func whatIsCertainIsNotUpToAnybody() async throws {
        let step = try doubtful()
        try journal.recordOutcome(run: "r1", step: step, .done, outcome: .null, at: clock.now)
        let refused = await failure { () throws(Failure) in
            try await desk(Person("yes")).resolve(run: "r1", step: step, .notHappened)
        }
        #expect(refused?.kind == .conflict)
        let missing = await failure { () throws(Failure) in
            try await desk(Person("yes")).resolve(run: "r1", step: 99, .notHappened)
        }
        #expect(missing?.kind == .notFound)
        let nowhere = await failure { () throws(Failure) in
            try await desk(Person("yes")).resolve(run: "r9", step: 1, .notHappened)
        }
        #expect(nowhere?.kind == .notFound)
    }

    /// The real binary, with a journal as a dead process leaves it.
    @Test func theCommandAsksAtTheTerminalOnly() async throws {
        let runner = try CommandLineRunner()
        _ = try await runner.pvelua("freeze", "--for", "1m", "--reason", "makes the journal")
        let place = runner.home.url.appendingPathComponent("state/pvelua/journal.sqlite").path
        do {
            let journal = try SQLiteJournal(path: place)
            try journal.beginRun(
                RunRecord(id: "r1", cluster: "demo", script: "s", scriptSHA256: "", caller: .human, started: 1))
            let hostile = "/nodes/pve1/qemu/103/status/start\u{1b}[31m"
            _ = try journal.recordIntent(
                run: "r1", StepIntent(actions: [], method: "POST", path: hostile, vmid: 103, cluster: "demo"), at: 1)
            try journal.recordSent(run: "r1", step: 1, at: 1)
        }
        let words = ["runs", "resolve", "r1", "1", "--did-not-happen"]
        let nobody = try await runner.pvelua(["--yes"] + words)
        #expect(nobody.status == 20, "\(nobody.errors)")
        let agent = try await runner.atTerminal([["a person", ""]], words, environment: ["CLAUDECODE": "1"])
        #expect(agent.status == 22, "\(agent.output)")
        #expect(try await runner.pvelua("runs", "resolve", "r1", "1").status == 2)
        #expect(try await runner.pvelua("runs", "resolve", "r1", "1", "--happened", "UPID:x").status == 2)
        let said = try await runner.atTerminal([["type yes to go on", "yes\n"]], words)
        #expect(said.status == 0 && said.output.contains("step 1 of run r1 is not_happened"), "\(said.output)")
        #expect(!said.output.contains("start\u{1b}[31m"))
        #expect(try await runner.pvelua(words).status == 5)
    }
}

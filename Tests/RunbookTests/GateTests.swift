// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Journal
import Model
import Policy
import Proxmox
import Testing

@testable import Runbook
@testable import Simulator

struct GateTests {
    private let stop = "pve.vm_action(nil, 101, 'stop')"

    // MARK: - Consent

    @Test func aTypedYesLetsAStopPass() async throws {
        let bench = try Bench(consent: ScriptedConsent([.yes]))
        let code = "local r = \(stop); print(r.changed, r.status, r.verified, pve.vm(101).status)"
        #expect(try await bench.failure(of: code) == nil)
        #expect(bench.output.text == "true\tstopped\ttrue\tstopped\n")
        #expect(bench.writes == ["POST /nodes/pve1/qemu/101/status/stop"])
        let question = try #require(bench.consent.questions.first)
        #expect(question.effect == .confirmTyped)
        #expect(question.action == "guest.stop")
        #expect(question.cluster == "demo")
        #expect(question.guest?.name == "web-1")
        #expect(question.guest?.state == "running")
        #expect(question.guest?.node.rawValue == "pve1")
        #expect(question.warning?.contains("lost") == true)
    }

    @Test(arguments: [
        (ConsentAnswer.no(reason: "the answer was no"), ErrorKind.confirmationRequired),
        (.nobody, .confirmationRequired),
    ])
    func withoutAYesNothingIsSent(answer: ConsentAnswer, kind: ErrorKind) async throws {
        let bench = try Bench(consent: ScriptedConsent([answer]))
        let failure = try #require(try await bench.failure(of: stop))
        #expect(failure.kind == kind)
        #expect(failure.action == "guest.stop")
        #expect(failure.vmid == 101)
        #expect(bench.writes.isEmpty)
        #expect(try bench.journal.runs(limit: 10).isEmpty, "no intent, no row")
    }

    @Test func yesAsAFlagAnswersSimpleConfirmationsOnly() async throws {
        let bench = try Bench { $0.assumesYes = true }
        #expect(try await bench.failure(of: "pve.vm_action(nil, 101, 'shutdown')") == nil)
        #expect(try await bench.failure(of: "pve.vm_action(nil, 102, 'stop')")?.kind == .confirmationRequired)
        #expect(bench.writes == ["POST /nodes/pve1/qemu/101/status/shutdown"])
    }

    /// A bench whose person always says yes, and whose guest 101 changes each time before the answer is given.
    private func benchThatChanges(_ change: @escaping @Sendable (inout SimulatedGuest, Int) -> Void) throws -> Bench {
        let clusters = Box<SimulatedCluster>()
        let consent = ScriptedConsent([.yes, .yes, .yes, .yes]) { count in
            clusters.value?.update { state in
                guard var guest = state.guests[101] else { return }
                change(&guest, count)
                state.put(guest)
            }
        }
        let bench = try Bench(consent: consent)
        clusters.value = bench.cluster
        return bench
    }

    @Test func aGuestThatChangesWhileAskedIsAskedAboutAgain() async throws {
        let bench = try benchThatChanges { guest, _ in guest.config["name"] = "precious" }
        #expect(try await bench.failure(of: stop) == nil)
        let questions = bench.consent.questions
        #expect(questions.count == 2)
        #expect(questions.last?.guest?.name == "precious")
        #expect(questions.last?.changedSinceAsked.contains { $0.contains("web-1") && $0.contains("precious") } == true)
    }

    @Test func aTagGivenWhileTheQuestionStandsDecides() async throws {
        let bench = try benchThatChanges { guest, _ in guest.config["tags"] = "web;crown-jewel" }
        #expect(try await bench.failure(of: stop)?.kind == .policyDenied)
        #expect(bench.writes.isEmpty)
    }

    @Test func aGuestThatMovesWhileAskedIsNotTouched() async throws {
        let bench = try benchThatChanges { guest, _ in guest.node = "pve3" }
        #expect(try await bench.failure(of: stop)?.kind == .conflict)
        #expect(bench.writes.isEmpty)
    }

    @Test func aGuestThatKeepsChangingIsLeftAlone() async throws {
        let bench = try benchThatChanges { guest, count in guest.config["name"] = "name-\(count)" }
        #expect(try await bench.failure(of: stop)?.kind == .conflict)
        #expect(bench.writes.isEmpty)
    }

    // MARK: - Decision

    @Test(arguments: [Caller.agent, .ci])
    func agentsNeedAnApproval(caller: Caller) async throws {
        let bench = try Bench(consent: ScriptedConsent([.yes]), caller: caller) { $0.assumesYes = true }
        #expect(try await bench.failure(of: "pve.vm_action(nil, 103, 'start')")?.kind == .approvalRequired)
        #expect(bench.consent.questions.isEmpty, "an approval is not asked for at the terminal")
        #expect(bench.writes.isEmpty)
        #expect(try await bench.failure(of: "return #pve.list_vms()") == nil)
    }

    @Test func aCrownTagDeniesEveryChange() async throws {
        let bench = try Bench(consent: ScriptedConsent([.yes]))
        bench.cluster.update { state in
            guard var guest = state.guests[103] else { return }
            guest.config["tags"] = "ci;crown-jewel"
            state.put(guest)
        }
        let failure = try #require(try await bench.failure(of: "pve.vm_action(nil, 103, 'start')"))
        #expect(failure.kind == .policyDenied)
        #expect(failure.hint?.contains("crown") == true)
        #expect(bench.writes.isEmpty)
    }

    @Test func aRunMayNotExceedItsLimits() async throws {
        let code = """
            for i = 1, 60 do pve.snapshot(nil, 101, { name = "s" .. i }) end
            """
        let bench = try Bench()
        let failure = try #require(try await bench.failure(of: code))
        #expect(failure.kind == .limit)
        #expect(bench.writes.count == 50)
    }

    // MARK: - Record, send, observe, verify

    @Test func intentAndOutcomeAreRecorded() async throws {
        let bench = try Bench()
        #expect(try await bench.failure(of: "pve.vm_action(nil, 103, 'start')") == nil)
        let run = try #require(try bench.journal.runs(limit: 1).first)
        #expect(run.cluster == "demo")
        #expect(run.caller == .human)
        #expect(run.ended != nil)
        let step = try #require(try bench.journal.steps(of: run.id).first)
        #expect(step.state == .done)
        #expect(step.intent.actions == ["guest.start"])
        #expect(step.intent.path == "/nodes/pve1/qemu/103/status/start")
        #expect(step.intent.vmid == 103)
        #expect(step.upid?.hasPrefix("UPID:pve1:") == true)
        #expect(step.outcome?["status"] == "running")
    }

    @Test func aStateThatHoldsAlreadyIsNotAskedFor() async throws {
        let bench = try Bench()
        let code = "local r = pve.vm_action(nil, 101, 'start'); print(r.changed, r.status)"
        #expect(try await bench.failure(of: code) == nil)
        #expect(bench.output.text == "false\trunning\n")
        #expect(bench.writes.isEmpty)
    }

    @Test func rebootIsDoneWhenTheGuestIsUpAgain() async throws {
        let bench = try Bench(consent: ScriptedConsent([.yes]))
        let code = "local r = pve.vm_action(nil, 101, 'reboot'); print(r.status, pve.vm(101).uptime < 60)"
        #expect(try await bench.failure(of: code) == nil)
        #expect(bench.output.text == "running\ttrue\n")
    }

    @Test(arguments: [
        (Fault.Effect.dropBeforeEffect, ErrorKind.connection, StepState.notHappened),
        (.status(596, "Connection timed out"), .connection, .notHappened),
        (.status(595, "Connection refused"), .nodeUnreachable, .notHappened),
        (.status(500, "VM is locked (backup)"), .locked, .failed),
    ])
    func aRequestThatDidNotArriveIsNeverSentAgain(effect: Fault.Effect, kind: ErrorKind, state: StepState) async throws
    {
        let bench = try Bench()
        bench.cluster.inject(Fault(effect, method: .post))
        let failure = try #require(try await bench.failure(of: "pve.vm_action(nil, 103, 'start')"))
        #expect(failure.kind == kind, "\(failure)")
        #expect(bench.writes.count == 1)
        let run = try #require(try bench.journal.runs(limit: 1).first)
        #expect(try bench.journal.steps(of: run.id).map(\.state) == [state])
    }

    @Test(arguments: [Fault.Effect.dropBeforeEffect, .reset, .status(596, "Connection timed out"), .garbage])
    func whatCannotBeFoundOutIsInDoubt(effect: Fault.Effect) async throws {
        let bench = try Bench()
        bench.loseAnswer(effect)
        let failure = try #require(try await bench.failure(of: "pve.vm_action(nil, 103, 'start')"))
        #expect(failure.kind == .inDoubt, "\(failure)")
        #expect(failure.message.contains("the guest is stopped"), "\(failure)")
        #expect(bench.writes.count == 1)
        let run = try #require(try bench.journal.runs(limit: 1).first)
        #expect(try bench.journal.steps(of: run.id).map(\.state) == [.inDoubt])
    }

    @Test func aFailedTaskIsFoundThoughTheAnswerWasLost() async throws {
        let bench = try Bench()
        bench.cluster.update { $0.guests[103]?.lock = "backup" }
        bench.cluster.inject(Fault(.dropAfterEffect, method: .post))
        let failure = try #require(try await bench.failure(of: "pve.vm_action(nil, 103, 'start')"))
        #expect(failure.kind == .locked, "\(failure)")
        #expect(failure.upid?.contains(":qmstart:103:root@pam!demo:") == true)
        #expect(failure.log.contains("TASK ERROR: VM is locked (backup)"))
        let run = try #require(try bench.journal.runs(limit: 1).first)
        #expect(try bench.journal.steps(of: run.id).map(\.state) == [.failed])
    }

    @Test func aNodeThatDoesNotAnswerIsSentNoChange() async throws {
        let bench = try Bench()
        bench.cluster.inject(Fault(.status(595, "No route to host"), method: .get, path: "/nodes/*/tasks", count: 99))
        let failure = try #require(try await bench.failure(of: "pve.vm_action(nil, 103, 'start')"))
        #expect(failure.kind == .nodeUnreachable, "\(failure)")
        #expect(bench.writes.isEmpty)
        // The node is asked before anything is intended.
        #expect(try bench.journal.runs(limit: 1).isEmpty)
    }

    @Test(arguments: [(103, "start", "pve2"), (110, "stop", "pve3")])
    func aGuestThatMovedBetweenLookAndRequestIsFollowedOnce(vmid: Int, action: String, target: String) async throws {
        let bench = try Bench(
            consent: ScriptedConsent([.yes, .yes]),
            policy: .load(yaml: "version: 1\nrules: [{ id: all, actions: ['*'], effect: allow }]", file: "p"))
        let code = "local r = pve.vm_action(nil, \(vmid), '\(action)'); print(r.node, r.changed)"
        // The guest leaves when its node's task list is noted: after it was read and before the request.
        let cluster = bench.cluster
        bench.transport.before("/tasks?source=all") { cluster.update { $0.guests[vmid]?.node = target } }
        #expect(try await bench.failure(of: code) == nil)
        #expect(bench.output.text == "\(target)\ttrue\n")
        #expect(bench.output.logged.contains { $0.contains("has moved to \(target)") })
        let run = try #require(try bench.journal.runs(limit: 1).first)
        #expect(try bench.journal.steps(of: run.id).map(\.state) == [.failed, .done])
    }

    /// A proxy's words are no proof that the node did nothing.
    @Test(arguments: [599, 596])
    func aChangeInDoubtIsNotSentToWhereTheGuestIsNow(status: Int) async throws {
        let bench = try Bench(
            consent: ScriptedConsent([.yes, .yes]),
            policy: .load(yaml: "version: 1\nrules: [{ id: all, actions: ['*'], effect: allow }]", file: "p"))
        let cluster = bench.cluster
        bench.transport.before("/tasks?source=all") { cluster.update { $0.guests[103]?.node = "pve2" } }
        cluster.inject(Fault(.status(status, "VM 103 not running"), method: .post))
        let failure = try #require(try await bench.failure(of: "pve.vm_action(nil, 103, 'start')"))
        #expect(failure.kind == .inDoubt || failure.kind == .connection, "\(failure)")
        #expect(bench.writes.count == 1, "\(bench.writes)")
    }

    @Test func somebodyElseWasFaster() async throws {
        let bench = try Bench()
        let cluster = bench.cluster
        bench.transport.before("/tasks?source=all") { cluster.update { $0.guests[103]?.power = .running } }
        let code = "local r = pve.vm_action(nil, 103, 'start'); print(r.status, r.changed, r.verified)"
        #expect(try await bench.failure(of: code) == nil)
        #expect(bench.output.text == "running\tfalse\ttrue\n")
    }

    @Test func anEffectIsSeenThoughTheAnswerWasLost() async throws {
        let bench = try Bench(consent: ScriptedConsent([.yes]))
        bench.cluster.inject(Fault(.dropAfterEffect, method: .post, count: 3))
        let code = """
            print(pve.vm_action(nil, 103, "start").status, pve.vm_action(nil, 101, "stop").verified, pve.snapshot(nil, 102).name)
            """
        #expect(try await bench.failure(of: code) == nil)
        #expect(bench.output.text == "running\ttrue\taiagent-snap-0001\n")
        #expect(bench.writes.count == 3)
        let run = try #require(try bench.journal.runs(limit: 1).first)
        #expect(try bench.journal.steps(of: run.id).map(\.state) == [.done, .done, .done])
    }

    @Test func aSnapshotThatWasThereBeforeIsNoProof() async throws {
        let bench = try Bench()
        #expect(try await bench.failure(of: "pve.snapshot(nil, 101, { name = 'once' })") == nil)
        #expect(try await bench.failure(of: "pve.snapshot(nil, 101, { name = 'twice' })") == nil)
        bench.loseAnswer()
        #expect(try await bench.failure(of: "pve.snapshot(nil, 101, { name = 'once' })")?.kind == .inDoubt)
        bench.loseAnswer()
        #expect(try await bench.failure(of: "pve.snapshot(nil, 101, { name = 'twice' })")?.kind == .inDoubt)
    }

    @Test func anOpenStepIsToldOnceAndNotWithLaterErrors() async throws {
        let bench = try Bench()
        let scope = RunScope(id: "r", environment: bench.environment, script: nil)
        let session = try await RunbookSession.start(
            bench.environment, worker: try .launch(executable: Bench.worker), run: scope)
        func kind(_ code: String) async -> ErrorKind? {
            let chunk = Chunk(source: Array(code.utf8), name: "=repl")
            if case .failed(let failure) = await session.evaluate(chunk) { return failure.failure.kind }
            return nil
        }
        bench.loseAnswer()
        #expect(await kind("pcall(pve.vm_action, nil, 103, 'start'); error('first')") == .inDoubt)
        #expect(await kind("error('second')") == .script)
        await session.end()
    }

    @Test func aRunThatIsCutOffTellsOfItsOpenSteps() async throws {
        let bench = try Bench()
        bench.loseAnswer()
        let code = "pcall(pve.vm_action, nil, 103, 'start'); while true do end"
        let failure = try #require(try await bench.failure(of: code))
        #expect(failure.kind == .inDoubt)
        #expect(failure.message.contains("step 1 of run run-1 is in doubt"), "\(failure)")
    }

    @Test func pollTakesAResultThatHadNothingToDo() async throws {
        let bench = try Bench()
        let code = "print(pve.poll(pve.vm_action(nil, 101, 'start', { wait = false })).status)"
        #expect(try await bench.failure(of: code) == nil)
        #expect(bench.output.text == "ok\n")
    }

    @Test func aTaskThatNobodyWaitedForIsClosedByPoll() async throws {
        let bench = try Bench()
        let code = """
            local task = pve.vm_action(nil, 103, "start", { wait = false })
            local done = pve.poll(task)
            print(done.status, done.upid == task.upid, pve.vm(103).status)
            """
        #expect(try await bench.failure(of: code) == nil)
        #expect(bench.output.text == "ok\ttrue\trunning\n")
        let run = try #require(try bench.journal.runs(limit: 1).first)
        #expect(try bench.journal.steps(of: run.id).map(\.state) == [.done])
    }

    @Test func pollVerifiesTheEffectOfARebootThatNobodyWaitedFor() async throws {
        let bench = try Bench(consent: ScriptedConsent([.yes]))
        let code = """
            local task = pve.vm_action(nil, 101, "reboot", { wait = false })
            pve.poll(task)
            print(pve.vm(101).status, pve.vm(101).uptime < 60)
            """
        #expect(try await bench.failure(of: code) == nil)
        #expect(bench.output.text == "running\ttrue\n")
    }

    @Test func aTaskThatCannotBeFollowedIsInDoubt() async throws {
        let bench = try Bench(consent: ScriptedConsent([.yes]))
        bench.cluster.inject(
            Fault(.status(401, "Authentication failed!"), method: .get, path: "/nodes/*/tasks/*", count: 100))
        // A reset leaves nothing behind that could be seen on the guest.
        let failure = try #require(try await bench.failure(of: "pve.vm_action(nil, 101, 'reset')"))
        #expect(failure.kind == .inDoubt, "\(failure)")
        let run = try #require(try bench.journal.runs(limit: 1).first)
        #expect(try bench.journal.steps(of: run.id).map(\.state) == [.inDoubt])
    }

    @Test(arguments: [true, false])
    func aNodeThatRestartsInTheMiddleOfATaskIsWaitedForAndTheGuestAsked(happened: Bool) async throws {
        let bench = try Bench()
        let cluster = bench.cluster
        // While the task runs the node goes down for a while; its worker is gone when it is back.
        bench.transport.before("/tasks/UPID") {
            cluster.update { state in
                for upid in state.taskOrder where state.tasks[upid]?.phase != .ended {
                    state.end(upid, "unexpected status", quietly: true)
                }
                if happened { state.guests[103]?.power = .running }
            }
            cluster.inject(Fault(.status(595, "No route to host"), method: .get, path: "/nodes/pve1/*", count: 60))
        }
        let failure = try await bench.failure(of: "print(pve.vm_action(nil, 103, 'start').status)")
        #expect(failure?.kind == (happened ? nil : .inDoubt), "\(failure?.description ?? "")")
        #expect(bench.output.text == (happened ? "running\n" : ""))
        #expect(bench.writes.count == 1)
        let run = try #require(try bench.journal.runs(limit: 1).first)
        #expect(try bench.journal.steps(of: run.id).map(\.state) == [happened ? .done : .inDoubt])
    }

    @Test(arguments: [Fault.Effect.status(401, "Authentication failed!"), .status(595, "No route to host")])
    func theGuestTellsHowATaskEndedThatCannotBeFollowed(trouble: Fault.Effect) async throws {
        let bench = try Bench()
        bench.cluster.inject(Fault(trouble, method: .get, path: "/nodes/*/tasks/*", count: 100_000))
        #expect(try await bench.failure(of: "print(pve.vm_action(nil, 103, 'start').verified)") == nil)
        #expect(bench.output.text == "true\n")
        #expect(bench.output.logged.contains { $0.contains("but the effect is there") })
        let run = try #require(try bench.journal.runs(limit: 1).first)
        #expect(try bench.journal.steps(of: run.id).map(\.state) == [.done])
    }

    @Test func aRuleAboutGuestsHoldsForReadsToo() async throws {
        let policy = try PolicySet.load(
            yaml: """
                version: 1
                rules:
                  - { id: reads, actions: ["read.*"], effect: allow }
                  - { id: secret, actions: [read.guest], where: { tag: db }, effect: deny }
                """, file: "p")
        let bench = try Bench(policy: policy)
        #expect(try await bench.failure(of: "pve.vm(100)")?.kind == .policyDenied)
        #expect(try await bench.failure(of: "pve.api.get('/nodes/pve2/qemu/100/config')")?.kind == .policyDenied)
        #expect(try await bench.failure(of: "pve.vm(101)") == nil)
    }

    @Test func snapshotsAreNumberedByTheJournal() async throws {
        let bench = try Bench()
        let code = "for _, vmid in ipairs{ 101, 102 } do print(pve.snapshot(nil, vmid).name) end"
        #expect(try await bench.failure(of: code) == nil)
        #expect(try await bench.failure(of: "print(pve.vm(101):snapshot{ change_number = 1234 }.name)") == nil)
        #expect(try await bench.failure(of: "print(pve.vm(101):snapshot().name)") == nil)
        #expect(bench.output.text == "aiagent-snap-0001\naiagent-snap-0002\naiagent-snap-1234\naiagent-snap-0003\n")
    }

    @Test func aRefusedSnapshotUsesUpNoNumber() async throws {
        let policy = try PolicySet.load(
            yaml: """
                version: 1
                rules:
                  - { id: reads, actions: ["read.*"], effect: allow }
                  - { id: ask, actions: [snapshot.create], effect: confirm }
                """, file: "p")
        let bench = try Bench(consent: ScriptedConsent([.no(reason: "no"), .yes]), policy: policy)
        #expect(try await bench.failure(of: "pve.snapshot(nil, 101)")?.kind == .confirmationRequired)
        #expect(try await bench.failure(of: "print(pve.snapshot(nil, 101).name)") == nil)
        #expect(bench.output.text == "aiagent-snap-0001\n")
    }

    @Test func aMovedGuestIsFollowedWithAWarning() async throws {
        let bench = try Bench()
        #expect(try await bench.failure(of: "pve.vm_action('pve3', 103, 'start')") == nil)
        #expect(bench.writes == ["POST /nodes/pve1/qemu/103/status/start"])
        #expect(bench.output.logged.contains { $0.contains("103 is on pve1, not on pve3") })
    }
}

/// A place for something that is made later than the closure that uses it.
final class Box<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var held: Value?

    var value: Value? {
        get { lock.withLock { held } }
        set { lock.withLock { held = newValue } }
    }
}

// SPDX-License-Identifier: Apache-2.0
import JSON
import Journal
import Model
import Proxmox
import Testing

@testable import Runbook
@testable import Simulator

/// What became of a step is proven or said not to be known; nothing is ever sent for it.
struct ReconcilerTests {
    /// One way that a host can die, and what the cluster goes through until somebody looks.
    struct Situation: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let wanted: StepState
        var skew = 0.0
        let play: @Sendable (PastScene, APICall) async throws -> Void

        init(
            _ name: String, _ wanted: StepState, skew: Double = 0,
            _ play: @escaping @Sendable (PastScene, APICall) async throws -> Void
        ) {
            testDescription = name
            self.wanted = wanted
            self.skew = skew
            self.play = play
        }
    }

    /// All about the start of guest 103, which is stopped on pve1.
    static let situations: [Situation] = [
        Situation("crash before the send, another boot", .notHappened) { scene, call in
            _ = try await scene.intend(call, of: 103)
            scene.pass(3600)
        },
        Situation("crash after the send, before the effect", .notHappened) { scene, call in
            try scene.sent(try await scene.intend(call, of: 103))
        },
        Situation("crash between intent and the word of sending, but it arrived", .done) { scene, call in
            _ = try await scene.intend(call, of: 103)
            try await scene.arrive(call)
            scene.pass(3600)
        },
        Situation("the request arrived and the task runs", .done) { scene, call in
            try scene.sent(try await scene.intend(call, of: 103))
            try await scene.arrive(call)
        },
        Situation("the task has ended long ago", .done) { scene, call in
            try scene.sent(try await scene.intend(call, of: 103))
            try await scene.arrive(call)
            scene.pass(86_400)
        },
        Situation("the task failed", .failed) { scene, call in
            try scene.sent(try await scene.intend(call, of: 103))
            scene.cluster.update { $0.guests[103]?.lock = "backup" }
            try await scene.arrive(call)
            scene.pass(60)
        },
        Situation("accepted, and the task has ended", .done) { scene, call in
            let step = try await scene.intend(call, of: 103)
            try scene.sent(step)
            let upid = try #require(try await scene.arrive(call))
            try scene.journal.recordAccepted(run: "r1", step: step, upid: upid.description, at: scene.now)
            scene.pass(3600)
        },
        Situation("accepted, and the log is rotated away; the guest runs", .done) { scene, call in
            let step = try await scene.intend(call, of: 103)
            try scene.sent(step)
            let upid = try #require(try await scene.arrive(call))
            try scene.journal.recordAccepted(run: "r1", step: step, upid: upid.description, at: scene.now)
            scene.pass(3600)
            scene.cluster.forgetTasks { _ in true }
        },
        Situation("the archive forgot the task; the uptime tells", .done) { scene, call in
            try scene.sent(try await scene.intend(call, of: 103))
            try await scene.arrive(call)
            scene.pass(3600)
            scene.cluster.fillArchive()
        },
        Situation("the archive forgot everything, and the guest is as it was", .inDoubt) { scene, call in
            try scene.sent(try await scene.intend(call, of: 103))
            scene.pass(3600)
            scene.cluster.fillArchive()
        },
        Situation("somebody else started the guest", .inDoubt) { scene, call in
            try scene.sent(try await scene.intend(call, of: 103))
            scene.pass(5)
            scene.spawn("qmstart", 103, "pve1", by: "alice@pam")
            scene.pass(60)
        },
        Situation("we did something else to the guest", .inDoubt) { scene, call in
            try scene.sent(try await scene.intend(call, of: 103))
            scene.spawn("qmsnapshot", 103, "pve1", by: PastScene.user, ["snapname": "s1"])
            scene.pass(60)
        },
        Situation("we started it before the intent", .notHappened) { scene, call in
            scene.spawn("qmstart", 103, "pve1", by: PastScene.user)
            scene.pass(10)
            scene.spawn("qmstop", 103, "pve1", by: PastScene.user)
            scene.pass(5)
            try scene.sent(try await scene.intend(call, of: 103))
            scene.pass(60)
        },
        Situation("we started it hours later", .inDoubt) { scene, call in
            try scene.sent(try await scene.intend(call, of: 103))
            scene.pass(7200)
            scene.spawn("qmstart", 103, "pve1", by: PastScene.user)
            scene.pass(60)
        },
        Situation("we started and stopped it hours later", .notHappened) { scene, call in
            try scene.sent(try await scene.intend(call, of: 103))
            scene.pass(7200)
            scene.spawn("qmstart", 103, "pve1", by: PastScene.user)
            scene.pass(60)
            scene.spawn("qmstop", 103, "pve1", by: PastScene.user)
            scene.pass(60)
        },
        Situation("we started and stopped it ten minutes later", .inDoubt) { scene, call in
            try scene.sent(try await scene.intend(call, of: 103))
            scene.pass(600)
            scene.spawn("qmstart", 103, "pve1", by: PastScene.user)
            scene.pass(60)
            scene.spawn("qmstop", 103, "pve1", by: PastScene.user)
            scene.pass(3600)
        },
        Situation("two tasks fit", .inDoubt) { scene, call in
            try scene.sent(try await scene.intend(call, of: 103))
            try await scene.arrive(call)
            scene.pass(2)
            scene.spawn("qmstart", 103, "pve1", by: PastScene.user)
            scene.pass(60)
        },
        Situation("two tasks fit, and one is another step's", .done) { scene, call in
            let step = try await scene.intend(call, of: 103)
            try scene.sent(step)
            let other = scene.spawn("qmstart", 103, "pve1", by: PastScene.user)
            try await scene.arrive(call)
            let second = try scene.journal.recordIntent(run: "r1", try scene.step(step).intent, at: scene.now)
            try scene.journal.recordAccepted(run: "r1", step: second, upid: other, at: scene.now)
            scene.pass(60)
        },
        Situation("tasks may be hidden", .inDoubt) { scene, call in
            try scene.sent(try await scene.intend(call, of: 103))
            scene.cluster.inject(
                Fault(.status(403, "Permission check failed"), method: .get, path: "/access/permissions*", count: 99))
        },
        Situation("the node is down", .inDoubt) { scene, call in
            try scene.sent(try await scene.intend(call, of: 103))
            _ = scene.cluster.setOnline("pve1", false)
        },
        Situation("the guest has moved", .inDoubt) { scene, call in
            try scene.sent(try await scene.intend(call, of: 103))
            scene.cluster.update { $0.guests[103]?.node = "pve2" }
            scene.pass(60)
        },
        Situation("the guest is gone", .inDoubt) { scene, call in
            try scene.sent(try await scene.intend(call, of: 103))
            scene.cluster.update { $0.guests[103] = nil }
            scene.pass(60)
        },
        Situation("the guest was destroyed and made anew", .inDoubt) { scene, call in
            try scene.sent(try await scene.intend(call, of: 103))
            scene.cluster.update {
                $0.guests[103]?.config["name"] = "other"
                $0.guests[103]?.config["smbios1"] = "uuid=11111111-1111-4111-8111-111111111111"
            }
            scene.pass(60)
        },
        Situation("our clock is 90 s ahead, and the task is found", .done, skew: 90) { scene, call in
            try scene.sent(try await scene.intend(call, of: 103))
            try await scene.arrive(call)
            scene.pass(3600)
        },
        Situation("our clock is 90 s behind, and the task is found", .done, skew: -90) { scene, call in
            try scene.sent(try await scene.intend(call, of: 103))
            try await scene.arrive(call)
            scene.pass(3600)
        },
        Situation("our clock is 90 s ahead, and nothing arrived", .notHappened, skew: 90) { scene, call in
            try scene.sent(try await scene.intend(call, of: 103))
            scene.pass(3600)
        },
        Situation("our clock is 90 s behind; a decoy would fit without the offset", .inDoubt, skew: -90) {
            scene, call in
            try scene.sent(try await scene.intend(call, of: 103))
            scene.pass(120)
            scene.spawn("qmstart", 103, "pve1", by: PastScene.user)
            scene.pass(60)
        },
    ]

    @Test(arguments: situations)
    func aStepIsSettledAsFarAsItCanBeProven(_ situation: Situation) async throws {
        let scene = try await PastScene(skew: situation.skew)
        let call = try PastScene.call("POST nodes/pve1/qemu/103/status/start")
        try await situation.play(scene, call)
        let writes = scene.writes
        let found = try await scene.settle()
        #expect(found.step.state == situation.wanted, "\(found.proof)")
        #expect(try scene.step().state == situation.wanted)
        #expect(scene.writes == writes)
        #expect(!found.proof.isEmpty)
    }

    @Test func anIntentOfTheSameBootWasNeverSent() async throws {
        let scene = try await PastScene()
        let call = try PastScene.call("POST nodes/pve1/qemu/103/status/start")
        _ = try await scene.intend(call, of: 103)
        let before = (scene.clock.now, scene.cluster.requests.count)
        let found = try await scene.settle(sameBoot: true)
        #expect(found.step.state == .notHappened)
        #expect(found.proof.contains("never sent"))
        #expect((scene.clock.now, scene.cluster.requests.count) == before)
    }

    @Test func theServersTimeOutsAreWaitedOutFromWhenItWasSent() async throws {
        for (age, wait) in [(0.0, 35.0), (20, 15), (100, 0)] {
            let scene = try await PastScene()
            let call = try PastScene.call("POST nodes/pve1/qemu/103/status/start")
            try scene.sent(try await scene.intend(call, of: 103))
            scene.pass(age)
            let begin = scene.clock.now
            #expect(try await scene.settle().step.state == .notHappened)
            #expect(abs(scene.clock.now - begin - wait) < 2, "sent \(age) s ago: waited \(scene.clock.now - begin) s")
        }
    }

    @Test func aRequestThatArrivesLateIsStillFound() async throws {
        let scene = try await PastScene()
        let call = try PastScene.call("POST nodes/pve1/qemu/103/status/start")
        try scene.sent(try await scene.intend(call, of: 103))
        scene.pass(20)
        try await scene.arrive(call)
        #expect(try await scene.settle().step.state == .done)
    }

    @Test func aTaskThatStillRunsStaysAccepted() async throws {
        let scene = try await PastScene()
        let call = try PastScene.call(
            "POST nodes/pve1/qemu/101/clone", [("newid", .integer(900)), ("full", .boolean(true))])
        try scene.sent(try await scene.intend(call, of: 101, action: "guest.clone"))
        try await scene.arrive(call)
        let found = try await scene.settle(patience: .seconds(1))
        #expect(found.step.state == .accepted, "\(found.proof)")
        #expect(try scene.step().upid == found.step.upid)
        #expect(try await scene.settle(patience: .seconds(3600)).step.state == .done)
    }

    @Test func whatWasInDoubtIsLookedForAgain() async throws {
        let scene = try await PastScene()
        let call = try PastScene.call("POST nodes/pve1/qemu/103/status/start")
        try scene.sent(try await scene.intend(call, of: 103))
        try await scene.arrive(call)
        _ = scene.cluster.setOnline("pve1", false)
        #expect(try await scene.settle().step.state == .inDoubt)
        #expect(try await scene.settle().step.state == .inDoubt)
        _ = scene.cluster.setOnline("pve1", true)
        let found = try await scene.settle()
        #expect(found.step.state == .done, "\(found.proof)")
        #expect(found.step.upid != nil)
    }

    @Test func theOutcomeIsTheOneOfALiveRun() async throws {
        let bench = try Bench(consent: ScriptedConsent([]))
        _ = try await bench.run(#"pve.vm_action(nil, 103, "start")"#)
        let live = try #require(try bench.journal.steps(of: "run-1").first?.outcome?.object)
        let scene = try await PastScene()
        let call = try PastScene.call("POST nodes/pve1/qemu/103/status/start")
        try scene.sent(try await scene.intend(call, of: 103, action: live["action"]?.string ?? ""))
        try await scene.arrive(call)
        let found = try #require(try await scene.settle().step.outcome?.object)
        #expect(found.keys == live.keys)
        for name in live.keys where name != "upid" { #expect(found[name] == live[name], "\(name)") }
    }

    @Test func theProofIsAudited() async throws {
        let scene = try await PastScene()
        let call = try PastScene.call("POST nodes/pve1/qemu/103/status/start")
        try scene.sent(try await scene.intend(call, of: 103))
        let found = try await scene.settle()
        let row = try #require(
            try scene.journal.auditRows(after: 0, limit: 100).last { $0.kind == AuditEvent.Kind.resolved.rawValue })
        #expect(row.step == 1)
        #expect(row.body.contains("not_happened"))
        #expect(try JSONValue(parsing: Array(row.body.utf8))["proof"]?.string == found.proof)
    }

    @Test func aStepOfAnOldJournalStaysInDoubt() async throws {
        let scene = try await PastScene()
        for evidence in [nil, JSONValue.null, ["version": 2], ["version": 1, "call": []], "x"] as [JSONValue?] {
            var intent = StepIntent(
                actions: [], method: "POST", path: "/nodes/pve1/qemu/103/status/start", cluster: "demo")
            intent.evidence = evidence
            let number = try scene.journal.recordIntent(run: "r1", intent, at: scene.now)
            try scene.sent(number)
            #expect(try await scene.settle(number).step.state == .inDoubt)
        }
    }
}

extension SimulatedCluster {
    /// Forgets tasks that have ended, as a node's archive does.
    func forgetTasks(_ isForgotten: @escaping @Sendable (String) -> Bool) {
        update { state in
            state.taskOrder.removeAll { isForgotten($0) && state.tasks[$0]?.phase == .ended }
            state.tasks = state.tasks.filter { state.taskOrder.contains($0.key) }
        }
    }

    /// Lets so many newer tasks come that the archive of pve1 is at its cap and has forgotten all there was.
    func fillArchive() {
        forgetTasks { _ in true }
        update { state in
            for _ in 0..<600 {
                let upid = state.spawn("aptupdate", id: "", node: "pve1", by: "root@pam")
                state.end(upid, nil)
            }
        }
    }
}

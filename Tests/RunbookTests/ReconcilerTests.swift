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

    @Test func aSnapshotTellsByItsNameAndTime() async throws {
        let call = try PastScene.call("POST nodes/pve1/qemu/103/snapshot", [("snapname", .text("s1"))])
        for arrives in [true, false] {
            let scene = try await PastScene(skew: 90)
            try scene.sent(try await scene.intend(call, of: 103))
            if arrives { try await scene.arrive(call) }
            scene.pass(3600)
            if !arrives { scene.spawn("qmsnapshot", 103, "pve1", by: "alice@pam", ["snapname": "s1"]) }
            scene.pass(60)
            scene.cluster.fillArchive()
            let found = try await scene.settle()
            #expect(found.step.state == (arrives ? .done : .inDoubt), "\(found.proof)")
        }
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

// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Proxmox
import Synchronization
import TestSupport
import Testing

@testable import Simulator

/// A change as one call of the library: sent once, followed, and true when it is seen.
struct ChangeTests {
    let clock = VirtualClock()
    let cluster: SimulatedCluster
    let client: ProxmoxClient

    init() throws {
        cluster = SimulatedCluster(.demo(), clock: clock)
        client = ProxmoxClient(
            hosts: [ProxmoxHost(name: "demo", transport: SimulatorTransport(cluster))],
            credential: try APIToken(id: "root@pam!demo", secret: Secret("00000000-0000-4000-8000-000000000001")),
            clock: VirtualTime(clock: clock))
    }

    private func request(_ vmid: Int, _ action: String) async throws -> ChangeRequest {
        let facts = try await client.facts(of: #require(VMID(vmid)))
        return ChangeRequest(APICall(.post, try facts.reference.path("status", action)), before: facts)
    }

    /// What was told, in order.
    private final class Told: Sendable {
        let words = Mutex<[String]>([])

        var stages: ChangeStages {
            var stages = ChangeStages()
            stages.sending = { self.words.withLock { $0.append("sending") } }
            stages.accepted = { (upid: UPID) in self.words.withLock { $0.append("accepted \(upid.type)") } }
            stages.lost = { self.words.withLock { $0.append("lost") } }
            stages.notice = { notice in
                self.words.withLock { $0.append(String(notice.prefix { $0 != ":" && $0 != ";" })) }
            }
            return stages
        }
        var all: [String] { words.withLock { $0 } }
    }

    @Test func aChangeIsDoneWhenItsEffectIsSeen() async throws {
        let told = Told()
        let result = try await client.make(request(103, "start"), telling: told.stages)
        #expect(result.effect?.facts?.isRunning == true)
        #expect(result.upid?.type == "qmstart")
        #expect(result.isChange && result.isFinished)
        #expect(told.all == ["sending", "accepted qmstart"])
    }

    @Test func aLostAnswerIsFoundAndTheTaskFollowed() async throws {
        let told = Told()
        let request = try await request(103, "start")
        cluster.inject(Fault(.dropAfterEffect, method: .post))
        let result = try await client.make(request, telling: told.stages)
        #expect(result.effect?.facts?.isRunning == true)
        #expect(result.data == nil)
        #expect(told.all == ["sending", "lost", "its task was found", "accepted qmstart"])
        #expect(cluster.requests.count { $0.method == .post } == 1)
    }

    @Test func whatNeverArrivedIsAConnectionFailure() async throws {
        let request = try await request(103, "start")
        cluster.inject(Fault(.reset, method: .post))
        do throws(ChangeFailure) {
            _ = try await client.make(request, telling: ChangeStages())
            Issue.record("it did not arrive")
        } catch {
            #expect(error.stage == .sent)
            #expect(error.failure.kind == .connection)
            #expect(error.failure.message.contains("nothing was done"))
        }
    }

    @Test func aStageThatThrowsKeepsTheChangeFromBeingSent() async throws {
        var stages = ChangeStages()
        stages.sending = { () throws(Failure) in throw Failure(.config, "the journal is full") }
        let request = try await request(103, "start")
        do throws(ChangeFailure) {
            _ = try await client.make(request, telling: stages)
            Issue.record("it was sent")
        } catch {
            #expect(error.stage == .notSent)
            #expect(error.failure.message == "the journal is full")
        }
        #expect(!cluster.requests.contains { $0.method == .post })
    }

    @Test func aStateThatSomebodyElseBroughtAboutIsNoChange() async throws {
        let request = try await request(103, "start")
        cluster.update { $0.guests[103]?.power = .running }
        let result = try await client.make(request)
        #expect(!result.isChange)
        #expect(result.effect?.holds == true)
        var strict = request
        strict.acceptsHeldState = false
        await #expect(throws: Failure.self) { try await client.make(strict) }
    }

    @Test func aTaskThatFailsSaysSoWithItsStage() async throws {
        let request = try await request(103, "start")
        cluster.update { $0.guests[103]?.lock = "backup" }
        do throws(ChangeFailure) {
            _ = try await client.make(request, telling: ChangeStages())
            Issue.record("the guest is locked")
        } catch {
            guard case .accepted(let upid) = error.stage else {
                Issue.record("\(error.stage)")
                return
            }
            #expect(upid.type == "qmstart")
            #expect(error.failure.kind == .locked)
        }
    }

    @Test func whoDoesNotWaitMayFinishLater() async throws {
        var request = try await request(103, "start")
        request.waits = false
        let result = try await client.make(request)
        #expect(!result.isFinished)
        let end = try await client.finish(request, #require(result.upid))
        #expect(end.task.status == .ok)
        #expect(end.result.effect?.facts?.isRunning == true)
    }
}

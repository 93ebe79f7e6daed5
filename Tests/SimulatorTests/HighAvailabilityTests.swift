// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Proxmox
import TestSupport
import Testing

@testable import Simulator

/// A request that high availability carries out later: its own task ends when it is queued, the guest tells the rest.
struct HighAvailabilityTests {
    let clock = VirtualClock()
    let cluster: SimulatedCluster
    let client: ProxmoxClient
    let guest: GuestReference

    init() async throws {
        cluster = SimulatedCluster(.demo(), clock: clock)
        client = ProxmoxClient(
            hosts: [ProxmoxHost(name: "demo", transport: SimulatorTransport(cluster))],
            credential: try APIToken(id: "root@pam!demo", secret: Secret("00000000-0000-4000-8000-000000000001")),
            clock: VirtualTime(clock: clock))
        _ = try await client.send(
            APICall(
                .post, try APIPath("cluster", "ha", "resources"),
                [("sid", .text("vm:103")), ("state", .text("stopped"))]))
        guest = try await client.locate(#require(VMID(103)))
        clock.advance(by: 60)
    }

    private func start() async throws -> (GuestFacts, UPID) {
        let before = try await client.facts(of: guest)
        let answer = try await client.send(APICall(.post, try guest.path("status", "start")))
        guard case .task(let upid) = try TaskReference(answer.data) else { throw Failure(.server, "no task") }
        return (before, upid)
    }

    @Test func theEffectIsAwaitedAndTheRealTaskIsTold() async throws {
        let (before, upid) = try await start()
        #expect(upid.type == "hastart")
        let outcome = try await client.wait(for: upid)
        #expect(outcome.isOnlyQueued)
        #expect(try await client.facts(of: guest).isStopped)
        let report = try await client.verify(ExpectedEffect(.running), of: guest, since: before, task: upid)
        #expect(report.facts?.isRunning == true)
        #expect(report.children.map(\.upid.type) == ["qmstart"])
        #expect(report.children.map(\.upid.user) == ["root@pam"])
        #expect(report.children.map(\.status) == [.ok])
    }

    @Test func whatHighAvailabilityCouldNotDoIsToldWithItsLog() async throws {
        let begun = clock.now
        let (before, upid) = try await start()
        _ = try await client.wait(for: upid)
        // A lock that a crash left behind.
        cluster.update { $0.guests[103]?.lock = "backup" }
        do throws(Failure) {
            _ = try await client.verify(
                ExpectedEffect(.running), of: guest, since: before, task: upid, timeout: .seconds(300))
            Issue.record("the guest cannot have started")
        } catch {
            #expect(error.kind == .haState)
            #expect(error.raw == "VM is locked (backup)")
            #expect(error.message.contains("high availability gave up"))
            #expect(error.message.contains("task qmstart on"))
            #expect(error.upid?.contains(":qmstart:103:root@pam:") == true)
            #expect(error.log.contains("TASK ERROR: VM is locked (backup)"))
        }
        // It did not wait for the whole time-out once nothing could come any more.
        #expect(clock.now - begun < 200)
    }

    @Test func aGuestThatIsOnlySlowIsNotGivenUp() async throws {
        let (before, upid) = try await start()
        do throws(Failure) {
            _ = try await client.verify(
                ExpectedEffect(.running), of: guest, since: before, task: upid, timeout: .seconds(3))
            Issue.record("it takes longer than that")
        } catch {
            #expect(error.kind == .guestTimeout)
        }
    }
}

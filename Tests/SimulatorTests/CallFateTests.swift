// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Proxmox
import TestSupport
import Testing

@testable import Simulator

/// What became of changes whose answers were lost: found out by looking, never by sending again.
struct CallFateTests {
    let cluster: SimulatedCluster
    let client: ProxmoxClient
    let clock = VirtualClock()

    init() throws {
        cluster = SimulatedCluster(.demo(), clock: clock)
        client = try Self.client(cluster, clock, "root@pam!demo", "00000000-0000-4000-8000-000000000001")
    }

    private static func client(
        _ cluster: SimulatedCluster, _ clock: VirtualClock, _ id: String, _ secret: String
    ) throws -> ProxmoxClient {
        ProxmoxClient(
            hosts: [ProxmoxHost(name: "demo", transport: SimulatorTransport(cluster))],
            credential: try APIToken(id: id, secret: Secret(secret)), clock: VirtualTime(clock: clock))
    }

    private func call(_ method: HTTPMethod, _ path: String, _ parameters: [String: String] = [:]) throws -> APICall {
        APICall(method, try APIPath(parsing: path), parameters.map { ($0.key, .text($0.value)) })
    }

    /// Sends a change whose answer the fault takes, and finds out.
    private func fate(
        _ call: APICall, of vmid: Int?, _ fault: Fault.Effect, disturb: () async throws -> Void = {}
    ) async throws -> CallFate {
        var before: GuestFacts?
        if let vmid { before = try await client.facts(of: #require(VMID(vmid))) }
        let mark = try await client.watermark(for: call)
        cluster.inject(Fault(fault, method: call.method))
        do throws(Failure) {
            _ = try await client.send(call)
            Issue.record("the answer was to be lost")
        } catch {
            #expect(error.kind == .outcomeUnknown)
        }
        try await disturb()
        let sent = cluster.requests.count { $0.method != .get }
        let fate = try await client.fate(of: call, since: mark, before: before)
        #expect(cluster.requests.count { $0.method != .get } == sent, "looking must not send")
        return fate
    }

    static let changes: [(HTTPMethod, String, [String: String], Int, String)] = [
        (.post, "/nodes/pve3/qemu/103/status/start", [:], 103, "qmstart"),
        (.post, "/nodes/pve1/qemu/101/status/stop", [:], 101, "qmstop"),
        (.post, "/nodes/pve1/qemu/101/snapshot", ["snapname": "new1"], 101, "qmsnapshot"),
        (.post, "/nodes/pve1/qemu/101/clone", ["newid": "500"], 101, "qmclone"),
        (.delete, "/nodes/pve3/qemu/103", [:], 103, "qmdestroy"),
    ]

    private func placed(_ path: String, _ vmid: Int) async throws -> String {
        let guest = try await client.locate(#require(VMID(vmid)))
        return "/nodes/\(guest.node)/" + path.split(separator: "/").dropFirst(2).joined(separator: "/")
    }

    @Test(arguments: changes.indices) func theTaskOfAChangeThatWasTakenIsFound(_ index: Int) async throws {
        let (method, path, parameters, vmid, type) = Self.changes[index]
        let call = try call(method, try await placed(path, vmid), parameters)
        guard case .task(let upid) = try await fate(call, of: vmid, .dropAfterEffect) else {
            Issue.record("the task was not found")
            return
        }
        #expect(upid.type == type)
        #expect(upid.id == "\(vmid)")
        #expect(upid.user == "root@pam!demo")
        #expect(try await client.wait(for: upid).status.isSuccess)
    }

    @Test(arguments: changes.indices) func aChangeThatNeverArrivedIsSaidNotToHaveHappened(_ index: Int) async throws {
        let (method, path, parameters, vmid, _) = Self.changes[index]
        let call = try call(method, try await placed(path, vmid), parameters)
        let start = clock.now
        let fate = try await fate(call, of: vmid, .dropBeforeEffect)
        guard case .notHappened(let proof) = fate else {
            Issue.record("\(fate)")
            return
        }
        #expect(proof.contains("no new task on"))
        // Only after the time that a node may still have worked on it.
        #expect(clock.now - start >= 35)
    }

    @Test func anotherPersonsTaskIsNotTakenForOurs() async throws {
        let call = try call(.post, try await placed("/nodes/x/qemu/103/status/start", 103))
        let fate = try await fate(call, of: 103, .dropBeforeEffect) {
            // root@pam itself, by a ticket, starts the same guest meanwhile.
            let login = await cluster.respond(
                to: HTTPRequest(
                    .post, "/api2/json/access/ticket", body: Array("username=root@pam&password=demo".utf8)))
            let data = try #require(try JSONValue(parsing: login.body)["data"])
            let ticket = try #require(data["ticket"]?.string)
            let token = try #require(data["CSRFPreventionToken"]?.string)
            let start = await cluster.respond(
                to: HTTPRequest(
                    .post, "/api2/json" + call.path.encoded,
                    headers: [
                        HTTPHeader("Cookie", "PVEAuthCookie=\(ticket)"), HTTPHeader("CSRFPreventionToken", token),
                    ]))
            #expect(start.status == 200)
        }
        // The guest runs, and did not before: that is what was wanted, whoever did it.
        guard case .done(let report) = fate else {
            Issue.record("\(fate)")
            return
        }
        #expect(report?.facts?.isRunning == true)
    }

    @Test func aSynchronousChangeIsProvenByValueAndDigest() async throws {
        let path = try await placed("/nodes/x/qemu/103/config", 103)
        let call = try call(.put, path, ["description": "changed; by=us"])
        guard case .done = try await fate(call, of: 103, .dropAfterEffect) else {
            Issue.record("the change is there and was not seen")
            return
        }
        let again = try self.call(.put, path, ["description": "never arrives"])
        guard case .notHappened = try await fate(again, of: 103, .dropBeforeEffect) else {
            Issue.record("the digest is the same")
            return
        }
    }

    @Test func aDiskThatMayStillBeInTheMakingIsNotSaidNotToBeMade() async throws {
        let call = try call(
            .put, try await placed("/nodes/x/qemu/103/config", 103), ["scsi1": "local-lvm:32,discard=on"])
        guard case .unknown(let seen) = try await fate(call, of: 103, .dropBeforeEffect) else {
            Issue.record("nobody can know")
            return
        }
        #expect(seen.contains("may still be making a disk"))
    }

    @Test(arguments: [["description": "same", "delete": "onboot"], ["description": "same"], ["revert": "onboot"]])
    func somebodyElsesChangeProvesNothingOfOurs(parameters: [String: String]) async throws {
        let path = try await placed("/nodes/x/qemu/103/config", 103)
        _ = try await client.send(call(.put, path, ["description": "same", "onboot": "1"]))
        let fate = try await fate(call(.put, path, parameters), of: 103, .dropBeforeEffect) {
            _ = try await client.send(self.call(.put, path, ["cores": "3"]))
        }
        guard case .unknown = fate else {
            Issue.record("\(fate)")
            return
        }
    }

    @Test func whatIsDeletedIsProvenByItsAbsence() async throws {
        let path = try await placed("/nodes/x/qemu/103/config", 103)
        _ = try await client.send(call(.put, path, ["onboot": "1"]))
        let call = try call(.put, path, ["delete": "onboot"])
        guard case .done = try await fate(call, of: 103, .dropAfterEffect) else {
            Issue.record("the option is gone and that was not seen")
            return
        }
    }

    @Test func ofTwoUnnamedTasksNoneIsTakenForOurs() async throws {
        let call = try call(.post, try await placed("/nodes/x/qemu/101/status/reset", 101))
        let mark = try #require(try await client.watermark(for: call))
        for _ in 0..<2 {
            _ = try await client.send(call)
            clock.advance(by: 2)
        }
        #expect(await client.unnamedTask(since: mark) == nil)
    }

    @Test func aChangedGuestWithoutItsTaskStaysInDoubt() async throws {
        let call = try call(.post, try await placed("/nodes/x/qemu/101/status/reset", 101))
        let path = try await placed("/nodes/x/qemu/101/config", 101)
        let fate = try await fate(call, of: 101, .dropBeforeEffect) {
            _ = try await client.send(self.call(.put, path, ["description": "somebody else"]))
        }
        guard case .unknown(let seen) = fate else {
            Issue.record("\(fate)")
            return
        }
        #expect(seen.contains("the guest is running"))
    }

    @Test func withoutSysAuditNothingIsProvenByAnEmptyList() async throws {
        // A token that may look at guests and not at nodes.
        let made = try await client.send(call(.post, "/access/users/audit@pve/token/t2", ["privsep": "1"])).data
        _ = try await client.send(
            call(.put, "/access/acl", ["path": "/vms", "roles": "PVEAuditor", "tokens": "audit@pve!t2"]))
        let secret = try #require(made["value"]?.string)
        let limited = try Self.client(cluster, clock, "audit@pve!t2", secret)
        let call = try call(.post, try await placed("/nodes/x/qemu/103/status/start", 103))
        let before = try await limited.facts(of: #require(VMID(103)))
        let mark = try await limited.watermark(for: call)
        let fate = try await limited.fate(of: call, since: mark, before: before)
        guard case .unknown(let seen) = fate else {
            Issue.record("\(fate)")
            return
        }
        #expect(seen.contains("Sys.Audit"))
    }

    @Test func twoTasksThatFitAreNotGuessedAt() async throws {
        let call = try call(.post, try await placed("/nodes/x/qemu/101/status/reset", 101))
        let fate = try await fate(call, of: 101, .dropBeforeEffect) {
            for _ in 0..<2 {
                _ = try await client.send(call)
                clock.advance(by: 2)
            }
        }
        guard case .unknown(let seen) = fate else {
            Issue.record("\(fate)")
            return
        }
        #expect(seen.contains("it may be one of these tasks"))
    }

    @Test func aNodeThatDoesNotAnswerGetsNoChange() async throws {
        let call = try call(.post, "/nodes/pve1/qemu/101/status/start")
        cluster.inject(Fault(.status(595, "No route to host"), method: .get, path: "/nodes/pve1/tasks", count: 99))
        await #expect(throws: Failure.self) { try await client.watermark(for: call) }
    }
}

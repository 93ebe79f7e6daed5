// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Proxmox
import Testing

/// Effects are believed when they are seen.
struct VerifyTests {
    let guest: GuestReference
    init() throws {
        guest = GuestReference(
            vmid: try #require(VMID(101)), kind: .qemu, node: try #require(NodeName("pve1")))
    }

    /// A guest that goes through these states, one a look.
    private func node(_ states: [String], snapshots: String = "[]") -> ScriptedTransport {
        let looks = Lock(0)
        return ScriptedTransport { request, _ in
            if request.target.hasSuffix("/config") { return .json("{}") }
            if request.target.hasSuffix("/snapshot") { return .json(snapshots) }
            return looks.withLock { count in
                defer { count += 1 }
                let state = states[min(count, states.count - 1)]
                return state.hasPrefix("{") ? .json(state) : .status(595, state)
            }
        }
    }

    private func facts(_ text: String, at moment: Duration = .zero) throws -> GuestFacts {
        let current = try #require(try JSONValue(parsing: text).object)
        return GuestFacts(guest, current: current, config: JSONObject(), askedAt: moment, observedAt: moment)
    }

    static let stopped = #"{"status":"stopped","qmpstatus":"stopped"}"#
    static let running = #"{"status":"running","qmpstatus":"running","uptime":5}"#
    static let paused = #"{"status":"running","qmpstatus":"paused","uptime":5}"#
    static let prelaunch = #"{"status":"running","qmpstatus":"prelaunch","uptime":0}"#

    @Test(arguments: [
        (PostCondition.running, [stopped, prelaunch, running], 3), (.stopped, [running, running, stopped], 3),
        (.paused, [running, paused], 2), (.running, [paused, running], 2), (.none, [stopped], 1),
        (.running, [#"{"status":"running","uptime":1}"#], 1), (.exists, [stopped], 1),
        (.stopped, ["Connection refused", stopped], 1),
    ])
    func waitingEndsWhenTheConditionHolds(_ condition: PostCondition, _ states: [String], _ looks: Int) async throws {
        let report = try await ProxmoxClient.scripted(node(states)).verify(ExpectedEffect(condition), of: guest)
        #expect(report.holds)
        #expect(report.effect.condition == condition)
    }

    @Test(arguments: [
        (PostCondition.running, paused, "guest 101 should be running, but it is: paused for 5 s on pve1"),
        (.stopped, running, "guest 101 should be stopped, but it is: running for 5 s on pve1"),
        (.paused, stopped, "guest 101 should be paused, but it is: stopped on pve1"),
    ])
    func whatNeverHoldsIsThrownWithWhatIsTrue(_ condition: PostCondition, _ state: String, _ words: String) async throws
    {
        let clock = VirtualClock()
        let client = ProxmoxClient.scripted(node([state]), clock: clock)
        let found = await failure { () async throws(Failure) in
            try await client.verify(ExpectedEffect(condition), of: guest, timeout: .seconds(7))
        }
        #expect(found?.kind == .guestTimeout)
        #expect(found?.message == words)
        #expect(found?.vmid == 101)
        #expect(clock.now() == .seconds(7))
    }

    @Test func aGuestThatCannotBeLookedAtIsNotSaidToBeAnything() async throws {
        let client = ProxmoxClient.scripted(node(["No route to host"]))
        let found = await failure { () async throws(Failure) in
            try await client.verify(ExpectedEffect(.stopped), of: guest, timeout: .seconds(7))
        }
        #expect(found?.kind == .outcomeUnknown)
        #expect(found?.message == "guest 101 should be stopped, but it cannot be looked at: No route to host")
    }

    @Test func aNodeThatStaysAwayIsNotWaitedForByTheHour() async throws {
        let clock = VirtualClock()
        let client = ProxmoxClient.scripted(node(["No route to host"]), clock: clock)
        let found = await failure { () async throws(Failure) in
            try await client.verify(ExpectedEffect(.running), of: guest, timeout: .seconds(3600))
        }
        #expect(found?.kind == .outcomeUnknown)
        #expect(clock.now() >= .seconds(120) && clock.now() < .seconds(125))
    }

    @Test(arguments: [
        // The same process: nothing was started, whatever the uptime says.
        (#"{"status":"running","uptime":100,"pid":7}"#, #"{"status":"running","uptime":110,"pid":7}"#, false),
        (#"{"status":"running","uptime":100,"pid":7}"#, #"{"status":"running","uptime":3,"pid":8}"#, true),
        // Without process ids the uptime decides; ten seconds have passed.
        (#"{"status":"running","uptime":100}"#, #"{"status":"running","uptime":110}"#, false),
        (#"{"status":"running","uptime":100}"#, #"{"status":"running","uptime":109}"#, false),
        (#"{"status":"running","uptime":100}"#, #"{"status":"running","uptime":2}"#, true),
        (#"{"status":"running","uptime":0}"#, #"{"status":"running","uptime":3}"#, true),
        (#"{"status":"running","uptime":0}"#, #"{"status":"running","uptime":10}"#, false),
        (stopped, #"{"status":"running","uptime":3}"#, true), (stopped, stopped, false),
        (#"{"status":"running","uptime":100}"#, stopped, false),
    ])
    func aRestartIsANewStart(_ before: String, _ now: String, _ holds: Bool) async throws {
        let clock = VirtualClock()
        let old = try facts(before)
        clock.advance(.seconds(10))
        let client = ProxmoxClient.scripted(node([now]), clock: clock)
        let found = await failure { () async throws(Failure) in
            try await client.verify(ExpectedEffect(.restarted), of: guest, since: old, timeout: .zero)
        }
        #expect((found == nil) == holds)
    }

    @Test(arguments: [
        (#"[{"name":"s1","snaptime":1},{"name":"current"}]"#, "s1", true), (#"[{"name":"current"}]"#, "s1", false),
        (#"[{"name":"s1","snapstate":"prepare"}]"#, "s1", false), (#"[{"name":"s1","snapstate":""}]"#, "s1", true),
        (#"[{"name":"current"}]"#, "current", false), ("{}", "s1", false), ("[]", "s1", false),
    ])
    func snapshotsCountWhenTheyAreComplete(_ list: String, _ name: String, _ holds: Bool) async throws {
        let client = ProxmoxClient.scripted(node([Self.running], snapshots: list))
        let found = await failure { () async throws(Failure) in
            try await client.verify(ExpectedEffect(.snapshotExists, snapshot: name), of: guest, timeout: .seconds(2))
        }
        #expect(found?.kind == (holds ? nil : .taskFailed))
    }

    @Test func theGuestIsFollowedToAnotherNode() async throws {
        let transport = ScriptedTransport { request, _ in
            if request.target.contains("/cluster/resources") {
                return .json(#"[{"type":"qemu","vmid":101,"node":"pve2"}]"#)
            }
            guard request.target.contains("/nodes/pve2/") else {
                return .status(500, "Configuration file 'nodes/pve1/qemu-server/101.conf' does not exist")
            }
            return .json(request.target.hasSuffix("/config") ? "{}" : Self.running)
        }
        let report = try await ProxmoxClient.scripted(transport).verify(ExpectedEffect(.running), of: guest)
        #expect(report.facts?.node.rawValue == "pve2")
        #expect(report.observed == "running for 5 s on pve2")
    }

    /// A cluster in which the guest is on one of two nodes.
    private func cluster(on node: String, lock: String = "") -> ScriptedTransport {
        ScriptedTransport { request, _ in
            if request.target.contains("/cluster/resources") {
                return .json(#"[{"type":"qemu","vmid":101,"node":"\#(node)"}]"#)
            }
            guard request.target.contains("/nodes/\(node)/") else {
                return .status(500, "Configuration file 'nodes/pve1/qemu-server/101.conf' does not exist")
            }
            return .json(request.target.hasSuffix("/config") ? #"{"lock":"\#(lock)"}"# : Self.running)
        }
    }

    @Test(arguments: [("pve2", "", true), ("pve1", "", false), ("pve2", "migrate", false), ("pve2", "backup", true)])
    func aMigrationIsDoneWhenTheGuestIsThere(_ node: String, _ lock: String, _ isDone: Bool) async throws {
        let client = ProxmoxClient.scripted(cluster(on: node, lock: lock))
        let target = try #require(NodeName("pve2"))
        let found = await failure { () async throws(Failure) in
            try await client.verify(ExpectedEffect(.onTarget, node: target), of: guest, timeout: .seconds(3))
        }
        #expect(found?.kind == (isDone ? nil : .taskFailed))
        if node == "pve1" {
            #expect(found?.message == "guest 101 should be on pve2, but it is: running for 5 s on pve1")
        }
    }

    @Test(arguments: [
        (#"[{"name":"s1","snaptime":1},{"name":"current"}]"#, false), (#"[{"name":"current"}]"#, true),
        (#"[{"name":"s1","snapstate":"delete"}]"#, false),
    ])
    func aSnapshotIsGoneWhenItIsNotListed(_ list: String, _ holds: Bool) async throws {
        let client = ProxmoxClient.scripted(node([Self.running], snapshots: list))
        let found = await failure { () async throws(Failure) in
            try await client.verify(
                ExpectedEffect(.snapshotGone, snapshot: "s1"), of: guest, timeout: .seconds(2))
        }
        #expect(found?.kind == (holds ? nil : .taskFailed))
    }

    @Test(arguments: [
        (PostCondition.rolledBack, #"{"parent":"s1"}"#, true), (.rolledBack, #"{"parent":"s2"}"#, false),
        (.rolledBack, #"{}"#, false), (.rolledBack, #"{"parent":"s1","lock":"rollback"}"#, false),
        (.template, #"{"template":1}"#, true), (.template, #"{}"#, false), (.exists, #"{"lock":"create"}"#, false),
        (.gone, "{}", false),
    ])
    func theConfigurationTellsWhatTasksLeaveBehind(
        _ condition: PostCondition, _ config: String, _ holds: Bool
    ) async throws {
        let transport = ScriptedTransport { request, _ in
            request.target.hasSuffix("/config") ? .json(config) : .json(Self.stopped)
        }
        let found = await failure { () async throws(Failure) in
            try await ProxmoxClient.scripted(transport).verify(
                ExpectedEffect(condition, snapshot: "s1"), of: guest, timeout: .seconds(2))
        }
        #expect(found?.kind == (holds ? nil : .taskFailed))
    }

    @Test func aDestroyedGuestIsGoneWhenTheClusterHasNoneOfThatNumber() async throws {
        let transport = ScriptedTransport { request, _ in
            request.target.contains("/cluster/resources")
                ? .json("[]") : .status(500, "Configuration file 'nodes/pve1/qemu-server/101.conf' does not exist")
        }
        let report = try await ProxmoxClient.scripted(transport).verify(ExpectedEffect(.gone), of: guest)
        #expect(report.observed == "no such guest")
        #expect(report.facts == nil)
    }
}

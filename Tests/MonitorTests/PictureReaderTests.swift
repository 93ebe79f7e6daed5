// SPDX-License-Identifier: Apache-2.0
import Model
import Proxmox
import Simulator
import TestSupport
import Testing

@testable import Monitor

/// What the reader asks a cluster for, and what it makes of the answers.
struct PictureReaderTests {
    private static func bench(
        _ change: @Sendable (inout ClusterState) -> Void = { _ in }, user: String = "root@pam!demo",
        secret: String = "00000000-0000-4000-8000-000000000001"
    ) throws -> (cluster: SimulatedCluster, client: ProxmoxClient, clock: VirtualClock) {
        let clock = VirtualClock(start: 1_795_342_000)
        let cluster = SimulatedCluster(.demo(), clock: clock, options: .init(authDelay: 0))
        cluster.update(change)
        let client = ProxmoxClient(
            hosts: [ProxmoxHost(name: "demo", transport: SimulatorTransport(cluster))],
            credential: try APIToken(id: user, secret: Secret(secret)), clock: VirtualTime(clock: clock))
        return (cluster, client, clock)
    }

    private static func reader(
        _ client: ProxmoxClient, _ clock: VirtualClock, _ rules: [AlertRule], slow: Double = 900
    ) -> PictureReader {
        PictureReader(client, plan: MonitorPlan(slowInterval: slow, rules: rules)) { clock.now }
    }

    private static func paths(_ cluster: SimulatedCluster) -> [String] {
        cluster.requests.map { String($0.target.dropFirst("/api2/json".count)) }
    }

    @Test func `rules that need nothing more cost one request`() async throws {
        let (cluster, client, clock) = try Self.bench()
        let rules = [
            AlertRule("a", .nodeOffline), AlertRule("b", .storageAbove(.init(90))), AlertRule("c", .guestStopped),
        ]
        let first = await Self.reader(client, clock, rules).read()
        #expect(Self.paths(cluster) == ["/cluster/resources", "/access/permissions"])
        #expect(first.nodes.map(\.name) == ["pve1", "pve2", "pve3"])
        #expect(first.guests.map(\.vmid) == [100, 101, 102, 103, 110, 111], "no template")
        _ = await Self.reader(client, clock, rules).read(after: first)
        #expect(Self.paths(cluster).count == 3, "the second round needs the overview only")
    }

    @Test func `slow facts are read again when they are old`() async throws {
        let (cluster, client, clock) = try Self.bench()
        let reader = Self.reader(
            client, clock, [AlertRule("a", .certificateExpires(1)), AlertRule("b", .backupOlder(1))])
        let first = await reader.read()
        let count = Self.paths(cluster).count
        #expect(count == 9, "\(Self.paths(cluster))")
        #expect(Set(first.slow.backups.keys) == ["shared", "pve1/local", "pve2/local", "pve3/local"])
        clock.advance(by: 899)
        let second = await reader.read(after: first)
        #expect(Self.paths(cluster).count == count + 1)
        #expect(second.slow.time == first.slow.time)
        clock.advance(by: 2)
        #expect(await reader.read(after: second).slow.time != first.slow.time)
    }

    @Test func `a node that is offline is asked nothing`() async throws {
        let (cluster, client, clock) = try Self.bench {
            if let index = $0.nodes.firstIndex(where: { $0.name == "pve2" }) { $0.nodes[index].online = false }
        }
        let rules = [
            AlertRule("a", .loadAbove(.init(1))), AlertRule("b", .taskFailed(types: [], within: 60)),
            AlertRule("c", .certificateExpires(1)), AlertRule("d", .snapshotOlder(1, names: [])),
            AlertRule("e", .guestUnresponsive), AlertRule("f", .backupOlder(1)),
        ]
        let picture = await Self.reader(client, clock, rules).read()
        #expect(!Self.paths(cluster).contains { $0.contains("/pve2/") })
        #expect(picture.tasks.keys.sorted() == ["pve1", "pve3"])
        #expect(picture.slow.snapshots.keys.sorted() == [101, 102, 103, 111])
    }

    @Test func `agents that answer, are silent or are not there are told apart`() async throws {
        let (_, client, clock) = try Self.bench {
            $0.guests[102]?.config["agent"] = nil
            $0.guests[100]?.config["agent"] = "1"
            $0.guests[101]?.config["agent"] = "enabled=1"
            $0.guests[101]?.agentRunning = false
        }
        let picture = await Self.reader(client, clock, [AlertRule("e", .guestUnresponsive)]).read()
        #expect(try picture.agents[100]?.get() == .answers)
        #expect(try picture.agents[101]?.get() == .silent("QEMU guest agent is not running"))
        #expect(try picture.agents[102]?.get() == AgentSight.absent)
        #expect(picture.agents.keys.sorted() == [100, 101, 102], "neither stopped machines nor containers are asked")
    }

    @Test func `a node that hangs is waited for once`() async throws {
        let (cluster, client, clock) = try Self.bench()
        cluster.inject(Fault(.status(595, "Connection refused"), path: "/nodes/pve1/*", count: 1000))
        let rules = [AlertRule("d", .snapshotOlder(1, names: [])), AlertRule("c", .certificateExpires(1))]
        let picture = await Self.reader(client, clock, rules).read()
        let asked = Self.paths(cluster).filter { $0.hasPrefix("/nodes/pve1/") }
        #expect(Set(asked).count == 1, "\(asked)")
        #expect(throws: Failure.self) { try picture.slow.snapshots[101]?.get() }
        #expect(throws: Never.self) { try picture.slow.snapshots[102]?.get() }
    }

    @Test func `a cluster that refuses the identity is an outage`() async throws {
        let (_, client, clock) = try Self.bench(secret: "99999999-0000-4000-8000-000000000001")
        let picture = await Self.reader(client, clock, MonitorPlan.shipped.rules).read()
        #expect(picture.outage?.kind == .auth)
    }

    @Test func `an auditor sees no backups, and is told so`() async throws {
        let (_, client, clock) = try Self.bench(user: "audit@pve!demo", secret: "00000000-0000-4000-8000-000000000002")
        let rules = [AlertRule("backups", .backupOlder(86_400))]
        let verdict = RuleJudge(await Self.reader(client, clock, rules).read(), cluster: "demo").judge(rules)
        #expect(verdict.findings.isEmpty)
        #expect(verdict.blind.count == 6 && verdict.blind.allSatisfy { $0.cause?.kind == .permission })
    }

    @Test func `onboot is read only where a rule asks for it`() async throws {
        let (cluster, client, clock) = try Self.bench()
        var rule = AlertRule("a", .guestStopped)
        rule.guests.onboot = true
        rule.guests.tags = [Glob("web")]
        let picture = await Self.reader(client, clock, [rule]).read()
        #expect(Self.paths(cluster).count { $0.hasSuffix("/config") } == 2)
        #expect(try picture.slow.onboot[101]?.get() == true)
    }
}

// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Proxmox
import Simulator
import Testing
import Twin

@Suite(.serialized) struct TwinTests {
    @Test func aStopHappensOnlyInTheTwin() async throws {
        let bench = try Bench()
        let exit = try await bench.twin.client.change(.post, "/nodes/pve1/qemu/101/status/stop")
        #expect(exit == "OK")
        let planned = try await bench.twin.client.read("/nodes/pve1/qemu/101/status/current")
        #expect(planned["status"] == "stopped")
        let real = try await bench.live.read("/nodes/pve1/qemu/101/status/current")
        #expect(real["status"] == "running")
        #expect(bench.twin.writes == 1)
        #expect(bench.twin.elapsed > .zero)
        let rows = try await bench.twin.client.read("/cluster/resources", [("type", "vm")]).array ?? []
        #expect(rows.first { $0["vmid"] == 101 }?["status"] == "stopped")
        #expect(rows.first { $0["vmid"] == 102 }?["status"] == "running")
    }

    @Test func readsAloneComeFromTheLiveClusterAsTheyAre() async throws {
        let bench = try Bench()
        let call = try APICall.get("cluster", "resources")
        let twin = try await bench.twin.client.send(call)
        #expect(try await bench.live.send(call).body == twin.body)
        #expect(bench.twin.reads.map(\.request) == ["GET /cluster/resources"])
        #expect(bench.twin.liveRequests == 1)
        #expect(bench.twin.writes == 0)
    }

    @Test func aLiveChangeOfAnotherGuestIsSeenThroughTheTwin() async throws {
        let bench = try Bench()
        try await bench.twin.client.change(.post, "/nodes/pve1/qemu/101/status/stop")
        bench.cluster.update { $0.guests[102]?.config["cores"] = "7" }
        bench.cluster.update { $0.guests[102]?.power = .stopped }
        let config = try await bench.twin.client.read("/nodes/pve3/qemu/102/config")
        #expect(config["cores"]?.perlInteger == 7)
        let rows = try await bench.twin.client.read("/cluster/resources", [("type", "vm")]).array ?? []
        #expect(rows.first { $0["vmid"] == 102 }?["status"] == "stopped")
    }

    @Test func whatNobodyChangedOfATouchedGuestStaysLive() async throws {
        let bench = try Bench()
        try await bench.twin.client.change(.put, "/nodes/pve1/qemu/101/config", [("cores", 3)])
        bench.cluster.update { $0.guests[101]?.config["description"] = "written meanwhile" }
        let config = try await bench.twin.client.read("/nodes/pve1/qemu/101/config")
        #expect(config["cores"]?.perlInteger == 3)
        #expect(config["description"] == "written meanwhile")
    }

    @Test func oneStopAmongTenThousandGuestsTakesFewLiveRequests() async throws {
        let bench = try Bench(.generated(nodes: 5, guests: 10_000))
        try await bench.twin.client.change(.post, "/nodes/pve1/qemu/100/status/stop")
        _ = try await bench.twin.client.read("/nodes/pve1/qemu/100/status/current")
        #expect(bench.twin.liveRequests < 20)
        #expect(bench.twin.liveRequests == bench.transport.reads)
    }

    @Test func theSameSeedMakesTheSameTwin() async throws {
        var seen: Set<String> = []
        for _ in 0..<100 {
            let bench = try Bench(randomSeed: 42)
            let client = bench.twin.client
            try await client.change(.post, "/nodes/pve1/qemu/9000/clone", [("newid", 200), ("full", true)])
            let config = try await client.read("/nodes/pve1/qemu/200/config")
            let tasks = try await client.read("/nodes/pve1/tasks")
            seen.insert(config.text + tasks.text + "\(bench.twin.elapsed)")
        }
        #expect(seen.count == 1)
    }

    @Test func waitingTogetherTakesTheTimeOfTheLongest() async throws {
        let bench = try Bench()
        let client = bench.twin.client
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (node, vmid) in [("pve1", 101), ("pve2", 100), ("pve3", 102)] {
                group.addTask {
                    try await client.change(
                        .post, "/nodes/\(node)/vzdump", [("vmid", .integer(vmid)), ("storage", "shared")])
                }
            }
            try await group.waitForAll()
        }
        // 64 GB at 110 MB/s are ten minutes; one after the other they would be 20.
        #expect(bench.twin.elapsed > .seconds(300))
        #expect(bench.twin.elapsed < .seconds(900))
    }

    @Test func aNewNumberIsFreeInBothClusters() async throws {
        let bench = try Bench()
        let client = bench.twin.client
        let first = try await client.read("/cluster/nextid").perlInteger
        try await client.change(
            .post, "/nodes/pve1/qemu/9000/clone", [("newid", .integer(try #require(first)))])
        let second = try await client.read("/cluster/nextid").perlInteger
        #expect(second != first)
        let exit = try await client.change(.post, "/nodes/pve1/qemu/9000/clone", [("newid", 110)])
        #expect(exit.string?.contains("VM 110 already exists") == true)
    }

    @Test func whatTheTwinDoesNotKnowCannotBePlanned() async throws {
        let bench = try Bench()
        for (method, path) in [
            (HTTPMethod.post, "/nodes/pve1/ceph/osd"), (.put, "/cluster/firewall/options"),
            (.delete, "/access/users/x@pve"),
        ] {
            let failure = await #expect(throws: Failure.self) { try await bench.twin.client.change(method, path) }
            #expect(failure?.kind == .unsupported)
            #expect(failure?.raw?.contains("\(method.rawValue) \(path) cannot be planned") == true)
        }
        #expect(bench.twin.writes == 0)
    }

    @Test func aProgramInAGuestIsNotRunAndAnswersNothing() async throws {
        let bench = try Bench()
        let agent = "/nodes/pve1/qemu/101/agent"
        let started = try await bench.twin.client.change(.post, "\(agent)/exec", [("command", .list(["hostname"]))])
        let pid = try #require(started["pid"]?.perlInteger)
        let status = try await bench.twin.client.read("\(agent)/exec-status", [("pid", .integer(pid))])
        #expect(status["exited"] == 1)
        #expect(status["out-data"] == nil)
        #expect(bench.twin.guesses.count == 1)
    }

    @Test func valuesThatTheSimulatorDoesNotKnowAreKept() async throws {
        var seed = ClusterSeed.demo()
        let index = try #require(seed.guests.firstIndex { $0.vmid == 103 })
        seed.guests[index].config["newfangled"] = "a=b,c"
        seed.storages.append(SimulatedStorage("odd", plugin: "linstor", content: ["images"], shared: true))
        let bench = try Bench(seed)
        let client = bench.twin.client
        try await client.change(
            .put, "/nodes/pve1/qemu/103/config",
            [("cores", 2), ("other-new", "1"), ("ostype", "win99"), ("scsi3", "odd:4")])
        let config = try await client.read("/nodes/pve1/qemu/103/config")
        #expect(config["newfangled"] == "a=b,c")
        #expect(config["other-new"] == "1")
        #expect(config["ostype"] == "win99")
        #expect(config["scsi3"] == "odd:vm-103-disk-0,size=4G")
    }

    @Test func aTicketIsFetchedFromTheLiveClusterOnly() async throws {
        let cluster = SimulatedCluster(.demo(), clock: VirtualClock(start: Bench.start), options: .init(authDelay: 0))
        let transport = GuardedTransport(cluster)
        let credential = try TicketCredential(
            user: "root@pam", secrets: FixedSecrets(), wallClock: { Bench.start })
        let live = ProxmoxClient(hosts: [ProxmoxHost(name: "sim", transport: transport)], credential: credential)
        let twin = Twin(of: live, start: Bench.start)
        try await twin.client.change(.post, "/nodes/pve1/qemu/101/status/stop")
        #expect(transport.logins == 1)
        let tasks = try await twin.client.read("/nodes/pve1/tasks").array ?? []
        #expect(tasks.contains { $0["user"] == "root@pam" })
    }

    @Test func aClusterIsToldFromAnotherByNameAndMembers() async throws {
        let first = try await Bench().live.clusterFingerprint()
        #expect(try await Bench().live.clusterFingerprint() == first)
        #expect(try await Bench(.generated(nodes: 3, guests: 1)).live.clusterFingerprint() != first)
        #expect(try await Bench().twin.client.clusterFingerprint() == first)
        #expect(first.count == 64)
    }
}

/// The password of the demo cluster.
private struct FixedSecrets: LoginSecrets {
    func password(of user: String) async throws(Failure) -> Secret { Secret("demo") }
    func answer(
        to challenge: SecondFactorChallenge, of user: String
    ) async throws(Failure) -> SecondFactorAnswer { throw Failure(.auth, "there is no second factor") }
    func wereRefused() async -> Bool { false }
}

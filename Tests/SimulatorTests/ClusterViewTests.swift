// SPDX-License-Identifier: Apache-2.0
import JSON
import Proxmox
import Testing

@testable import Simulator

/// What the cluster tells about itself beside its guests.
struct ClusterViewTests {
    private func resource(_ bench: Bench, _ vmid: Int) async throws -> JSONValue? {
        try await bench.data(.get, "/cluster/resources?type=vm").array?.first { $0["vmid"]?.perlInteger == vmid }
    }

    @Test func theListLagsBehindByAsMuchAsTheSeedSays() async throws {
        var seed = ClusterSeed.demo()
        seed.lag = 10
        let bench = Bench(seed)
        #expect(try await bench.task(.post, "/nodes/pve1/qemu/103/status/start", wait: 2) == "OK")
        #expect(try await resource(bench, 103)?["status"] == "stopped")
        #expect(try await bench.task(.post, "/nodes/pve1/qemu", "vmid=150&name=new", wait: 3) == "OK")
        let new = try await resource(bench, 150)
        #expect(new?["status"] == "unknown")
        #expect(new?["name"] == nil)
        bench.clock.advance(by: 10)
        #expect(try await resource(bench, 103)?["status"] == "running")
        #expect(try await resource(bench, 150)?["name"] == "new")
        // The lock and the tags are never late.
        bench.cluster.update { $0.guests[103]?.lock = "backup" }
        #expect(try await resource(bench, 103)?["lock"] == "backup")
    }

    @Test func withoutALagTheListShowsWhatIs() async throws {
        let bench = Bench()
        #expect(try await bench.task(.post, "/nodes/pve1/qemu/103/status/start", wait: 2) == "OK")
        #expect(try await resource(bench, 103)?["status"] == "running")
    }

    @Test func aSeedCanSayTheLagAndANodeThatIsAway() throws {
        let text = """
            version: 1
            lag: 10
            nodes: [{ name: n1 }, { name: n2, online: false, certificate-until: 2026-12-01T00:00:00Z }]
            storages: [{ name: one, content: [backup], prune: "keep-last=3", active: false }]
            guests: [{ vmid: 100, name: a, node: n1, migration-fault: moves, backup-fails: no space }]
            """
        let seed = try ClusterSeed(yaml: text, file: "x.yaml")
        #expect(seed.lag == 10)
        #expect(seed.nodes.map(\.online) == [true, false])
        #expect(seed.nodes[1].certificateUntil == 1_796_083_200)
        #expect(seed.storages[0].retention == "keep-last=3" && !seed.storages[0].active)
        #expect(seed.guests[0].migrationFault == .moves && seed.guests[0].backupFailure == "no space")
        #expect(throws: (any Error).self) {
            try ClusterSeed(yaml: text.replacing("keep-last=3", with: "keep-some=3"), file: "x.yaml")
        }
    }

    @Test func certificatesSayWhenTheyEnd() async throws {
        var seed = ClusterSeed.demo()
        seed.nodes[1].certificateUntil = 1_800_000_000
        let rows = try await Bench(seed).data(.get, "/nodes/pve2/certificates/info").array ?? []
        let own = rows.first { $0["filename"] == "pve-ssl.pem" }
        #expect(own?["notafter"] == 1_800_000_000)
        #expect(own?["fingerprint"]?.string == seed.nodes[1].fingerprint)
        #expect(rows.contains { $0["filename"] == "pve-root-ca.pem" })
    }

    @Test func templatesCanBeListedAndFetched() async throws {
        let bench = Bench()
        let name = try #require(
            try await bench.data(.get, "/nodes/pve1/aplinfo").array?.last?["template"]?.string)
        let path = "/nodes/pve2/aplinfo"
        #expect(try await bench.task(.post, path, "storage=local&template=\(name)") == "OK")
        let rows = try await bench.data(.get, "/nodes/pve2/storage/local/content?content=vztmpl").array ?? []
        #expect(rows.contains { $0["volid"]?.string == "local:vztmpl/\(name)" })
        let wrong = try JSONValue(parsing: await bench.send(.post, path, "storage=local&template=no.tar.gz").body)
        #expect(wrong["errors"]?["template"] == "no such template")
    }

    @Test func nestedPoolsNeedTheirParentAndKeepIt() async throws {
        let bench = Bench()
        #expect(
            await bench.send(.post, "/pools", "poolid=lab/a").reason
                == "create pool failed: parent 'lab' of pool 'lab/a' does not exist")
        for id in ["lab", "lab/a"] { #expect(await bench.send(.post, "/pools", "poolid=\(id)").status == 200) }
        #expect(await bench.send(.put, "/pools", "poolid=lab/a&vms=103&storage=shared").status == 200)
        let pool = try await bench.data(.get, "/pools?poolid=lab/a").array?.first
        #expect(pool?["poolid"] == "lab/a")
        #expect(pool?["members"]?.array?.compactMap { $0["id"]?.string } == ["qemu/103", "storage/pve1/shared"])
        #expect(await bench.send(.delete, "/pools?poolid=lab").status == 500)
        #expect(await bench.send(.post, "/pools", "poolid=a/b/c/d").status == 400)
    }

    @Test func groupsOfNodesComeAndGo() async throws {
        let bench = Bench()
        let path = "/cluster/ha/groups"
        #expect(await bench.send(.post, path, "group=near&nodes=pve1:2,pve2&restricted=1").status == 200)
        let row = try await bench.data(.get, path + "/near")
        #expect(row["nodes"] == "pve1:2,pve2" && row["restricted"] == 1)
        #expect(await bench.send(.post, path, "group=near&nodes=pve1").reason == "ha group ID 'near' already defined")
        #expect(await bench.send(.delete, path + "/near").status == 200)
        #expect(try await bench.data(.get, path) == [])
        #expect(await bench.send(.get, path + "/near").reason == "no such ha group 'near'")
    }

    @Test func theManagerTellsOfManagedGuests() async throws {
        let bench = Bench()
        let path = "/cluster/ha/status/manager_status"
        #expect(try await bench.data(.get, path)["manager_status"] == ["node_status": [:]])
        bench.cluster.update { $0.guests[101]?.haState = "started" }
        let status = try await bench.data(.get, path)
        #expect(status["manager_status"]?["service_status"]?["vm:101"]?["node"] == "pve1")
        #expect(status["quorum"]?["quorate"] == "1")
    }

    @Test func guestsWithoutABackupJobAreNamed() async throws {
        let rows = try await Bench().data(.get, "/cluster/backup-info/not-backed-up").array ?? []
        #expect(rows.contains { $0["vmid"] == 111 && $0["type"] == "lxc" && $0["name"] == "mail-1" })
    }

    @Test func aConsoleHasATicketAndClosesByItself() async throws {
        let bench = Bench()
        let way = try await bench.data(.post, "/nodes/pve1/qemu/101/vncproxy", "websocket=1&generate-password=1")
        #expect(way["ticket"]?.string?.hasPrefix("PVEVNC:") == true)
        #expect(way["port"] == "5900")
        #expect(way["password"]?.string?.count == 8)
        let upid = try #require(way["upid"]?.string)
        #expect(try await bench.exit(upid) == "running")
        bench.clock.advance(by: 15)
        #expect(try await bench.exit(upid) == "connection timed out")
        #expect(
            await bench.send(.post, "/nodes/pve1/qemu/101/termproxy", "").reason
                == "unable to find a serial interface")
        #expect(await bench.send(.post, "/nodes/pve2/lxc/110/termproxy", "").status == 200)
    }
}

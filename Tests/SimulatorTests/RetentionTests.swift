// SPDX-License-Identifier: Apache-2.0
import JSON
import Proxmox
import Testing

@testable import Simulator

/// Which backups stay when a storage is pruned.
struct RetentionTests {
    private static let day = 86_400.0
    /// Noon of a Monday, 2026-11-16.
    private static let monday = 1_794_830_400.0

    @Test(arguments: [
        ("keep-last=2", [true, true, false, false, false]),
        ("keep-all=1", [true, true, true, true, true]),
        ("keep-last=0", [true, true, true, true, true]),
        ("keep-daily=2", [true, false, true, false, false]),
        ("keep-weekly=2", [true, false, false, false, true]),
        ("keep-last=1,keep-daily=2", [true, false, true, true, false]),
        ("keep-monthly=5", [true, false, false, false, false]),
    ])
    func theNewestOfEachPeriodStays(text: String, kept: [Bool]) throws {
        let rule = try #require(Retention(text))
        // Two on Wednesday, one on Tuesday and Monday, one a week before.
        let ages = [2, 1.9, 1, 0, -7].map { Self.monday + $0 * Self.day }
        #expect(rule.keeps(ages) == kept)
    }

    @Test(arguments: ["keep-last=x", "keep-some=1", "keep-all=1,keep-last=1", "keep-last", "keep-last=-1"])
    func aRuleThatIsNoneIsRefused(text: String) async {
        #expect(Retention(text) == nil)
        let bench = Bench()
        let path = "/nodes/pve1/storage/shared/prunebackups?prune-backups=\(text.replacing("=", with: "%3D"))"
        #expect(await bench.send(.get, path).status == 400)
    }

    private func marks(_ bench: Bench, _ query: String) async throws -> [String: String] {
        let rows = try await bench.data(.get, "/nodes/pve1/storage/shared/prunebackups?\(query)").array ?? []
        return Dictionary(
            rows.map { ($0["volid"]?.string ?? "", $0["mark"]?.string ?? "") }, uniquingKeysWith: { $1 })
    }

    @Test func thePreviewIsWhatPruningDoes() async throws {
        let bench = Bench()
        bench.cluster.update { state in
            for (age, name) in [(3.0, "2026_11_18-01_00_00"), (5.0, "2026_11_16-01_00_00")] {
                state.volumes.append(
                    SimulatedVolume(
                        "shared:backup/vzdump-qemu-100-\(name).vma.zst", node: nil, content: "backup",
                        format: "vma.zst", size: 1, vmid: 100, created: 1_795_222_800 - age * 86_400))
            }
            state.volumes.append(
                SimulatedVolume(
                    "shared:backup/vzdump-qemu-100-mine.vma.zst", node: nil, content: "backup", format: "vma.zst",
                    size: 1, vmid: 100, created: 1_700_000_000))
        }
        let query = "prune-backups=keep-last%3D1&vmid=100"
        let before = try await marks(bench, query)
        #expect(before.values.sorted() == ["keep", "protected", "remove", "remove", "renamed"])
        #expect(try await bench.task(.delete, "/nodes/pve1/storage/shared/prunebackups?\(query)") == "OK")
        let after = try await marks(bench, query)
        #expect(after == before.filter { $0.value != "remove" })
        #expect(!(try await marks(bench, "vmid=101")).isEmpty)
    }

    @Test func pruningTakesTheStoragesPrivilegeOrTheGuests() async throws {
        var seed = ClusterSeed.demo()
        seed.users.append(SimulatedUser("op@pve", tokens: [SimulatedToken("x1", secret: "s3cret")]))
        seed.grants.append(SimulatedGrant("/storage/shared", holder: "op@pve", role: "PVEDatastoreUser"))
        seed.grants.append(SimulatedGrant("/vms/100", holder: "op@pve", role: "PVEVMUser"))
        let bench = Bench(seed, token: "op@pve!x1=s3cret")
        let path = "/nodes/pve1/storage/shared/prunebackups?prune-backups=keep-last%3D1"
        #expect(
            await bench.send(.delete, path).reason
                == "Permission check failed (/storage/shared, Datastore.Allocate)")
        #expect(
            await bench.send(.delete, path + "&vmid=101").reason == "Permission check failed (/vms/101, VM.Backup)")
        #expect(await bench.send(.delete, path + "&vmid=100").status == 200)
    }
}

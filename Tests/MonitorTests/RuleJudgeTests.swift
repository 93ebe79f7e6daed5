// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Proxmox
import Testing

@testable import Monitor

/// What rules make of pictures.
struct RuleJudgeTests {
    // MARK: - Every condition, met and not met

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let condition: AlertCondition
        let change: @Sendable (inout ClusterPicture) -> Void
        let subjects: [String]
        var testDescription: String { name }

        init(
            _ name: String, _ condition: AlertCondition, _ subjects: [String],
            _ change: @escaping @Sendable (inout ClusterPicture) -> Void
        ) {
            (self.name, self.condition, self.change, self.subjects) = (name, condition, change, subjects)
        }
    }

    static let cases: [Case] = [
        Case("a node is offline", .nodeOffline, ["node/pve2"]) { $0.nodes[1].status = .offline },
        Case("a node tells nothing", .nodeOffline, ["node/pve2"]) { $0.nodes[1].status = .unknown },
        Case("all nodes are up", .nodeOffline, []) { _ in },
        Case("no quorum", .noQuorum, ["cluster/lab"]) { $0.quorum = .success(false) },
        Case("the quorum is hidden", .noQuorum, []) { $0.quorum = .failure(Failure(.permission, "403")) },
        Case("the cluster is away", .clusterUnreachable, ["cluster/lab"]) { $0.outage = Failure(.connection, "x") },
        Case("a local storage is full", .storageAbove(.init(85)), ["storage/pve1/local"]) {
            $0.storages[0].used = 0.86
        },
        Case("a shared storage is full once", .storageAbove(.init(85)), ["storage/nfs"]) {
            $0.storages[2].used = 0.9
            $0.storages[3].used = 0.9
        },
        Case("a storage between its limits", .storageAbove(.init(85, clear: 80)), ["storage/pve1/local lingers"]) {
            $0.storages[0].used = 0.82
        },
        Case("a storage at its limit", .storageAbove(.init(85)), []) { $0.storages[0].used = 0.85 },
        Case("a storage on a node that is away", .storageAbove(.init(10)), ["storage/pve1/local", "storage/nfs"]) {
            $0.nodes[1].status = .offline
        },
        Case("a storage is lost", .storageUnavailable, ["storage/pve1/local"]) { $0.storages[0].isAvailable = false },
        Case("storages of a silent node are not judged", .storageUnavailable, []) {
            $0.nodes[0].status = .unknown
            $0.storages[0].isAvailable = false
        },
        Case("memory", .memoryAbove(.init(90)), ["node/pve1"]) { $0.nodes[0].memory = 0.95 },
        Case("processors", .cpuAbove(.init(90)), ["node/pve2"]) { $0.nodes[1].processors = 0.95 },
        Case("load", .loadAbove(.init(1.5, clear: 1)), ["node/pve1", "node/pve2 lingers"]) {
            $0.loads = ["pve1": .success(2), "pve2": .success(1.2)]
        },
        Case("a guest is stopped", .guestStopped, ["guest/102"]) { $0.guests[1].status = "stopped" },
        Case("a guest is stopped by what holds it", .guestStopped, []) {
            $0.guests[1].status = "stopped"
            $0.guests[1].lock = "migrate"
        },
        Case("a guest whose status is not known", .guestStopped, []) { $0.guests[1].status = "unknown" },
        Case("a guest of a dead node", .guestStopped, []) {
            $0.guests[1].status = "stopped"
            $0.nodes[1].status = .offline
        },
        Case("a paused guest", .guestUnresponsive, ["guest/101"]) { $0.guests[0].status = "paused" },
        Case("a guest with an I/O error", .guestUnresponsive, ["guest/101"]) { $0.guests[0].status = "io-error" },
        Case("a paused guest that a backup holds", .guestUnresponsive, []) {
            $0.guests[0].status = "prelaunch"
            $0.guests[0].lock = "backup"
        },
        Case("a silent agent", .guestUnresponsive, ["guest/101"]) {
            $0.agents = [101: .success(.silent("QEMU guest agent is not running")), 102: .success(.answers)]
        },
        Case("no agent", .guestUnresponsive, []) { $0.agents = [101: .success(.absent)] },
        Case("an old backup and a missing one", .backupOlder(PictureBench.day), ["guest/102", "guest/110"]) {
            $0.slow.backups = [
                "pve1/local": .success([
                    BackupSight(vmid: 101, time: PictureBench.now - 3600), BackupSight(vmid: 101, time: 0),
                ]),
                "pve2/local": .success([BackupSight(vmid: 102, time: PictureBench.now - 2 * PictureBench.day)]),
            ]
        },
        Case("a backup storage cannot be read", .backupOlder(PictureBench.day), []) {
            $0.slow.backups = [
                "pve1/local": .success([BackupSight(vmid: 101, time: PictureBench.now)]),
                "pve2/local": .failure(Failure(.server, "x")),
            ]
        },
        Case("an old snapshot", .snapshotOlder(14 * PictureBench.day, names: []), ["guest/101"]) {
            $0.slow.snapshots = [
                101: .success([SnapshotSight(name: "old", time: PictureBench.now - 20 * PictureBench.day)]),
                102: .success([SnapshotSight(name: "new", time: PictureBench.now - PictureBench.day)]),
                110: .success([]),
            ]
        },
        Case("an old snapshot of another name", .snapshotOlder(PictureBench.day, names: [Glob("before-*")]), []) {
            $0.slow.snapshots = [101: .success([SnapshotSight(name: "keep", time: 0)])]
        },
        Case("a failed task", .taskFailed(types: [], within: PictureBench.day), ["task/vzdump/101"]) {
            $0.tasks = [
                "pve1": .success([PictureBench.task("pve1", "vzdump", "101", .error("job errors"), 100)]),
                "pve2": .success([]),
            ]
        },
        Case("a failed task that went well later elsewhere", .taskFailed(types: [], within: PictureBench.day), []) {
            $0.tasks = [
                "pve1": .success([PictureBench.task("pve1", "vzdump", "101", .error("job errors"), 100)]),
                "pve2": .success([PictureBench.task("pve2", "vzdump", "101", .ok, 50)]),
            ]
        },
        Case("tasks of other types, and old ones", .taskFailed(types: [Glob("vz*")], within: 600), []) {
            $0.tasks = [
                "pve1": .success([
                    PictureBench.task("pve1", "qmstart", "101", .error("x"), 100),
                    PictureBench.task("pve1", "vzdump", "102", .error("x"), 700),
                ]), "pve2": .success([PictureBench.task("pve2", "vzdump", "110", .warnings(2), 10)]),
            ]
        },
        Case(
            "a task about nothing in particular", .taskFailed(types: [], within: PictureBench.day), ["task/vzdump/pve1"]
        ) {
            $0.tasks = ["pve1": .success([PictureBench.task("pve1", "vzdump", "", .unknown("unexpected status"), 1)])]
        },
        Case(
            "certificates, the authority's once", .certificateExpires(14 * PictureBench.day),
            ["certificate/pve-root-ca.pem", "certificate/pve2/pve-ssl.pem"]
        ) {
            let root = CertificateSight(
                file: "pve-root-ca.pem", fingerprint: "AA", end: PictureBench.now + PictureBench.day)
            $0.slow.certificates = [
                "pve1": .success([
                    root,
                    CertificateSight(
                        file: "pve-ssl.pem", fingerprint: "BB", end: PictureBench.now + 90 * PictureBench.day),
                ]),
                "pve2": .success([
                    root,
                    CertificateSight(file: "pve-ssl.pem", fingerprint: "CC", end: PictureBench.now - PictureBench.day),
                ]),
            ]
        },
    ]

    @Test(arguments: cases)
    func `a rule finds what its condition says and nothing else`(row: Case) {
        #expect(PictureBench.found(AlertRule("r", row.condition), PictureBench.picture(row.change)) == row.subjects)
    }

    // MARK: - Which guests

    @Test func `a rule looks only at the guests that it picks`() {
        let picture = PictureBench.picture {
            for index in $0.guests.indices { $0.guests[index].status = "stopped" }
            $0.guests[0].reference.pool = "prod"
            $0.slow.onboot = [101: .success(true), 102: .success(false)]
        }
        func found(_ change: (inout AlertRule) -> Void) -> [String] {
            var rule = AlertRule("r", .guestStopped)
            change(&rule)
            return PictureBench.found(rule, picture)
        }
        #expect(found { _ in } == ["guest/101", "guest/102", "guest/110"])
        #expect(found { $0.guests.tags = [Glob("web")] } == ["guest/101", "guest/102"])
        #expect(found { $0.guests.pools = [Glob("pro*")] } == ["guest/101"])
        #expect(found { $0.guests.names = [Glob("proxy")] } == ["guest/110"])
        #expect(found { $0.guests.vmids = [102, 999] } == ["guest/102"])
        #expect(found { $0.guests.onboot = true } == ["guest/101"], "of 110 it is not known")
        #expect(found { $0.nodes = [Glob("pve1")] } == ["guest/101"])
        #expect(
            found {
                var except = GuestSelector()
                except.tags = [Glob("web")]
                $0.except = except
            } == ["guest/110"])
    }
}

// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Proxmox
import Testing

@testable import Monitor

/// What rules make of pictures.
struct RuleJudgeTests {
    private static let now = 1_800_000_000.0
    private static let day = 86_400.0

    /// A cluster of two nodes where all is well.
    private static func picture(_ change: (inout ClusterPicture) -> Void = { _ in }) -> ClusterPicture {
        var picture = ClusterPicture(time: now)
        picture.nodes = [
            NodeSight("pve1", memory: 0.5, processors: 0.1), NodeSight("pve2", memory: 0.4, processors: 0.2),
        ]
        picture.storages = [
            StorageSight("local", node: "pve1", used: 0.3, holdsBackups: true),
            StorageSight("local", node: "pve2", used: 0.3, holdsBackups: true),
            StorageSight("nfs", node: "pve1", isShared: true, used: 0.5),
            StorageSight("nfs", node: "pve2", isShared: true, used: 0.5),
        ]
        picture.guests = [
            guest(101, "web-1", "pve1", tags: ["web"]), guest(102, "web-2", "pve2", tags: ["web"]),
            guest(110, "proxy", "pve2", .lxc),
        ]
        picture.quorum = .success(true)
        picture.slow.time = now
        change(&picture)
        return picture
    }

    private static func guest(
        _ vmid: Int, _ name: String?, _ node: String, _ kind: GuestKind = .qemu, status: String = "running",
        tags: [String] = [], lock: String? = nil, pool: String? = nil
    ) -> GuestSight {
        guard let number = VMID(vmid), let place = NodeName(node) else { fatalError("\(vmid) on \(node)") }
        return GuestSight(
            GuestReference(vmid: number, kind: kind, node: place, pool: pool), name: name, status: status, tags: tags,
            lock: lock)
    }

    private static func found(_ rule: AlertRule, _ picture: ClusterPicture) -> [String] {
        RuleJudge(picture, cluster: "lab").judge([rule]).findings.map {
            $0.subject.path + ($0.isLingering ? " lingers" : "")
        }
    }

    private static func judged(_ condition: AlertCondition, _ picture: ClusterPicture) -> Verdict {
        RuleJudge(picture, cluster: "lab").judge([AlertRule("r", condition)])
    }

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
        Case("an old backup and a missing one", .backupOlder(day), ["guest/102", "guest/110"]) {
            $0.slow.backups = [
                "pve1/local": .success([BackupSight(vmid: 101, time: now - 3600), BackupSight(vmid: 101, time: 0)]),
                "pve2/local": .success([BackupSight(vmid: 102, time: now - 2 * day)]),
            ]
        },
        Case("a backup storage cannot be read", .backupOlder(day), []) {
            $0.slow.backups = [
                "pve1/local": .success([BackupSight(vmid: 101, time: now)]),
                "pve2/local": .failure(Failure(.server, "x")),
            ]
        },
        Case("an old snapshot", .snapshotOlder(14 * day, names: []), ["guest/101"]) {
            $0.slow.snapshots = [
                101: .success([SnapshotSight(name: "old", time: now - 20 * day)]),
                102: .success([SnapshotSight(name: "new", time: now - day)]), 110: .success([]),
            ]
        },
        Case("an old snapshot of another name", .snapshotOlder(day, names: [Glob("before-*")]), []) {
            $0.slow.snapshots = [101: .success([SnapshotSight(name: "keep", time: 0)])]
        },
        Case("a failed task", .taskFailed(types: [], within: day), ["task/vzdump/101"]) {
            $0.tasks = [
                "pve1": .success([task("pve1", "vzdump", "101", .error("job errors"), 100)]), "pve2": .success([]),
            ]
        },
        Case("a failed task that went well later elsewhere", .taskFailed(types: [], within: day), []) {
            $0.tasks = [
                "pve1": .success([task("pve1", "vzdump", "101", .error("job errors"), 100)]),
                "pve2": .success([task("pve2", "vzdump", "101", .ok, 50)]),
            ]
        },
        Case("tasks of other types, and old ones", .taskFailed(types: [Glob("vz*")], within: 600), []) {
            $0.tasks = [
                "pve1": .success([
                    task("pve1", "qmstart", "101", .error("x"), 100), task("pve1", "vzdump", "102", .error("x"), 700),
                ]), "pve2": .success([task("pve2", "vzdump", "110", .warnings(2), 10)]),
            ]
        },
        Case("a task about nothing in particular", .taskFailed(types: [], within: day), ["task/vzdump/pve1"]) {
            $0.tasks = ["pve1": .success([task("pve1", "vzdump", "", .unknown("unexpected status"), 1)])]
        },
        Case(
            "certificates, the authority's once", .certificateExpires(14 * day),
            ["certificate/pve-root-ca.pem", "certificate/pve2/pve-ssl.pem"]
        ) {
            let root = CertificateSight(file: "pve-root-ca.pem", fingerprint: "AA", end: now + day)
            $0.slow.certificates = [
                "pve1": .success([root, CertificateSight(file: "pve-ssl.pem", fingerprint: "BB", end: now + 90 * day)]),
                "pve2": .success([root, CertificateSight(file: "pve-ssl.pem", fingerprint: "CC", end: now - day)]),
            ]
        },
    ]

    @Test(arguments: cases)
    func `a rule finds what its condition says and nothing else`(row: Case) {
        #expect(Self.found(AlertRule("r", row.condition), Self.picture(row.change)) == row.subjects)
    }

    private static func task(
        _ node: String, _ type: String, _ id: String, _ status: TaskStatus, _ ago: Double
    ) -> TaskRow {
        let end = Int(now - ago)
        let start = String(end - 1, radix: 16, uppercase: true)
        guard let upid = UPID("UPID:\(node):0000AAAA:0000BBBB:\(start):\(type):\(id):root@pam:") else {
            fatalError("no UPID")
        }
        return TaskRow(upid: upid, status: status, endTime: end)
    }

    // MARK: - Which guests

    @Test func `a rule looks only at the guests that it picks`() {
        let picture = Self.picture {
            for index in $0.guests.indices { $0.guests[index].status = "stopped" }
            $0.guests[0].reference.pool = "prod"
            $0.slow.onboot = [101: .success(true), 102: .success(false)]
        }
        func found(_ change: (inout AlertRule) -> Void) -> [String] {
            var rule = AlertRule("r", .guestStopped)
            change(&rule)
            return Self.found(rule, picture)
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

    // MARK: - What cannot be seen

    @Test func `the guests of a dead node are its alert, not their own`() throws {
        let picture = Self.picture {
            $0.nodes[1].status = .offline
            $0.guests[1].status = "stopped"
        }
        let verdict = RuleJudge(picture, cluster: "lab").judge([
            AlertRule("nodes", .nodeOffline), AlertRule("up", .guestStopped), AlertRule("agents", .guestUnresponsive),
        ])
        #expect(verdict.findings.map(\.fingerprint) == ["nodes:node/pve2"])
        #expect(verdict.findings[0].text == "node pve2 is offline; 2 guests on it cannot be judged")
        let folded = verdict.blind.filter { $0.covers(AlertSubject(.guest, "102", node: "pve2", vmid: 102)) }
        #expect(folded.map(\.rule.id) == ["up", "agents"] && folded.allSatisfy { $0.cause == nil })
    }

    @Test func `a cluster that is away leaves all other rules blind, without a word`() {
        let picture = Self.picture { $0.outage = Failure(.connection, "no host answers", raw: "Couldn't connect") }
        let verdict = RuleJudge(picture, cluster: "lab").judge(MonitorPlan.shipped.rules)
        #expect(verdict.findings.map(\.rule.id) == ["cluster-unreachable"])
        #expect(verdict.findings[0].text.contains("Couldn't connect"))
        #expect(verdict.blind.count == MonitorPlan.shipped.rules.count - 2)
    }

    @Test func `a rule that cannot be judged is told of by the rule for that`() {
        let picture = Self.picture {
            $0.quorum = .failure(Failure(.permission, "Sys.Audit is missing", hint: "grant it"))
        }
        let verdict = RuleJudge(picture, cluster: "lab").judge(
            [AlertRule("quorum", .noQuorum)] + MonitorPlan.always)
        #expect(verdict.findings.map(\.fingerprint) == ["cannot-see:rule/quorum"])
        #expect(verdict.findings[0].advice == "grant it")
    }

    @Test func `what may not be seen is not taken for what is not there`() throws {
        let audit = Permissions([ACLPath("/storage"): ["Datastore.Audit": true], ACLPath("/vms"): ["VM.Audit": true]])
        let picture = Self.picture {
            $0.slow.permissions = .success(audit)
            $0.slow.backups = ["pve1/local": .success([]), "pve2/local": .success([])]
            $0.tasks = ["pve1": .success([]), "pve2": .success([])]
        }
        let backups = Self.judged(.backupOlder(Self.day), picture)
        #expect(backups.findings.isEmpty)
        #expect(backups.blind.compactMap { $0.cause?.hint }.first?.contains("Datastore.AllocateSpace") == true)
        let tasks = Self.judged(.taskFailed(types: [], within: 60), picture)
        #expect(
            tasks.blind.compactMap { $0.cause?.hint } == [
                "grant Sys.Audit at /nodes/pve1", "grant Sys.Audit at /nodes/pve2",
            ])
        let nobody = Self.picture {
            $0.slow.permissions = .success(Permissions([:]))
            $0.guests = []
            $0.storages = []
        }
        #expect(Self.judged(.guestStopped, nobody).blind.first?.cause?.hint == "grant VM.Audit at /vms")
        #expect(Self.judged(.storageAbove(.init(1)), nobody).blind.first?.cause != nil)
    }

    @Test func `figures that are missing are a blind spot`() {
        let verdict = Self.judged(.memoryAbove(.init(90)), Self.picture { $0.nodes[0].memory = nil })
        #expect(verdict.findings.isEmpty)
        #expect(verdict.blind.first?.cause?.hint?.contains("Sys.Audit") == true)
    }

    // MARK: - Hostile names

    @Test func `names from the cluster steer no terminal and make no command`() throws {
        let picture = Self.picture {
            $0.guests = [Self.guest(101, "web\u{1b}]0;x\u{7}\r\nTitle: y\u{202e}", "pve1", status: "stopped")]
            $0.storages = [StorageSight("a'; rm -rf ~ #", node: "pve1", isAvailable: false)]
        }
        let guest = try #require(Self.judged(.guestStopped, picture).findings.first)
        for text in [guest.text, guest.advice, guest.subject.name ?? ""] {
            #expect(
                text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f && $0.value != 0x202e }, "\(text)"
            )
        }
        let storage = try #require(Self.judged(.storageUnavailable, picture).findings.first)
        #expect(!storage.advice.contains("rm -rf"))
        let upid = "UPID:pve1:0000AAAA:0000BBBB:6B49D1FF:vzdump:';reboot;':root@pam:"
        let task = try #require(UPID(upid))
        let failed = Self.judged(
            .taskFailed(types: [], within: 1e9),
            Self.picture {
                $0.tasks = ["pve1": .success([TaskRow(upid: task, status: .error("x"), endTime: 1_799_999_999)])]
            })
        #expect(try !#require(failed.findings.first).advice.contains("reboot"))
    }

    // MARK: - Silences

    @Test func `a silence covers what it names, while it lasts`() {
        let picture = Self.picture()
        func covers(_ subject: AlertSubject, _ change: (inout AlertSilence) -> Void) -> Bool {
            var silence = AlertSilence()
            change(&silence)
            return [silence].cover(AlertRule("up", .guestStopped), subject, in: picture)
        }
        let guest = AlertSubject(.guest, "101", node: "pve1", vmid: 101)
        var web = GuestSelector()
        web.tags = [Glob("web")]
        let storage = AlertSubject(.storage, "nfs", name: "nfs")
        #expect(covers(guest) { $0.guests = web })
        #expect(!covers(AlertSubject(.guest, "110", node: "pve2", vmid: 110)) { $0.guests = web })
        #expect(!covers(storage) { $0.guests = web })
        #expect(covers(storage) { $0.storages = [Glob("n*")] })
        #expect(!covers(guest) { $0.storages = [Glob("*")] })
        #expect(covers(guest) { $0.nodes = [Glob("pve1")] })
        #expect(!covers(guest) { $0.nodes = [Glob("pve2")] })
        #expect(covers(guest) { $0.rules = [Glob("u*")] })
        #expect(!covers(guest) { $0.rules = [Glob("backups")] })
        #expect(covers(guest) { ($0.guests, $0.from, $0.until) = (web, Self.now, Self.now + 1) })
        #expect(!covers(guest) { ($0.guests, $0.until) = (web, Self.now) })
        #expect(!covers(guest) { ($0.guests, $0.from) = (web, Self.now + 1) })
    }
}

// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Proxmox
import Testing

@testable import Monitor

/// What rules make of what cannot be seen, of hostile names and of silences.
struct RuleJudgeSightTests {
    // MARK: - What cannot be seen

    @Test func `the guests of a dead node are its alert, not their own`() throws {
        let picture = PictureBench.picture {
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
        let picture = PictureBench.picture {
            $0.outage = Failure(.connection, "no host answers", raw: "Couldn't connect")
        }
        let verdict = RuleJudge(picture, cluster: "lab").judge(MonitorPlan.shipped.rules)
        #expect(verdict.findings.map(\.rule.id) == ["cluster-unreachable"])
        #expect(verdict.findings[0].text.contains("Couldn't connect"))
        #expect(verdict.blind.count == MonitorPlan.shipped.rules.count - 2)
    }

    @Test func `a rule that cannot be judged is told of by the rule for that`() {
        let picture = PictureBench.picture {
            $0.quorum = .failure(Failure(.permission, "Sys.Audit is missing", hint: "grant it"))
        }
        let verdict = RuleJudge(picture, cluster: "lab").judge(
            [AlertRule("quorum", .noQuorum)] + MonitorPlan.always)
        #expect(verdict.findings.map(\.fingerprint) == ["cannot-see:rule/quorum"])
        #expect(verdict.findings[0].advice == "grant it")
    }

    @Test func `what may not be seen is not taken for what is not there`() throws {
        let audit = Permissions([ACLPath("/storage"): ["Datastore.Audit": true], ACLPath("/vms"): ["VM.Audit": true]])
        let picture = PictureBench.picture {
            $0.slow.permissions = .success(audit)
            $0.slow.backups = ["pve1/local": .success([]), "pve2/local": .success([])]
            $0.tasks = ["pve1": .success([]), "pve2": .success([])]
        }
        let backups = PictureBench.judged(.backupOlder(PictureBench.day), picture)
        #expect(backups.findings.isEmpty)
        #expect(backups.blind.compactMap { $0.cause?.hint }.first?.contains("Datastore.AllocateSpace") == true)
        let tasks = PictureBench.judged(.taskFailed(types: [], within: 60), picture)
        #expect(
            tasks.blind.compactMap { $0.cause?.hint } == [
                "grant Sys.Audit at /nodes/pve1", "grant Sys.Audit at /nodes/pve2",
            ])
        let nobody = PictureBench.picture {
            $0.slow.permissions = .success(Permissions([:]))
            $0.guests = []
            $0.storages = []
        }
        #expect(PictureBench.judged(.guestStopped, nobody).blind.first?.cause?.hint == "grant VM.Audit at /vms")
        #expect(PictureBench.judged(.storageAbove(.init(1)), nobody).blind.first?.cause != nil)
    }

    @Test func `figures that are missing are a blind spot`() {
        let verdict = PictureBench.judged(.memoryAbove(.init(90)), PictureBench.picture { $0.nodes[0].memory = nil })
        #expect(verdict.findings.isEmpty)
        #expect(verdict.blind.first?.cause?.hint?.contains("Sys.Audit") == true)
    }

    // MARK: - Hostile names

    @Test func `names from the cluster steer no terminal and make no command`() throws {
        let picture = PictureBench.picture {
            $0.guests = [PictureBench.guest(101, "web\u{1b}]0;x\u{7}\r\nTitle: y\u{202e}", "pve1", status: "stopped")]
            $0.storages = [StorageSight("a'; rm -rf ~ #", node: "pve1", isAvailable: false)]
        }
        let guest = try #require(PictureBench.judged(.guestStopped, picture).findings.first)
        for text in [guest.text, guest.advice, guest.subject.name ?? ""] {
            #expect(
                text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f && $0.value != 0x202e }, "\(text)"
            )
        }
        let storage = try #require(PictureBench.judged(.storageUnavailable, picture).findings.first)
        #expect(!storage.advice.contains("rm -rf"))
        let upid = "UPID:pve1:0000AAAA:0000BBBB:6B49D1FF:vzdump:';reboot;':root@pam:"
        let task = try #require(UPID(upid))
        let failed = PictureBench.judged(
            .taskFailed(types: [], within: 1e9),
            PictureBench.picture {
                $0.tasks = ["pve1": .success([TaskRow(upid: task, status: .error("x"), endTime: 1_799_999_999)])]
            })
        #expect(try !#require(failed.findings.first).advice.contains("reboot"))
    }

    // MARK: - Silences

    @Test func `a silence covers what it names, while it lasts`() {
        let picture = PictureBench.picture()
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
        #expect(covers(guest) { ($0.guests, $0.from, $0.until) = (web, PictureBench.now, PictureBench.now + 1) })
        #expect(!covers(guest) { ($0.guests, $0.until) = (web, PictureBench.now) })
        #expect(!covers(guest) { ($0.guests, $0.from) = (web, PictureBench.now + 1) })
    }
}

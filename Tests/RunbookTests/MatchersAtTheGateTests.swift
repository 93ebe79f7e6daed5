// SPDX-License-Identifier: Apache-2.0
import Model
import Policy
import Proxmox
import Simulator
import TestSupport
import Testing

@testable import Runbook
@testable import Text

/// What rules go by, as the Gate learns it from real guests and calls.
struct MatchersAtTheGateTests {
    private func bench(_ rule: String, caller: Caller = .human) throws -> Bench {
        try Bench(caller: caller, policy: try lenientPolicy("  - { id: rule, effect: deny, \(rule) }"))
    }

    private func isDenied(_ bench: Bench, _ code: String) async throws -> Bool {
        let failure = try await bench.failure(of: code)
        let isDenied = failure?.kind == .policyDenied
        if isDenied {
            #expect(failure?.hint?.contains("rule \"rule\" decides") == true, "\(String(describing: failure))")
            #expect(bench.writes.isEmpty, "\(bench.writes)")
        }
        return isDenied
    }

    @Test(arguments: [
        "pve.api.post('/nodes/pve1/qemu/101/migrate', { target = 'pve2', targetstorage = 'local:ceph' })",
        "pve.api.post('/nodes/pve1/qemu/101/migrate', { target = 'pve2', targetstorage = 'ceph' })",
        "pve.api.post('/nodes/pve2/lxc/110/migrate', { target = 'pve1', ['target-storage'] = 'a:b;c:ceph' })",
        "pve.api.post('/nodes/pve1/qemu/101/move_disk', { disk = 'scsi0', storage = 'ceph' })",
        "pve.api.put('/nodes/pve1/qemu/101/config', { scsi5 = 'ceph:32' })",
        "pve.api.put('/nodes/pve1/qemu/101/config', { scsi5 = 'size=1G,file=ceph:32' })",
        "pve.api.put('/nodes/pve1/qemu/101/config', { ide2 = { 'none', 'ceph:iso/x.iso' } })",
        "pve.api.post('/nodes/pve1/qemu', { vmid = 300, scsi0 = 'local-lvm:0,import-from=ceph:import/x.qcow2' })",
        "pve.api.post('/nodes/pve1/qemu', { vmid = 300, archive = 'ceph:backup/x.vma', storage = 'local' })",
        "pve.api.delete('/nodes/pve1/storage/local/content/ceph:vm-101-disk-0')",
        "pve.api.post('/nodes/pve1/storage/ceph/content', { filename = 'vm-101-disk-9', size = '1G', vmid = 101 })",
        "pve.api.post('/nodes/pve1/vzdump', { vmid = 101 })",
        "pve.api.post('/nodes/pve1/qemu/101/clone', { newid = 300, full = 1 })",
        "pve.api.put('/pools/web', { storage = 'local,ceph' })",
    ])
    func aStorageIsFoundWhereverACallNamesIt(_ code: String) async throws {
        #expect(try await isDenied(try bench("actions: [\"*\"], except: [\"read.*\"], where: { storage: ceph }"), code))
    }

    @Test func aCallThatNamesAnotherStorageIsNoneOfItsBusiness() async throws {
        let bench = try bench("actions: [\"*\"], where: { storage: ceph }")
        #expect(try await bench.failure(of: "pve.vm_action(nil, 103, 'start')") == nil)
        #expect(
            try await bench.failure(of: "pve.clone(nil, 101, { vmid = 300, full = true, storage = 'shared' })") == nil)
    }

    @Test(arguments: [
        ("lock: backup", "backup", true), ("lock: none", "backup", false), ("lock: none", nil, true),
        ("lock: backup", nil, false), ("lock: \"*\"", nil, true),
    ])
    func aLockIsWhatTheGuestHasNow(_ condition: String, _ lock: String?, _ expected: Bool) async throws {
        let bench = try bench("actions: [guest.start], where: { \(condition) }")
        bench.cluster.update { $0.guests[103]?.lock = lock }
        #expect(try await isDenied(bench, "pve.vm_action(nil, 103, 'start')") == expected)
    }

    @Test(arguments: [
        ("ha: started", true), ("ha: none", false), ("ha: stopped", false), ("ha: [stopped, \"st*\"]", true),
    ])
    func aStateOfHighAvailabilityIsTheGuestsOwn(_ condition: String, _ expected: Bool) async throws {
        let bench = try bench("actions: [snapshot.create], where: { \(condition) }")
        let setup = "pve.api.post('/cluster/ha/resources', { sid = 'vm:101', state = 'started' })"
        #expect(try await bench.failure(of: setup) == nil)
        let failure = try await bench.failure(of: "pve.snapshot(nil, 101, { name = 'before' })")
        #expect((failure?.kind == .policyDenied) == expected, "\(String(describing: failure))")
        let free = try await bench.failure(of: "pve.snapshot(nil, 102, { name = 'before' })")
        #expect((free?.kind == .policyDenied) == (condition == "ha: none"), "\(String(describing: free))")
    }

    @Test(arguments: Caller.allCases)
    func aRuleForAgentsBindsAgents(_ caller: Caller) async throws {
        let bench = try bench("actions: [guest.start], callers: [agent]", caller: caller)
        #expect(try await isDenied(bench, "pve.vm_action(nil, 103, 'start')") == (caller == .agent))
    }

    /// However a path is written: it is the classified one, or one that nobody knows, which no rule allows.
    @Test(arguments: [
        "/nodes/pve1/qemu/101/status/%73top", "/nodes/pve1/qemu/101/status%2Fstop", "/nodes/pve1/QEMU/101/status/stop",
        "/nodes/pve1/qemu/101/status/STOP", "/nodes/pve1/qemu/101/status/stop/", "//nodes/pve1/qemu/101/status/stop",
        "/nodes/pve1/qemu/0101/status/stop", "/nodes/pve1/qemu/+101/status/stop", "/nodes/pve1/qemu/101/./status/stop",
        "/nodes/pve1/qemu/101/status/start/../stop", "/nodes/pve1/qemu/101/status/stop?x=1",
        "/nodes/pve1/qemu/101/status/stop ", "/nodes/pve1/qemu/101/status/ｓtop", "/nodes/pve1/lxc/101/status/stop",
        "/NODES/pve1/qemu/101/status/stop", "/api2/json/nodes/pve1/qemu/101/status/stop",
        "/nodes/localhost/qemu/101/status/stop", "/nodes/pve2/qemu/101/status/stop", "/nodes/pve1/qemu/101/status/stop",
        "/nodes/pve1/qemu/101/agent/shutdown", "/nodes/pve1/stopall", "/cluster/bulk-action/guest/shutdown",
    ])
    func noSpellingOfAPathGetsAStopThrough(_ path: String) async throws {
        let policy = try PolicySet.load(
            yaml: """
                version: 1
                rules:
                  - { id: all, actions: ["guest.*", "read.*"], except: [guest.stop, guest.shutdown], effect: allow }
                """, file: "p")
        for method in ["post", "put", "delete"] {
            let bench = try Bench(policy: policy)
            let failure = try #require(
                try await bench.failure(of: "pve.api.\(method)('\(path)')"), "\(method) \(path)")
            #expect([.policyDenied, .parameter, .notFound].contains(failure.kind), "\(failure)")
            #expect(bench.writes.isEmpty, "\(method) \(path)")
        }
    }

    // MARK: - Near names

    @Test func aPersonHearsOfGuestsWithAlmostTheSameName() async throws {
        var seed = ClusterSeed.generated(nodes: 5, guests: 200)
        for (index, name) in [(1, "Web-01"), (2, "web-1"), (3, "web-10"), (4, "wbe-1"), (5, "web-1-test"), (6, "")] {
            seed.guests[index].config[seed.guests[index].kind == .qemu ? "name" : "hostname"] = name
        }
        for index in 7..<200 {
            seed.guests[index].config[seed.guests[index].kind == .qemu ? "name" : "hostname"] = "other-\(index)"
        }
        seed.guests[0].config["name"] = "web-1"
        seed.guests[0].power = .running
        let consent = ScriptedConsent([.yes])
        let bench = try Bench(
            consent: consent, policy: try lenientPolicy("  - { id: ask, actions: [guest.stop], effect: confirm }"),
            seed: seed)
        #expect(try await bench.failure(of: "pve.vm_action(nil, 100, 'stop')") == nil)
        #expect(consent.questions.first?.nearNames.map(\.name) == ["Web-01", "web-1", "web-10", "wbe-1"])
        #expect(consent.questions.first?.nearNames.map(\.vmid.rawValue) == [101, 102, 103, 104])
    }

    @Test func nearIsWhatIsAtMostOneEditAway() {
        let letters: [Character] = ["a", "b", "-", "1", "é"]
        for _ in 0..<5000 {
            let word = String((0..<Int.random(in: 0...6)).compactMap { _ in letters.randomElement() })
            var other = Array(word)
            for _ in 0..<Int.random(in: 0...2) {
                let place = Int.random(in: 0...other.count)
                switch Int.random(in: 0..<4) {
                case 0: other.insert(letters[place % 5], at: place)
                case 1 where place < other.count: other.remove(at: place)
                case 2 where place < other.count: other[place] = letters[place % 5]
                case 3 where place + 1 < other.count: other.swapAt(place, place + 1)
                default: break
                }
            }
            #expect(
                Spelling.isNear(word, String(other)) == (Spelling.distance(word, String(other)) <= 1),
                "\(word) and \(String(other))")
        }
        #expect(Spelling.isNear("Web-1", "wEB-1") && !Spelling.isNear("web-1", "web-1-old"))
    }
}

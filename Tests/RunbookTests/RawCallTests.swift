// SPDX-License-Identifier: Apache-2.0
import JSON
import Journal
import Model
import Policy
import Proxmox
import Schema
import Simulator
import Testing

@testable import Runbook

/// Writes by `pve.api` meet the same Gate as every operation.
struct RawCallTests {
    private static let reads = "{ id: reads, actions: [\"read.*\"], effect: allow }"

    private func policy(_ rules: String...) throws -> PolicySet {
        let list = ([Self.reads] + rules).map { "  - \($0)" }.joined(separator: "\n")
        return try PolicySet.load(yaml: "version: 1\nrules:\n\(list)\n", file: "p")
    }

    /// A bench whose schema is the simulator's own.
    private func checked(_ bench: Bench) async throws -> Bench {
        let file = try await bench.environment.client.schemaFile()
        let schema = try APISchema(script: file.script, cluster: "demo", version: file.version)
        var bench = bench
        bench.environment.schema = SchemaProvider { schema }
        return bench
    }

    // MARK: - Judged like the operation

    @Test(arguments: [
        "pve.api.post('/nodes/pve1/qemu/101/status/stop')", "pve.vm_action(nil, 101, 'stop')",
    ])
    func aRawStopIsJudgedAsTheActionIs(code: String) async throws {
        for (caller, kind) in [(Caller.human, ErrorKind.confirmationRequired), (.agent, .approvalRequired)] {
            let bench = try Bench(consent: ScriptedConsent([.nobody]), caller: caller) { $0.assumesYes = true }
            let failure = try #require(try await bench.failure(of: code))
            #expect(failure.kind == kind)
            #expect(failure.action == "guest.stop")
            #expect(failure.vmid == 101)
            #expect(failure.node == "pve1")
            #expect(bench.writes.isEmpty)
            #expect(bench.consent.questions.count == (caller == .human ? 1 : 0))
            #expect(
                bench.consent.questions.allSatisfy {
                    $0.effect == .confirmTyped && $0.warning?.contains("lost") == true
                })
        }
    }

    @Test func aCrownTagDeniesARawCallToo() async throws {
        let bench = try Bench(consent: ScriptedConsent([.yes]))
        bench.cluster.update { state in
            guard var guest = state.guests[103] else { return }
            guest.config["tags"] = "crown-jewel"
            state.put(guest)
        }
        for code in [
            "pve.api.post('/nodes/pve1/qemu/103/status/start')",
            "pve.api.put('/pools', { poolid = 'web', vms = '101,103' })",
            "pve.api.post('/nodes/pve1/vzdump', { vmid = '101,103', storage = 'local' })",
            "pve.api.post('/nodes/pve1/vzdump', { all = true, storage = 'local' })",
            "pve.api.post('/nodes/pve1/qemu/101/move_disk', { disk = 'scsi0', ['target-vmid'] = 103 })",
            "pve.api.put('/nodes/pve1/qemu/101/config', { scsi5 = 'local-lvm:vm-103-disk-0' })",
            "pve.api.put('/nodes/pve1/qemu/101/config', { scsi5 = 'local-lvm:0,import-from=local:103/disk.qcow2' })",
            "pve.api.post('/nodes/pve1/qemu', { vmid = 300, scsi0 = 'local-lvm:vm-103-disk-0' })",
            "pve.api.delete('/nodes/pve1/tasks/UPID:pve1:000008C9:000101AB:66F0A5D0:qmstop:103:root@pam:')",
            "pve.api.delete('/nodes/pve1/storage/local/prunebackups', { vmid = 103 })",
            "pve.api.delete('/nodes/pve1/storage/local/content/local:103/disk.qcow2')",
        ] {
            let failure = try #require(try await bench.failure(of: code))
            #expect(failure.kind == .policyDenied, "\(code): \(failure)")
        }
        #expect(bench.writes.isEmpty)
    }

    @Test(arguments: [
        ("pve.api.post('/storage', { storage = 'new', type = 'dir', path = '/x' })", "storage.create"),
        ("pve.api.post('/cluster/nonsense')", "api.unknown"),
        ("pve.api.delete('/nodes/pve1/qemu/103', { purge = true })", "guest.destroy"),
    ])
    func whatNoRuleAllowsIsNotSent(code: String, action: String) async throws {
        let bench = try Bench(consent: ScriptedConsent([.yes]))
        let failure = try #require(try await bench.failure(of: code))
        #expect([.policyDenied, .approvalRequired].contains(failure.kind))
        #expect(failure.action == action)
        #expect(bench.writes.isEmpty)
    }

    // MARK: - Carried out

    @Test func aTaskIsFollowedAndItsEffectLookedAt() async throws {
        let bench = try Bench()
        let code = """
            local r = pve.api.post("/nodes/pve1/qemu/103/status/start")
            print(r.changed, r.status, r.verified, r.upid == r.data, r.vmid, r.node, pve.vm(103).status)
            """
        #expect(try await bench.failure(of: code) == nil)
        #expect(bench.output.text == "true\tok\ttrue\ttrue\t103\tpve1\trunning\n")
        let run = try #require(try bench.journal.runs(limit: 1).first)
        let step = try #require(try bench.journal.steps(of: run.id).first)
        #expect(step.state == .done)
        #expect(step.intent.actions == ["guest.start"])
        #expect(step.intent.vmid == 103)
        #expect(step.upid != nil)
    }

    @Test func aCallAboutNoGuestIsJudgedAskedRecordedAndSent() async throws {
        let bench = try Bench(
            consent: ScriptedConsent([.yes]),
            policy: try policy("{ id: pools, actions: [\"pool.*\"], effect: confirm }"))
        let code =
            "local r = pve.api.post('/pools', { poolid = 'new', comment = 'for a test' }); print(r.changed, r.status, r.vmid)"
        #expect(try await bench.failure(of: code) == nil)
        #expect(bench.output.text == "true\tok\tnil\n")
        let question = try #require(bench.consent.questions.first)
        #expect(question.guest == nil)
        #expect(question.request == "POST /pools")
        #expect(question.details == ["comment = for a test", "poolid = new"])
        let run = try #require(try bench.journal.runs(limit: 1).first)
        let step = try #require(try bench.journal.steps(of: run.id).first)
        #expect(step.state == .done)
        #expect(step.intent.vmid == nil)
        #expect(step.intent.parameters["poolid"] == "new")
    }

    @Test func secretsAreNeitherShownNorWrittenDown() async throws {
        let bench = try Bench(
            consent: ScriptedConsent([.yes]),
            policy: try policy("{ id: all, actions: [\"*\"], effect: confirm }"))
        let code = """
            pve.api.put("/nodes/pve1/qemu/103/config", { cipassword = "hunter2-very-secret" })
            """
        #expect(try await bench.failure(of: code) == nil)
        #expect(bench.consent.questions.first?.details == ["cipassword = [redacted]"])
        let run = try #require(try bench.journal.runs(limit: 1).first)
        #expect("\(try bench.journal.steps(of: run.id))".contains("hunter2") == false)
    }

    @Test func aNewGuestIsJudgedByWhatTheCallMakesOfIt() async throws {
        let bench = try Bench(consent: ScriptedConsent([.yes, .yes]))
        let code =
            "local r = pve.api.post('/nodes/pve1/qemu', { vmid = 300, name = 'new' }); print(r.vmid, r.node, r.status)"
        #expect(try await bench.failure(of: code) == nil)
        #expect(bench.output.text == "300\tpve1\tok\n")
        let crown = "pve.api.post('/nodes/pve1/qemu', { vmid = 301, name = 'new', tags = 'web;crown-x' })"
        #expect(try await bench.failure(of: crown)?.kind == .policyDenied)
        let restore = "pve.api.post('/nodes/pve1/qemu', { vmid = 302, archive = 'local:backup/vzdump-qemu-101-x.vma' })"
        #expect(try await bench.failure(of: restore)?.kind == .policyDenied, "what tags a backup brings is not known")
        #expect(bench.writes.count == 1)
    }

    @Test func aVMIDThatIsTakenWhileAskedIsNotMadeAnew() async throws {
        let clusters = Box<SimulatedCluster>()
        let bench = try Bench(
            consent: ScriptedConsent([.yes]) { _ in
                clusters.value?.update { state in
                    guard var guest = state.guests[103] else { return }
                    guest.vmid = 300
                    state.put(guest)
                }
            })
        clusters.value = bench.cluster
        #expect(try await bench.failure(of: "pve.api.post('/nodes/pve1/qemu', { vmid = 300 })")?.kind == .conflict)
        #expect(bench.writes.isEmpty)
    }

    @Test(arguments: ["103,999", "103,x"])
    func aGuestThatIsNotThereDoesNotHideTheOthers(vms: String) async throws {
        let bench = try Bench(
            policy: try policy(
                "{ id: pools, actions: [\"pool.*\"], effect: allow }",
                "{ id: crown, actions: [\"*\"], except: [\"read.*\"], where: { tag: \"crown-*\" }, effect: deny }"))
        let failure = try #require(
            try await bench.failure(of: "pve.api.put('/pools', { poolid = 'web', vms = '\(vms)' })"))
        #expect(failure.kind == .policyDenied, "what tags 999 has is not known")
        #expect(bench.writes.isEmpty)
        #expect(try await bench.failure(of: "pve.api.put('/pools', { poolid = 'web', vms = '103' })") == nil)
    }

    @Test func aTaskCanBeLeftToPoll() async throws {
        let bench = try Bench()
        let code = """
            local task = pve.api.post("/nodes/pve1/qemu/103/status/start", nil, { wait = false })
            print(task.status, pve.poll(task).status, pve.vm(103).status)
            """
        #expect(try await bench.failure(of: code) == nil)
        #expect(bench.output.text == "nil\tok\trunning\n")
        let run = try #require(try bench.journal.runs(limit: 1).first)
        #expect(try bench.journal.steps(of: run.id).map(\.state) == [.done])
    }

    /// Of a container's template the API answers null although a task was started (pve-facts §4).
    @Test func aTaskThatTheAnswerDoesNotNameIsFoundAndFollowed() async throws {
        let bench = try Bench(policy: try policy("{ id: all, actions: [\"*\"], effect: allow }"))
        let code = """
            local node = pve.vm(111).node
            local r = pve.api.post("/nodes/" .. node .. "/lxc/111/template")
            print(r.data, r.upid:match("vztemplate:111"), r.verified, pve.vm(111).template)
            """
        #expect(try await bench.failure(of: code) == nil)
        #expect(bench.output.text == "nil\tvztemplate:111\ttrue\ttrue\n")
    }

    @Test(arguments: [
        ("/nodes/pve1/qemu/101/snapshot", "{ snapname = 's1' }", "verified"),
        ("/nodes/pve1/qemu/103/clone", "{ newid = 500 }", "verified"),
        ("/nodes/pve1/qemu", "{ vmid = 600, name = 'new', memory = 512 }", "verified"),
    ])
    func rawChangesAreCheckedByTheirEffect(path: String, parameters: String, word: String) async throws {
        let bench = try Bench(policy: try policy("{ id: all, actions: [\"*\"], effect: allow }"))
        let code = "local r = pve.api.post('\(path)', \(parameters)); print(r.status, r.verified)"
        #expect(try await bench.failure(of: code) == nil)
        #expect(bench.output.text == "ok\t\(word == "verified")\n")
    }

    @Test func aRollbackAMigrationAndADestructionAreSeen() async throws {
        let bench = try Bench(policy: try policy("{ id: all, actions: [\"*\"], effect: allow }"))
        let code = """
            local function verified(r) return r.verified end
            print(verified(pve.api.post("/nodes/pve1/qemu/103/snapshot", { snapname = "s1" })),
                verified(pve.api.post("/nodes/pve1/qemu/103/snapshot/s1/rollback")),
                verified(pve.api.delete("/nodes/pve1/qemu/103/snapshot/s1")),
                verified(pve.api.delete("/nodes/pve1/qemu/103")))
            local n = pve.vm(102).node
            local r = pve.api.post("/nodes/" .. n .. "/qemu/102/migrate",
                { target = n == "pve1" and "pve2" or "pve1", online = 1, ["with-local-disks"] = 1 })
            print(r.verified, r.node ~= n)
            """
        #expect(try await bench.failure(of: code) == nil)
        #expect(bench.output.text == "true\ttrue\ttrue\ttrue\ntrue\ttrue\n")
    }

    @Test func aCallForTheWrongNodeIsToldTheRightOne() async throws {
        let bench = try Bench()
        let failure = try #require(try await bench.failure(of: "pve.api.post('/nodes/pve2/qemu/103/status/start')"))
        #expect(failure.kind == .notFound)
        #expect(failure.hint == "guest 103 is on pve1")
    }

    @Test func aTaskThatFailsIsAFailure() async throws {
        let bench = try Bench()
        let code = "pve.api.post('/nodes/pve1/qemu/101/status/start')"
        let failure = try #require(try await bench.failure(of: code))
        #expect(failure.upid != nil)
        #expect(failure.raw?.contains("already running") == true)
        let run = try #require(try bench.journal.runs(limit: 1).first)
        #expect(try bench.journal.steps(of: run.id).map(\.state) == [.failed])
    }

    @Test(arguments: [
        (Fault.Effect.dropBeforeEffect, ErrorKind.inDoubt, StepState.inDoubt),
        (.status(595, "Connection refused"), .nodeUnreachable, .notHappened),
        (.status(500, "pool 'new' already exists"), .conflict, .failed),
    ])
    func aLostAnswerIsInDoubtAndNeverSentAgain(effect: Fault.Effect, kind: ErrorKind, state: StepState) async throws {
        let bench = try Bench(policy: try policy("{ id: pools, actions: [\"pool.*\"], effect: allow }"))
        bench.cluster.inject(Fault(effect, method: .post))
        let failure = try #require(try await bench.failure(of: "pve.api.post('/pools', { poolid = 'new' })"))
        #expect(failure.kind == kind || state == .failed, "\(failure)")
        #expect(bench.writes == ["POST /pools"])
        let run = try #require(try bench.journal.runs(limit: 1).first)
        #expect(try bench.journal.steps(of: run.id).map(\.state) == [state])
    }

    @Test func anAnswerOfAccessIsNotWrittenDown() async throws {
        let bench = try Bench(policy: try policy("{ id: all, actions: [\"*\"], effect: allow }"))
        let code = """
            local r = pve.api.post("/access/users/root@pam/token/fresh", { privsep = false })
            print(#r.data.value)
            """
        #expect(try await bench.failure(of: code) == nil)
        #expect(bench.output.text == "36\n")
        let run = try #require(try bench.journal.runs(limit: 1).first)
        #expect(try bench.journal.steps(of: run.id).first?.outcome?["data"] == nil)
    }

    @Test func theGuestsOfAListAllCountAndAreAllShown() async throws {
        let bench = try Bench(
            consent: ScriptedConsent([.yes]), policy: try policy("{ id: b, actions: [backup.create], effect: confirm }")
        )
        let code = "pve.api.post('/nodes/pve1/vzdump', { vmid = '103,101', storage = 'local' })"
        _ = try await bench.failure(of: code)
        #expect(bench.consent.questions.first?.details.last == "about guest 101 (web-1), guest 103 (build-1)")
    }

    // MARK: - The schema

    @Test(arguments: [
        ("pve.api.put('/nodes/pve1/qemu/101/config', { corse = 2 })", "did you mean `cores`?"),
        ("pve.api.get('/nodes/pve1/qmeu')", "did you mean `/nodes/pve1/qemu`?"),
        ("pve.api.delete('/nodes/pve1/qemu/101/config')", "it has GET, POST, PUT"),
        ("pve.api.post('/nodes/pve1/qemu/101/snapshot', { snapname = 'a b' })", "cluster schema show"),
    ])
    func aWrongCallEndsBeforeAnythingIsAskedOrSent(code: String, hint: String) async throws {
        let bench = try await checked(try Bench(consent: ScriptedConsent([.yes])))
        let before = bench.cluster.requests.count
        let failure = try #require(try await bench.failure(of: code))
        #expect(failure.kind == .parameter)
        #expect(failure.status == nil)
        #expect(failure.hint?.contains(hint) == true, "\(failure)")
        #expect(bench.cluster.requests.count == before)
        #expect(bench.consent.questions.isEmpty)
    }

    @Test func aRightCallPassesTheSchemaAndWithoutOneTheServerChecks() async throws {
        let code = "print(pve.api.get('/nodes/pve1/qemu/101/config').name)"
        let bench = try await checked(try Bench())
        #expect(try await bench.failure(of: code) == nil)
        let bare = try Bench()
        #expect(try await bare.failure(of: code) == nil)
        #expect(bare.output.logged == ["debug: no schema of demo to check GET /nodes/pve1/qemu/101/config against"])
        #expect(try await bare.failure(of: "pve.api.get('/nodes/pve1/qmeu')")?.status == 501)
    }

    // MARK: - Which guests a call is about

    @Test(
        arguments: [
            (HTTPMethod.post, "/nodes/pve1/qemu/101/status/stop", [:], "path 101"),
            (.post, "/nodes/pve1/qemu/101/move_disk", ["target-vmid": "103"], "path 101 103"),
            (.post, "/nodes/pve1/qemu", ["vmid": "300"], "new 300"),
            (.post, "/nodes/pve1/lxc", ["vmid": "300"], "new 300"),
            (.post, "/nodes/pve1/vzdump", ["vmid": "101;102 110"], "named 101 102 110"),
            (.post, "/nodes/pve1/vzdump", ["vmid": "101", "pool": "web"], "unknown"),
            (.post, "/nodes/pve1/vzdump", ["vmid": "101,x"], "unknown"),
            (.post, "/nodes/pve1/storage/local/content", ["vmid": "101", "filename": "x"], "named 101"),
            (
                .put, "/pools", ["poolid": "web", "vms": (100...200).map { String($0) }.joined(separator: ",")],
                "unknown"
            ),
            (.post, "/nodes/pve1/qemu", ["vmid": "x"], "unknown"),
            (.post, "/nodes/pve1/stopall", ["vms": "101"], "named 101"), (.post, "/nodes/pve1/stopall", [:], "unknown"),
            (.post, "/cluster/bulk-action/guest/shutdown", ["vms": "101,102"], "named 101 102"),
            (.post, "/cluster/ha/resources", ["sid": "vm:100"], "named 100"),
            (.delete, "/cluster/ha/resources/ct:110", [:], "named 110"),
            (.put, "/pools", ["poolid": "web", "vms": "101"], "named 101"), (.post, "/pools", ["poolid": "x"], "none"),
            (.delete, "/nodes/pve1/storage/local/content/local:backup/vzdump-qemu-101-2026.vma", [:], "named 101"),
            (.delete, "/nodes/pve1/storage/pbs/content/pbs:backup/ct/110/2026-01-01T00:00:00Z", [:], "named 110"),
            (.delete, "/nodes/pve1/storage/local/content/local:base-100-disk-0/vm-101-disk-1", [:], "named 101"),
            (.delete, "/nodes/pve1/storage/local/content/local:iso/debian.iso", [:], "none"),
            (.post, "/access/users", [:], "none"),
        ] as [(HTTPMethod, String, [String: String], String)])
    func guestsAreToldFromPathAndParameters(
        method: HTTPMethod, path: String, parameters: [String: String], expected: String
    ) throws {
        let call = APICall(
            method, try APIPath(parsing: path), parameters.map { (name: $0.key, value: .text($0.value)) })
        let found =
            switch CallTargets.of(call) {
            case .none: "none"
            case .unknown: "unknown"
            case .path(let vmids): (["path"] + vmids.map(\.description)).joined(separator: " ")
            case .named(let vmids): (["named"] + vmids.map(\.description)).joined(separator: " ")
            case .new(let vmid, _): "new \(vmid)"
            }
        #expect(found == expected)
    }

    @Test func aCallToWhicheverNodeAnswersIsNotSent() async throws {
        let bench = try Bench(policy: try policy("{ id: all, actions: [\"*\"], effect: allow }"))
        let failure = try #require(
            try await bench.failure(of: "pve.api.post('/nodes/localhost/qemu', { vmid = 300 })"))
        #expect(failure.kind == .parameter)
        #expect(bench.writes.isEmpty)
    }

    @Test func nobodyGetsPastALimitOnGuestsByNamingNone() async throws {
        let text =
            "version: 1\nrules:\n  - { id: all, actions: [\"*\"], effect: allow }\nlimits:\n  run: { guests: 2 }\n"
        let bench = try Bench(policy: try PolicySet.load(yaml: text, file: "p"))
        for code in [
            "pve.api.post('/nodes/pve1/stopall')", "pve.api.post('/nodes/pve1/stopall', { vms = '100,101,102' })",
            "pve.api.post('/nodes/pve1/vzdump', { all = true })",
        ] {
            let failure = try #require(try await bench.failure(of: code))
            #expect(failure.kind == .limit, "\(code): \(failure)")
        }
        #expect(bench.writes.isEmpty)
    }

    @Test(arguments: ["encryption-key", "keyring", "client-key", "eab-hmac-key", "corosync_authkey"])
    func keysAreNeitherShownNorWrittenDown(name: String) async throws {
        let bench = try Bench(
            consent: ScriptedConsent([.yes]), policy: try policy("{ id: all, actions: [\"*\"], effect: confirm }"))
        _ = try await bench.failure(of: "pve.api.post('/storage', { ['\(name)'] = 'hunter2' })")
        #expect(bench.consent.questions.first?.details == ["\(name) = [redacted]"])
        let run = try #require(try bench.journal.runs(limit: 1).first)
        #expect("\(try bench.journal.steps(of: run.id))".contains("hunter2") == false)
    }
}

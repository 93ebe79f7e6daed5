// SPDX-License-Identifier: Apache-2.0
import Model
import Policy
import Proxmox
import Simulator
import TestSupport
import Testing

@testable import Runbook

/// A policy that allows everything but what `rules` says.
func lenientPolicy(_ rules: String = "", limits: String? = nil) throws -> PolicySet {
    try PolicySet.load(
        yaml: "version: 1\nrules:\n  - { id: all, actions: [\"*\"], effect: allow }\n\(rules)\n"
            + (limits.map { "limits: \($0)\n" } ?? ""), file: "policy.yaml")
}

/// A run cannot change what a guest is and so get out of a rule: the stricter of what it was and what it is counts.
struct RetaggingTests {
    private static let crown = """
          - { id: crown, actions: [guest.stop, guest.destroy], where: { tag: "crown-*" }, effect: deny }
          - { id: db, actions: [guest.stop], where: { pool: db }, effect: deny }
          - { id: named, actions: [guest.stop], where: { name: ["proxy-*", "mail-*"] }, effect: deny }
          - { id: west, actions: [guest.stop], where: { node: pve3 }, effect: deny }
        """

    private func bench(_ rules: String = Self.crown) throws -> Bench {
        let bench = try Bench(policy: try lenientPolicy(rules))
        bench.cluster.update { $0.guests[101]?.config["tags"] = "crown-x;web" }
        return bench
    }

    @Test(arguments: [
        ("pve.untag(101, 'crown-x')", 101, "crown"),
        ("pve.vm(101):untag('crown-x')", 101, "crown"),
        ("pve.configure(nil, 101, { set = { tags = 'web' } })", 101, "crown"),
        ("pve.api.put('/nodes/pve1/qemu/101/config', { tags = '' })", 101, "crown"),
        ("pve.api.put('/nodes/pve1/qemu/101/config', { delete = 'tags' })", 101, "crown"),
        ("pve.api.post('/nodes/pve1/qemu/101/config', { delete = { 'tags' } })", 101, "crown"),
        ("pve.pool_remove('db', { guests = { 100 } })", 100, "db"),
        ("pve.api.put('/pools/db', { vms = '100', delete = 1 })", 100, "db"),
        ("pve.api.put('/pools/web', { vms = '100', ['allow-move'] = 1 })", 100, "db"),
        ("pve.configure(nil, 110, { set = { hostname = 'other' } })", 110, "named"),
        ("pve.migrate(nil, 102, 'pve1')", 102, "west"),
    ])
    func whatAGuestWasWhenTheRunBeganStillCounts(_ change: String, _ vmid: Int, _ rule: String) async throws {
        let bench = try bench()
        let failure = try #require(
            try await bench.failure(of: "\(change)\npve.vm_action(nil, \(vmid), 'stop')"), "\(change)")
        #expect(failure.kind == .policyDenied, "\(failure)")
        #expect(failure.hint?.contains("rule \"\(rule)\" decides") == true, "\(failure)")
        #expect(failure.hint?.contains("by what the guest was when the run began") == true, "\(failure)")
        #expect(bench.writes.count == 1, "\(bench.writes)")
    }

    @Test func aReadIsJudgedByWhatTheGuestWasAsWell() async throws {
        let bench = try bench(
            """
              - { id: secret, actions: ["read.*"], where: { tag: "crown-*" }, effect: deny }
            """.replacing("\n", with: ""))
        let code = """
            pve.api.put('/nodes/pve1/qemu/101/config', { tags = 'web' })
            print(pve.api.get('/nodes/pve1/qemu/101/config').name)
            """
        let failure = try #require(try await bench.failure(of: code))
        #expect(failure.kind == .policyDenied, "\(failure)")
        #expect(bench.writes.count == 1, "\(bench.writes)")
    }

    @Test func aCopyOfAGuestIsWhatTheGuestWas() async throws {
        let bench = try bench()
        let code = """
            pve.untag(101, 'crown-x')
            pve.clone(nil, 101, { vmid = 900, full = true })
            pve.vm_action(nil, 900, 'start')
            pve.vm_action(nil, 900, 'stop')
            """
        let failure = try #require(try await bench.failure(of: code))
        #expect(failure.kind == .policyDenied && failure.vmid == 900, "\(failure)")
    }

    @Test func aGuestMadeAnewUnderAnOldNumberIsStillTheOldOne() async throws {
        let bench = try bench()
        let code = """
            local function remake(vmid)
              pve.api.post('/nodes/pve1/qemu', { vmid = vmid, name = 'fresh' })
              pve.vm_action(nil, vmid, 'start')
              pve.vm_action(nil, vmid, 'stop')
            end
            remake(905)
            print('free')
            pve.api.delete('/nodes/pve3/lxc/111')
            remake(111)
            """
        let failure = try #require(try await bench.failure(of: code))
        #expect(failure.kind == .policyDenied && failure.vmid == 111, "\(failure)")
        #expect(bench.output.text == "free\n", "a guest that the run made is what it was made as")
    }

    @Test func aTagGivenInTheRunCountsToo() async throws {
        let bench = try bench()
        let code = "pve.tag(110, 'crown-y')\npve.vm_action(nil, 110, 'stop')"
        let failure = try #require(try await bench.failure(of: code))
        #expect(failure.kind == .policyDenied, "\(failure)")
        #expect(failure.hint?.contains("when the run began") == false)
    }

    @Test func whatANumberWillBeIsNotKnownBeforeItIsThere() async throws {
        let bench = try bench()
        // A call that names a number nobody has must not make whoever gets it later a stranger for good.
        let code = """
            print(pcall(pve.api.put, '/pools/web', { vms = '910' }))
            pve.api.post('/nodes/pve1/qemu', { vmid = 910, name = 'fresh' })
            pve.vm_action(nil, 910, 'start')
            pve.vm_action(nil, 910, 'stop')
            """
        #expect(try await bench.failure(of: code) == nil)
    }

    @Test func aSessionOfManyChunksIsOneRun() async throws {
        let bench = try bench()
        let scope = RunScope(id: "repl", environment: bench.environment, script: nil)
        let session = try await RunbookSession.start(
            bench.environment, worker: try .launch(executable: Bench.worker), run: scope)
        _ = await session.evaluate(
            Chunk(source: Array("pve.untag(101, 'crown-x')".utf8), name: "=1", isExpression: true))
        let outcome = await session.evaluate(
            Chunk(source: Array("pve.vm_action(nil, 101, 'stop')".utf8), name: "=2", isExpression: true))
        await session.end()
        guard case .failed(let failure) = outcome else {
            Issue.record("it was stopped")
            return
        }
        #expect(failure.failure.kind == .policyDenied)
    }

    @Test func theOverviewIsReadOncePerRunAndNotByOneThatOnlyReads() async throws {
        func overviews(_ bench: Bench) -> Int {
            bench.cluster.requests.count { $0.target.contains("/cluster/resources") }
        }
        let reading = try bench()
        #expect(try await reading.failure(of: "return pve.api.get('/nodes/pve1/qemu/101/config').name") == nil)
        let one = try bench()
        #expect(try await one.failure(of: "pve.api.put('/nodes/pve1/qemu/101/config', { description = '0' })") == nil)
        let many = try bench()
        let code = """
            for i = 1, 5 do pve.api.put('/nodes/pve1/qemu/101/config', { description = tostring(i) }) end
            """
        #expect(try await many.failure(of: code) == nil)
        #expect(overviews(reading) == 0)
        // Each change finds its guest by the overview too; one more is for what everybody was.
        let perChange = overviews(one) - 1
        #expect(overviews(many) == 5 * perChange + 1, "\(overviews(one)) and \(overviews(many))")
    }
}

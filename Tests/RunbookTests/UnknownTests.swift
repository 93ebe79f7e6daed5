// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Model
import Plan
import Policy
import TestSupport
import Testing
import Wire

@testable import Runbook

/// A run that is planned: the bench's own cluster takes the part of the twin.
private struct UnknownBench {
    let bench: Bench
    let recorder = PlanRecorder(nonce: "0123456789abcdef")

    init(_ policy: String = "version: 1\nrules: [{ id: all, actions: [\"*\"], effect: allow }]\n") throws {
        var bench = try Bench(policy: PolicySet.load(yaml: policy, file: "p.yaml"))
        bench.environment.oversight = .planning(recorder)
        self.bench = bench
    }

    func run(_ code: String) async throws -> (plan: Plan, outcome: ChunkOutcome) {
        let chunk = Chunk(source: Array(code.utf8), name: "@nightly.lua")
        let scope = RunScope(id: "r", environment: bench.environment, script: chunk)
        let session = try await RunbookSession.start(
            bench.environment, worker: try .launch(executable: Bench.worker), run: scope)
        let outcome = await session.evaluate(chunk)
        await session.end()
        var plan = Plan(
            id: "p", created: 0, expires: 1, nonce: "n", caller: .human, requester: "me",
            cluster: .init(name: "demo", fingerprint: ""), script: .init(name: "", sha256: ""),
            policy: .init(sha256: "", demand: "allow", approvals: 0), seed: "0")
        await recorder.complete(&plan, policy: bench.environment.policy)
        return (plan, outcome)
    }
}

struct UnknownTests {
    @Test(arguments: [
        ("if b.volid == 'x' then end", "volid of backup"), ("if b.size > 5 then end", "size of backup"),
        ("local t = {}; print(t[b.volid])", "volid of backup"), ("for i = 1, b.size do end", "size of backup"),
        ("print(b.volid:match('x') or 1)", "volid of backup"), ("while tonumber(b.volid) do end", "volid of backup"),
        ("for w in b.volid:gmatch('%a') do end", "volid of backup"), ("assert(b.volid:find('x'))", "volid of backup"),
        ("print(rawequal(b.volid, 'x'))", "volid of backup"), ("local s = { [b.volid] = 1 }", "volid of backup"),
        ("if type(b.volid) == 'string' then end", "volid of backup"),
        ("print(not b.volid:match('x'))", "volid of backup"),
        ("for _ in pairs(b.volid) do end", "volid of backup"), ("table.sort({ b.volid, 'x' })", "volid of backup"),
        ("table.sort({ 2, 1 }, function() return b.size - 1 end)", "size of backup"),
        ("print((('x'):gsub('x', function() return b.volid end)))", "volid of backup"),
        ("load('if b.volid == 1 then end', 'x', 't', { b = b })()", "volid of backup"),
        ("b.volid.x = 1", "volid of backup"),
        ("pcall(function() if b.volid == 1 then end end)", "volid of backup"), ("b.volid()", "volid of backup"),
        ("coroutine.wrap(function() return b.volid == 1 end)()", "volid of backup"),
        ("xpcall(function() return b.upid == 1 end, print)", "upid of backup"),
        ("pve.agent_exec(101, { 'rm', 'x' .. b.volid })", "volid of backup"),
        ("pcall(pve.agent_exec, 101, { 'rm', b.volid .. 'x' })", "volid of backup"),
        ("pve.sleep(b.size)", "size of backup"),
        ("repeat until pve.backups{ guest = 101 }[1].volid == 1", "volid of backup"),
    ])
    func aScriptThatGoesByItEndsThePlanAtThatLine(code: String, what: String) async throws {
        let bench = try UnknownBench()
        let (plan, outcome) = try await bench.run(
            "local b = pve.backup(nil, 101)\n\n\(code)\nprint('went on')\npve.vm_action(nil, 103, 'start')")
        #expect(plan.partial?.what == what)
        #expect(plan.partial?.place == (code.hasPrefix("load") ? "[string \"x\"]:1" : "nightly.lua:3"))
        #expect(plan.operations.map(\.operation) == ["backup"])
        #expect(bench.bench.output.text == "")
        guard case .failed(let failure) = outcome else { Issue.record("it ended well"); return }
        #expect(failure.failure.message.hasPrefix("the plan ends here: \(what)"))
    }

    @Test(arguments: [
        ("print(b.volid)", "<unknown: volid of backup>\n"),
        ("print(#b.volid, b.size + 1 // 2)", "<unknown: volid of backup>\t<unknown: size of backup>\n"),
        ("print('a' .. b.volid .. 'c')", "<unknown: volid of backup>\n"),
        ("print(('%s is %d'):format(b.volid, b.size))", "<unknown: volid of backup>\n"),
        ("print(b.volid:upper():sub(1, 3))", "<unknown: volid of backup>\n"), ("if b.volid then print(1) end", "1\n"),
        ("print(b.volid and 2)", "2\n"), ("print(table.concat({ 'x', b.volid }))", "<unknown: volid of backup>\n"),
        (
            "local a, c, d = b.volid:match('(x)(y)'); print(a, c, d)",
            "<unknown: volid of backup>\t<unknown: volid of backup>\tnil\n"
        ),
        ("print(b.changed == true, b.vmid == 101)", "true\ttrue\n"),
        ("print(tostring(b.volid))", "<unknown: volid of backup>\n"),
        ("local t = { b.volid }; table.insert(t, b.upid); print(#t)", "2\n"),
        ("pve.log('made ' .. b.volid); print(3)", "3\n"),
    ])
    func itMayBeCarriedAboutAndShown(code: String, expected: String) async throws {
        let bench = try UnknownBench()
        let (plan, _) = try await bench.run("local b = pve.backup(nil, 101)\n\(code)")
        #expect(bench.bench.output.text == expected)
        #expect(plan.partial == nil)
        #expect(plan.unknowns.contains(PlannedUnknown(what: "volid of backup", place: "nightly.lua:1")))
    }

    @Test func aResultThatIsHandedOnBecomesAReference() async throws {
        let bench = try UnknownBench()
        let (plan, _) = try await bench.run(
            """
            local b = pve.backup(nil, 111)
            pve.restore(b.volid, { vmid = 7001 })
            local found
            for _, each in ipairs(pve.backups{ guest = 111 }) do found = found or each.volid end
            pve.backup_delete(found)
            """)
        #expect(plan.partial == nil)
        #expect(plan.failure == nil)
        let reference = ResultReference(operation: 1, field: "volid")
        let restore = try #require(plan.operations.first { $0.operation == "restore" })
        #expect(
            restore.parameters["archive"] == reference.json || restore.parameters["ostemplate"] == reference.json,
            "\(restore.parameters)")
        let delete = try #require(plan.operations.first { $0.operation == "backup_delete" })
        #expect(delete.path.hasSuffix("/{1.volid}"), "\(delete.path)")
    }

    @Test func whatAProgramInAGuestSaysIsNoReference() async throws {
        let bench = try UnknownBench()
        let (plan, _) = try await bench.run(
            "local r = pve.agent_exec(101, { 'uname' })\nprint(r.out)\npve.agent_exec(101, { 'echo', r.out })")
        #expect(plan.partial == PlannedUnknown(what: "out of agent_exec", place: "nightly.lua:3"))
        #expect(plan.operations.count == 1)
        #expect(bench.bench.output.text == "<unknown: out of agent_exec>\n")
    }

    @Test func aForgedNumberEndsThePlanAndBreaksNothing() throws {
        let book = UnknownBook()
        let operation = try #require(OperationTable.named("vm_action"))
        for forged in [
            PackedValue.unknown(0, "x"), .unknown(7, "\u{1b}[31mred\nline"),
            .unknown(.max, String(repeating: "x", count: 9999)),
        ] {
            #expect(throws: Failure.self) { try book.known([["vmid": forged]], for: operation, at: "a\u{202e}.lua:1") }
        }
        let ended = try #require(book.ended)
        #expect(ended.what == "x")
        #expect(ended.place?.contains("\u{202e}") == false)
        let second = UnknownBook()
        second.end(String(repeating: "\u{1b}[31m", count: 500), at: String(repeating: "y", count: 5000))
        #expect(second.ended?.what.contains("\u{1b}") == false)
        #expect((second.ended?.place?.count ?? 999) <= 160)
        #expect(throws: Failure.self) { try second.known([], for: operation, at: nil) }
    }

    @Test func outsideOfAPlanTheMarkIsPlainData() async throws {
        let bench = try Bench()
        #expect(
            try await bench.failure(
                of: "local t = { ['@unknown'] = { 1, 'x' } }; print(t['@unknown'][2], t == nil, not t)") == nil)
        #expect(bench.output.text == "x\tfalse\tfalse\n")
    }
}

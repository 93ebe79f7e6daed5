// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport
import Testing

/// `sim.fault`: what each kind does to a runbook that starts guest 103.
struct RehearsalFaultTests {
    /// The kind of a fault, the kind of error that the runbook ends with, its exit status, and whether the guest runs then.
    private static let table: [(fault: String, error: String?, status: Int, isRunning: Bool)] = [
        ("locked", "locked", 5, false),
        ("permission", "permission", 5, false),
        ("not_found", "not_found", 5, false),
        ("no_quorum", "no_quorum", 5, false),
        ("storage_unavailable", "storage_unavailable", 5, false),
        ("busy", "busy", 5, false),
        ("server", "server", 5, false),
        ("task_failed", "task_failed", 6, false),
        ("unreachable", "node_unreachable", 4, false),
        ("delay", nil, 0, true),
        // The answer is lost: what became of the change is found out by looking.
        ("timeout", nil, 0, true),
        ("drop-after-effect", nil, 0, true),
        ("truncate", nil, 0, true),
        ("drop-before-effect", "connection", 4, false),
        ("reset", "connection", 4, false),
        ("garbage", "connection", 4, false),
    ]

    @Test func eachKindOfFaultComesOutAsItShould() async throws {
        let bench = try TestingBench()
        let cases = Self.table.map { row in
            """
            it("\(row.fault)", function()
              sim.fault{ on = "guest.start", vmid = 103, kind = "\(row.fault)" }
              local run = sim.run("book.lua")
              print("\(row.fault) " .. tostring(run.kind) .. " " .. run.status .. " " .. sim.guest(103).status)
              expect({ kind = run.kind, status = run.status, guest = sim.guest(103).status }):to_equal{
                kind = \(row.error.map { "\"\($0)\"" } ?? "nil"), status = \(row.status),
                guest = "\(row.isRunning ? "running" : "stopped")" }
              expect(sim.sent("guest.start")[1].fault):to_be("\(row.fault)")
            end)
            """
        }
        let report = try await bench.report(
            lua: cases.joined(separator: "\n"), runbook: "pve.vm_action(nil, 103, 'start')")
        for failure in report.failures { Issue.record("\(failure["actual"]?.text ?? "") \(failure.text)") }
        #expect(report["passed"] == JSONValue(Self.table.count))
    }

    /// A test that waits for an action that there is none of would always pass.
    @Test(arguments: [
        "sim.fault{ on = 'guest.shutdwn', kind = 'locked' }", "sim.sent('guest.shutdwn')",
        "sim.requests('guest.shutdwn')",
        "sim.run('book.lua', { answers = { ['guest.shutdwn'] = true } })",
    ])
    func anActionThatThereIsNoneOfIsRefused(code: String) async throws {
        let bench = try TestingBench()
        let report = try await bench.report(
            lua: "it(\"x\", function() \(code) end)", runbook: "pve.vm_action(nil, 103, 'start')")
        #expect(report["failed"] == 1 && report.text.contains("did you mean `guest.shutdown`"), "\(report.text)")
    }

    @Test func aFaultHitsAsOftenAsItSaysAndOnlyWhatItNames() async throws {
        let bench = try TestingBench()
        let report = try await bench.report(
            lua: """
                it("hits twice", function()
                  sim.fault{ on = "guest.*", kind = "locked", times = 2 }
                  expect(sim.run("book.lua")):to_fail("locked")
                  expect(sim.run("book.lua")):to_fail("locked")
                  expect(sim.run("book.lua")):to_succeed()
                end)
                it("hits the guest that it names", function()
                  sim.fault{ on = "guest.start", vmid = 111, kind = "locked" }
                  expect(sim.run("book.lua")):to_succeed()
                end)
                it("hits a request by its path", function()
                  sim.fault{ on = "POST /nodes/*/qemu/103/status/start", status = 500, text = "no such luck" }
                  expect(sim.run("book.lua")):to_fail("no such luck")
                end)
                it("does not hit the test itself", function()
                  sim.fault{ on = "guest.start", kind = "locked" }
                  pve.vm_action(nil, 103, "start")
                  expect(sim.sent()):to_have_count(0)
                end)
                it("leaves no snapshot of a task that fails", function()
                  sim.fault{ on = "snapshot.create", kind = "task_failed", text = "out of space" }
                  expect(sim.run("snap.lua")):to_fail("out of space")
                  expect(sim.guest(103).snapshots):to_equal{}
                  expect(sim.guest(103).lock):to_be_nil()
                end)
                it("refuses what it does not know", function()
                  expect(function() sim.fault{ kind = "lokced" } end):to_fail("knows no kind")
                  expect(function() sim.fault{ knd = "locked" } end):to_fail("has no field")
                  expect(function() sim.fault{} end):to_fail("needs a kind")
                  expect(function() sim.fault{ kind = "locked", times = 0 } end):to_fail("times")
                end)
                """, runbook: try Self.runbooks(bench))
        for failure in report.failures { Issue.record("\(failure.text)") }
        #expect(report["passed"] == 6)
    }

    private static func runbooks(_ bench: TestingBench) throws -> String {
        try bench.write("snap.lua", "pve.snapshot(nil, 103, { change_number = 1 })")
        return "pve.vm_action(nil, 103, 'start')"
    }
}

// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Plan
import TestSupport
import Testing

/// What people, agents and accidents do with plans that are to be applied.
struct ApplyMisuseTests {
    let runner: CommandLineRunner

    init() throws { runner = try CommandLineRunner() }

    private func planned(_ code: String) async throws -> String {
        let script = try runner.home.write("job.lua", code + "\n").path
        let plan = runner.home.url.appendingPathComponent("job.plan.json").path
        let result = try await runner.pvelua("--cluster", "demo", "plan", script, "--out", plan)
        #expect(result.status == 0, "\(result.errors)")
        return plan
    }

    /// Changes a plan's words and gives it a good digest again.
    private func reseal(_ path: String, _ change: (inout Plan) -> Void) throws {
        let url = URL(fileURLWithPath: path)
        var plan = try PlanFile(reading: Array(try Data(contentsOf: url)), name: path).plan
        change(&plan)
        try Data(PlanFile(plan).bytes).write(to: url)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }

    @Test func aFreezeStopsAPlanAndDoesNotUseItUp() async throws {
        let plan = try await planned("pve.vm(103):start()")
        #expect(try await runner.pvelua("freeze", "--for", "1h", "--reason", "audit").status == 0)
        let frozen = try await runner.pvelua("apply", plan)
        #expect(frozen.status == 22 && frozen.errors.contains("audit"), "\(frozen.errors)")
        let lifted = try await runner.atTerminal([["type (\\w+(?: \\d{4})?)", "{1}\n"]], ["freeze", "--lift"])
        #expect(lifted.status == 0, "\(lifted.output)")
        let applied = try await runner.pvelua("apply", plan)
        #expect(applied.status == 0, "\(applied.errors)")
    }

    @Test func ofTwoAtTheSameMomentOneRuns() async throws {
        let plan = try await planned("pve.vm(103):start()")
        async let first = runner.pvelua("apply", plan)
        async let second = runner.pvelua("apply", plan)
        let results = try await [first, second]
        #expect(results.map(\.status).sorted() == [0, 23], "\(results.map(\.errors))")
    }

    @Test func whoeverSaysNoMaySayYesLater() async throws {
        let plan = try await planned("pve.vm(101):shutdown()")
        let refused = try await runner.atTerminal([["type (yes)", "no\n"]], ["apply", plan])
        #expect(refused.status == 20, "\(refused.output)")
        #expect(try await runner.pvelua("--yes", "apply", plan).status == 0)
    }

    @Test func anAgentDoesNotApplyWhatWasPlannedForAPerson() async throws {
        let plan = try await planned("pve.vm(103):start()")
        let agent = try await runner.pvelua(["apply", plan], environment: ["AI_AGENT": "1"])
        #expect(agent.status == 23 && agent.errors.contains("trusted less"), "\(agent.errors)")
    }

    @Test func aPlanThatWouldHoldForEverHoldsNotAtAll() async throws {
        let plan = try await planned("pve.vm(103):start()")
        try reseal(plan) { $0.expires += 30 * 24 * 3600 }
        let result = try await runner.pvelua("apply", plan)
        #expect(result.status == 23 && result.errors.contains("longer than"), "\(result.errors)")
    }

    @Test func aPartialPlanThatIsCalledWholeEndsWhereItEnds() async throws {
        let plan = try await planned("local b = pve.backup(nil, 101)\nif b.size > 5 then pve.vm(103):start() end")
        let result = try await runner.pvelua("apply", plan)
        #expect(result.status == 23 && result.errors.contains("partial"), "\(result.errors)")
        try reseal(plan) { $0.partial = nil }
        let whole = try await runner.pvelua("apply", plan)
        #expect(whole.status == 23 && whole.errors.contains("guest.start"), "\(whole.errors)")
    }

    @Test func whatChangesNothingIsPlannedAndApplied() async throws {
        let plan = try await planned("print(#pve.list_vms())")
        let applied = try await runner.pvelua("apply", plan)
        #expect(applied.status == 0 && applied.output == "6\n", "\(applied.errors)")
    }

    @Test(arguments: ["pipe", "folder", "large", "shared", "empty", "missing"])
    func aFileThatIsNoPlanIsRefusedAtOnce(kind: String) async throws {
        let path = runner.home.url.appendingPathComponent("x.plan.json").path
        switch kind {
        case "pipe": #expect(mkfifo(path, 0o600) == 0)
        case "folder": #expect(mkdir(path, 0o700) == 0)
        case "large": _ = try runner.home.write("x.plan.json", String(repeating: " ", count: 20 << 20))
        case "shared":
            let plan = try await planned("pve.vm(103):start()")
            try FileManager.default.moveItem(atPath: plan, toPath: path)
            #expect(chmod(path, 0o666) == 0)
        case "empty": _ = try runner.home.write("x.plan.json", "")
        default: break
        }
        for command in ["apply", "approve", "deny"] where kind != "shared" || command == "apply" {
            let result = try await runner.pvelua(command, path)
            #expect(result.status == 2 && result.errors.contains("x.plan.json"), "\(command): \(result.errors)")
        }
    }
}

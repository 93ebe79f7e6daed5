// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Plan
import TestSupport

extension PrintedJSON {
    static let ofPlans = [
        PrintedJSON("plan") { stage in
            let out = stage.runner.home.url.appendingPathComponent("p.json").path
            let short = try stage.file("short.lua", "pve.vm_action(nil, 103, 'start') error('late')")
            return [
                Form("plan", try await stage.demo("plan", "examples/rolling-reboot.lua", "--out", out)),
                Form("plan", try await stage.demo("plan", "examples/nightly-snapshots.lua", "--out", out)),
                Form("plan", try await stage.demo("plan", short, "--out", out)),
                Form("runbook", try await stage.demo("plan", "examples/rolling-reboot.lua", "--help")),
            ]
        },
        PrintedJSON("apply") { stage in
            let script = try stage.file("job.lua", "pve.vm_action(nil, 103, 'start') return { started = 103 }")
            let out = stage.runner.home.url.appendingPathComponent("p.json").path
            _ = try await stage.demo("plan", script, "--out", out)
            let applied = try await stage.json("--yes", "apply", out)
            _ = try await stage.demo("plan", script, "--out", out)
            return [
                Form("run", applied), Form("run-detached", try await stage.json("--yes", "apply", "--detach", out)),
            ]
        },
        PrintedJSON("approve") { stage in
            let plan = try stage.plan()
            let typed = [["type (approve \\d{4}) to go on", "{1}\n"]]
            return [
                Form("approve", try await stage.json("approve", "--status", plan)),
                Form("approve", try await stage.typing(typed, "approve", plan), lines: true),
                Form("approve", try await stage.json("approve", "--status", plan)),
            ]
        },
        PrintedJSON("deny") { stage in
            let plan = try stage.plan()
            return [
                Form("approve", try await stage.json("deny", plan, "--reason", "not tonight")),
                Form("approve", try await stage.json("approve", "--status", plan)),
            ]
        },
    ]
}

extension SchemaStage {
    /// A plan that somebody must approve; gives its path.
    fileprivate func plan() throws -> String {
        var plan = ApprovalBench.file().plan
        plan.expires = Int(Date().timeIntervalSince1970) + 3600
        return try file("night.plan", String(decoding: PlanFile(plan).bytes, as: UTF8.self))
    }
}

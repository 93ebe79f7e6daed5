// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Journal
import Model
import TestSupport

extension PrintedJSON {
    private static let start = #"pve.vm_action(nil, 103, "start")"#

    static let ofRuns = [
        PrintedJSON { stage in
            [
                Form("run", try await stage.demo("-e", "{ a = 1, b = { 'x', 2.5 } }")),
                Form("run", try await stage.demo("-e", "pve.vm(101)")),
            ]
        },
        PrintedJSON("run") { stage in
            let path = try stage.file("job.lua", "return 1, 'two'")
            return [
                Form("run", try await stage.demo("run", path)),
                Form("run-detached", try await stage.demo("run", "--detach", path)),
                Form("runbook", try await stage.demo("run", path, "--help")),
                Form("runbook", try await stage.demo("run", "examples/rolling-reboot.lua", "--help")),
            ]
        },
        PrintedJSON("eval") { stage in
            let options = ["--cluster", "demo", "--format", "json", "eval", "-"]
            return [Form("run", try await stage.runner.pvelua(options, input: "return pve.list_vms()"))]
        },
        PrintedJSON("repl") { stage in
            let options = ["--cluster", "demo", "--format", "json", "repl"]
            return [Form("run", try await stage.runner.pvelua(options, input: "{ a = 1 }\n"), lines: true)]
        },
        PrintedJSON("runs", "list") { stage in
            _ = try await stage.demo("-e", start)
            return [Form("runs-list", try await stage.json("runs", "list"))]
        },
        PrintedJSON("runs", "show") { stage in
            _ = try await stage.demo("-e", start + "; error('no')")
            let shown = try await stage.json("runs", "show", "latest", "--log")
            let path = try stage.file("job.lua", "print('one') " + start + " return { 1 }")
            let run = try stage.member("run", of: try await stage.demo("run", "--detach", path, "--param", "a=b"))
            return [
                Form("runs-show", shown),
                Form("runs-follow", try await stage.json("runs", "show", "--follow", run), lines: true),
                Form("runs-show", try await stage.json("runs", "show", run)),
            ]
        },
        PrintedJSON("runs", "cancel") { stage in
            let server = try await stage.lab(scale: "1")
            let path = try stage.file("job.lua", "pve.vm_action(nil, 101, 'reboot') pve.vm_action(nil, 102, 'reboot')")
            let run = try stage.member("run", of: try await stage.json("run", "--yes", "--detach", path))
            try await eventually("the first change at the server") {
                try await server.requests().contains { $0 == "POST" && $1.hasSuffix("/status/reboot") }
            }
            return [
                Form("runs-cancel", try await stage.json("runs", "cancel", run, "--wait", "60")),
                Form("runs-show", try await stage.json("runs", "show", run)),
            ]
        },
        PrintedJSON("runs", "resume") { stage in
            try await stage.lab()
            let path = try stage.file("job.lua", start + " pve.vm_action(nil, 101, 'shutdown') return 'both'")
            _ = try await stage.json("run", path)
            return [Form("run", try await stage.json("runs", "resume", "--yes", "latest"))]
        },
        PrintedJSON("runs", "resolve") { stage in
            try await stage.lab()
            try stage.leaveADoubtfulStep()
            let yes = [["type yes", "yes\n"]]
            return [
                Form("runs-show", try await stage.json("runs", "show", "r1")),
                Form(
                    "runs-resolve", try await stage.typing(yes, "runs", "resolve", "r1", "1", "--did-not-happen"),
                    lines: true),
            ]
        },
    ]
}

extension SchemaStage {
    /// A journal with a run whose process is gone, and which had just sent something.
    func leaveADoubtfulStep() throws {
        let folder = runner.home.url.appendingPathComponent("state/pvelua")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let journal = try SQLiteJournal(path: folder.appendingPathComponent("journal.sqlite").path)
        let now = Date().timeIntervalSince1970
        try journal.beginRun(
            RunRecord(id: "r1", cluster: "lab", script: "@s", scriptSHA256: "", caller: .human, started: now))
        let step = try journal.recordIntent(
            run: "r1",
            StepIntent(
                actions: [], method: "POST", path: "/nodes/pve1/qemu/103/status/start", vmid: 103, cluster: "lab"),
            at: now)
        try journal.recordSent(run: "r1", step: step, at: now)
        try journal.releaseRun("r1")
    }
}

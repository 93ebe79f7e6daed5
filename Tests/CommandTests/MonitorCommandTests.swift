// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Journal
import TestSupport
import Testing

/// `pvelua monitor`: the real binary against a cluster behind HTTPS, from one round to the next.
struct MonitorCommandTests {
    let bench: MonitorBench

    init() async throws { bench = try await MonitorBench() }

    // MARK: - From fired to resolved

    @Test func `a node that goes away is told once, and so is its return`() async throws {
        try bench.configure([MonitorBench.nodes, MonitorBench.web, "{ id: hung, when: guest_unresponsive }"])
        let first = try await bench.round("--quiet")
        #expect(first.status == 0 && first.errors == "", "\(first.errors)")
        #expect(first.output.split(separator: "\n").count == 2, "guest 103 is stopped: \(first.output)")
        try await bench.take("pve2", online: false)
        let lost = try await bench.round("--quiet")
        let lines = lost.output.split(separator: "\n")
        #expect(lost.status == 0 && lines.count == 2, "one alert, none for its guests: \(lost.output)")
        #expect(lines[0].contains(" critical lab/nodes: node pve2 is offline; 2 guests on it cannot be judged"))
        let again = try await bench.round("--quiet")
        #expect(again.output == "" && again.errors == "" && again.status == 0, "what was told is not told again")
        #expect(try await bench.round().errors.contains("told before: node pve2 is offline"))
        try await bench.take("pve2", online: true)
        let back = try await bench.round("--quiet")
        #expect(back.output.contains(" resolved lab/nodes: node pve2 is offline"), "\(back.output)")
        #expect(back.output.split(separator: "\n").count == 1)
        #expect(try await bench.round("--quiet").output == "")
    }

    @Test func `a lost quorum is told`() async throws {
        try bench.configure(["{ id: quorum, when: no_quorum, severity: critical }"])
        try await bench.take("pve2", online: false)
        #expect(try await bench.round("--quiet").output == "")
        try await bench.take("pve3", online: false)
        #expect(
            try await bench.round("--quiet").output.contains(
                "cluster lab has no quorum: nothing can be changed; offline: pve2, pve3"))
    }

    @Test func `the summary in JSON holds events, what fires, and what nobody is to hear of`() async throws {
        try bench.configure(
            [MonitorBench.web, "{ id: later, when: guest_stopped, guests: { vmid: 111 }, for: 10m }"],
            more: ["silence: [{ guests: { vmid: 103 } }]"])
        let result = try await bench.round("--format", "json")
        let report = try JSONValue(parsing: result.output)
        #expect(report["cluster"] == "lab" && report["watched"] == true && result.errors == "", "\(result.errors)")
        #expect(report["events"] == [] && report["firing"] == [])
        let pending = (report["pending"]?.array ?? []).compactMap { $0["fingerprint"]?.string }
        #expect(pending == ["later:guest/111", "web:guest/103"])
        #expect(report["silenced"] == ["web:guest/103"])
        try bench.configure([MonitorBench.web])
        let next = try JSONValue(parsing: try await bench.round("--format", "json").output)
        #expect(next["events"]?.array?.map { $0["event"] } == ["fired"], "the silence is over: \(next.text)")
        #expect(next["firing"]?.array?.first?["subject"]?["vmid"] == 103)
    }

    @Test(arguments: [([], 0), (["--fail-on", "warning"], 8), (["--fail-on", "critical"], 0)] as [([String], Int32)])
    func `the status tells of alerts only where it is asked to`(options: [String], status: Int32) async throws {
        try bench.configure([MonitorBench.web])
        #expect(try await bench.runner.pvelua(["monitor", "--once", "--quiet"] + options).status == status)
    }

    @Test func `a cluster that cannot be reached is an alert, and the status says so`() async throws {
        let down = "127.0.0.1:1"
        try bench.runner.configure(bench.server, hosts: [down], more: "monitor: { rules: [\(MonitorBench.web)] }")
        let lost = try await bench.round("--quiet")
        #expect(lost.status == 4, "\(lost.errors)")
        #expect(
            lost.output.contains(" critical lab/cluster-unreachable: cluster lab cannot be watched"), "\(lost.output)")
        #expect(lost.errors.contains("lab could not be watched"))
        #expect(try await bench.round("--quiet").output == "")
        try bench.configure([MonitorBench.web])
        let back = try await bench.round("--quiet")
        #expect(back.status == 0 && back.output.contains("resolved lab/cluster-unreachable"), "\(back.output)")
    }

    @Test func `a failed task is told, and its next failure too`() async throws {
        try bench.configure(["{ id: tasks, when: task_failed, types: [\"qm*\"] }"])
        #expect(try await bench.round("--quiet").output == "")
        let fail = "pcall(pve.vm_action, nil, 9000, 'start')"
        for _ in 0..<2 {
            _ = try await bench.runner.pvelua("--yes", "-e", fail)
            let told = try await bench.round("--quiet").output
            #expect(told.contains("lab/tasks: task qmstart 9000 on pve1 failed: "), "\(told)")
            #expect(try await bench.round("--quiet").output == "")
        }
    }

    @Test func `agents, certificates, backups and snapshots are watched`() async throws {
        let seed = try bench.runner.home.write(
            "seed.yaml",
            """
            version: 1
            nodes: [{ name: pve1, certificate-until: "2020-01-01T00:00:00Z" }]
            storages: [{ name: local, type: dir, content: [images, backup] }]
            users: [{ id: root@pam, password: x, tokens: [{ id: demo, secret: 00000000-0000-4000-8000-000000000001 }] }]
            guests:
              - vmid: 100
                name: old
                node: pve1
                status: running
                agent-running: false
                config: { agent: 1 }
                snapshots: [{ name: before, time: "2020-01-01T00:00:00Z" }]
              - { vmid: 101, name: stuck, node: pve1, status: paused }
            backups: [{ vmid: 100, storage: local, time: "2020-01-01T00:00:00Z" }]
            """)
        let server = try await RunningServer("--cluster", seed.path)
        let rules = [
            "{ id: hung, when: guest_unresponsive }", "{ id: backups, when: backup_older, age: 26h }",
            "{ id: snapshots, when: snapshot_older, age: 14d }", "{ id: tls, when: certificate_expires, within: 14d }",
        ]
        try bench.runner.configure(server, more: "monitor: { rules: [\(rules.joined(separator: ", "))] }")
        let report = try JSONValue(parsing: try await bench.round("--format", "json").output)
        let fired = (report["events"]?.array ?? []).compactMap { $0["fingerprint"]?.string }
        #expect(
            fired == [
                "hung:guest/100", "hung:guest/101", "backups:guest/100", "backups:guest/101", "snapshots:guest/100",
                "tls:certificate/pve1/pve-ssl.pem",
            ], "\(report.text)")
        #expect(report["unjudged"] == [])
    }

    // MARK: - Going on

    @Test func `it goes round until it is interrupted, one line of JSON an event`() async throws {
        try bench.configure([MonitorBench.nodes])
        let (output, errors) = (Pipe(), Pipe())
        let process = try monitor(["--interval", "1s", "--format", "json"], output, errors.fileHandleForWriting)
        let watch = process.end(after: 120)
        defer { watch.cancel() }
        let first = await Self.heard(errors)
        #expect(first.contains("watching lab by 3 rules every 1 s; alerts go to stdout"), "\(first)")
        try await bench.take("pve3", online: false)
        let fired = try JSONValue(parsing: await Self.heard(output))
        #expect(fired["event"] == "fired" && fired["subject"]?["node"] == "pve3")
        try await bench.take("pve3", online: true)
        let resolved = try JSONValue(parsing: await Self.heard(output))
        #expect(resolved["event"] == "resolved")
        process.signal(SIGINT)
        #expect(await process.ending() == 130)
    }

    private func monitor(_ options: [String], _ output: Pipe, _ errors: FileHandle) throws -> ChildProcess {
        try ChildProcess(
            Places.products.appendingPathComponent("pvelua"), ["monitor"] + options,
            environment: bench.runner.surroundings, output: output.fileHandleForWriting, errors: errors)
    }

    /// What comes next out of a pipe.
    private static func heard(_ pipe: Pipe) async -> String {
        await onThread { String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self) }
    }

    @Test func `a round that is broken off tells nothing and writes nothing down`() async throws {
        try bench.configure([MonitorBench.nodes])
        _ = try await bench.server.control(
            "/sim/faults", body: #"{"effect":"delay","seconds":60,"path":"/cluster/resources","count":1}"#)
        let output = Pipe()
        let process = try monitor(["--once"], output, .nullDevice)
        let watch = process.end(after: 120)
        defer { watch.cancel() }
        try await eventually("a request for the resources") {
            try await bench.server.requests().contains { $0.path.contains("/cluster/resources") }
        }
        process.signal(SIGINT)
        #expect(await process.ending() == 130)
        try output.fileHandleForWriting.close()
        #expect(try output.fileHandleForReading.readToEnd()?.isEmpty ?? true)
        let next = try JSONValue(parsing: try await bench.round("--format", "json").output)
        #expect(next["events"] == [] && next["firing"] == [] && next["pending"] == [], "\(next.text)")
    }

    @Test func `nobody changes anything by watching`() async throws {
        try bench.configure([
            "{ id: all, when: guest_unresponsive }", "{ id: b, when: backup_older, age: 1h }",
            "{ id: l, when: load_above, load: 9 }",
        ])
        _ = try await bench.round()
        let methods = try Set(await bench.server.requests().filter { $0.path.hasPrefix("/api2") }.map(\.method))
        #expect(methods == ["GET"])
    }

    @Test func `the embedded cluster is well`() async throws {
        let result = try await bench.runner.pvelua("--cluster", "demo", "monitor", "--once")
        #expect(
            result.status == 0 && result.output == "" && result.errors == "info: demo: all is well\n",
            "\(result.errors)")
    }

    @Test(arguments: [
        ["--fail-on", "warning"], ["--interval", "soon"], ["--interval", "0s"], ["--fail-on", "bad", "--once"],
    ])
    func `options that make no sense are refused`(options: [String]) async throws {
        #expect(try await bench.runner.pvelua(["--cluster", "demo", "monitor"] + options).status == 2)
    }
}

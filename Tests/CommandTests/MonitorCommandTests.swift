// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Journal
import TestSupport
import Testing

/// `pvelua monitor`: the real binary against a cluster behind HTTPS, from one round to the next.
struct MonitorCommandTests {
    let runner: CommandLineRunner
    let server: RunningServer

    init() async throws {
        runner = try CommandLineRunner()
        server = try await RunningServer()
    }

    /// A configuration whose rules and channels are these lines.
    private func configure(_ rules: [String], _ channels: [String] = [], more: [String] = []) throws {
        let list = { (name: String, items: [String]) in
            items.isEmpty ? [] : ["  \(name):"] + items.map { "    - \($0)" }
        }
        let lines = ["monitor:"] + list("rules", rules) + list("channels", channels) + more.map { "  \($0)" }
        try runner.configure(server, more: lines.joined(separator: "\n"))
    }

    private func take(_ node: String, online: Bool) async throws {
        let answer = try await server.control("/sim/nodes", body: "{\"node\":\"\(node)\",\"online\":\(online)}")
        #expect(answer.contains("null"), "\(answer)")
    }

    private func round(_ options: String...) async throws -> ProcessResult {
        try await runner.pvelua(["monitor", "--once"] + options)
    }

    private static let nodes = "{ id: nodes, when: node_offline, severity: critical }"
    private static let web = "{ id: web, when: guest_stopped, guests: { vmid: [100, 103, 110] } }"

    // MARK: - From fired to resolved

    @Test func `a node that goes away is told once, and so is its return`() async throws {
        try configure([Self.nodes, Self.web, "{ id: hung, when: guest_unresponsive }"])
        let first = try await round("--quiet")
        #expect(first.status == 0 && first.errors == "", "\(first.errors)")
        #expect(first.output.split(separator: "\n").count == 2, "guest 103 is stopped: \(first.output)")
        try await take("pve2", online: false)
        let lost = try await round("--quiet")
        let lines = lost.output.split(separator: "\n")
        #expect(lost.status == 0 && lines.count == 2, "one alert, none for its guests: \(lost.output)")
        #expect(lines[0].contains(" critical lab/nodes: node pve2 is offline; 2 guests on it cannot be judged"))
        let again = try await round("--quiet")
        #expect(again.output == "" && again.errors == "" && again.status == 0, "what was told is not told again")
        #expect(try await round().errors.contains("told before: node pve2 is offline"))
        try await take("pve2", online: true)
        let back = try await round("--quiet")
        #expect(back.output.contains(" resolved lab/nodes: node pve2 is offline"), "\(back.output)")
        #expect(back.output.split(separator: "\n").count == 1)
        #expect(try await round("--quiet").output == "")
    }

    @Test func `a lost quorum is told`() async throws {
        try configure(["{ id: quorum, when: no_quorum, severity: critical }"])
        try await take("pve2", online: false)
        #expect(try await round("--quiet").output == "")
        try await take("pve3", online: false)
        #expect(
            try await round("--quiet").output.contains(
                "cluster lab has no quorum: nothing can be changed; offline: pve2, pve3"))
    }

    @Test func `the summary in JSON holds events, what fires, and what nobody is to hear of`() async throws {
        try configure(
            [Self.web, "{ id: later, when: guest_stopped, guests: { vmid: 111 }, for: 10m }"],
            more: ["silence: [{ guests: { vmid: 103 } }]"])
        let result = try await round("--format", "json")
        let report = try JSONValue(parsing: result.output)
        #expect(report["cluster"] == "lab" && report["watched"] == true && result.errors == "", "\(result.errors)")
        #expect(report["events"] == [] && report["firing"] == [])
        let pending = (report["pending"]?.array ?? []).compactMap { $0["fingerprint"]?.string }
        #expect(pending == ["later:guest/111", "web:guest/103"])
        #expect(report["silenced"] == ["web:guest/103"])
        try configure([Self.web])
        let next = try JSONValue(parsing: try await round("--format", "json").output)
        #expect(next["events"]?.array?.map { $0["event"] } == ["fired"], "the silence is over: \(next.text)")
        #expect(next["firing"]?.array?.first?["subject"]?["vmid"] == 103)
    }

    @Test(arguments: [([], 0), (["--fail-on", "warning"], 8), (["--fail-on", "critical"], 0)] as [([String], Int32)])
    func `the status tells of alerts only where it is asked to`(options: [String], status: Int32) async throws {
        try configure([Self.web])
        #expect(try await runner.pvelua(["monitor", "--once", "--quiet"] + options).status == status)
    }

    @Test func `a cluster that cannot be reached is an alert, and the status says so`() async throws {
        let down = "127.0.0.1:1"
        try runner.configure(server, hosts: [down], more: "monitor: { rules: [\(Self.web)] }")
        let lost = try await round("--quiet")
        #expect(lost.status == 4, "\(lost.errors)")
        #expect(
            lost.output.contains(" critical lab/cluster-unreachable: cluster lab cannot be watched"), "\(lost.output)")
        #expect(lost.errors.contains("lab could not be watched"))
        #expect(try await round("--quiet").output == "")
        try configure([Self.web])
        let back = try await round("--quiet")
        #expect(back.status == 0 && back.output.contains("resolved lab/cluster-unreachable"), "\(back.output)")
    }

    @Test func `a failed task is told, and its next failure too`() async throws {
        try configure(["{ id: tasks, when: task_failed, types: [\"qm*\"] }"])
        #expect(try await round("--quiet").output == "")
        let fail = "pcall(pve.vm_action, nil, 9000, 'start')"
        for _ in 0..<2 {
            _ = try await runner.pvelua("--yes", "-e", fail)
            let told = try await round("--quiet").output
            #expect(told.contains("lab/tasks: task qmstart 9000 on pve1 failed: "), "\(told)")
            #expect(try await round("--quiet").output == "")
        }
    }

    @Test func `agents, certificates, backups and snapshots are watched`() async throws {
        let seed = try runner.home.write(
            "seed.yaml",
            """
            version: 1
            nodes: [{ name: pve1, certificate-until: "2020-01-01T00:00:00Z" }]
            storages: [{ name: local, type: dir, content: [images, backup] }]
            users: [{ id: root@pam, password: x, tokens: [{ id: t1, secret: 00000000-0000-4000-8000-000000000001 }] }]
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
        try runner.configure(server, more: "monitor: { rules: [\(rules.joined(separator: ", "))] }")
        let report = try JSONValue(parsing: try await round("--format", "json").output)
        let fired = (report["events"]?.array ?? []).compactMap { $0["fingerprint"]?.string }
        #expect(
            fired == [
                "hung:guest/100", "hung:guest/101", "backups:guest/100", "backups:guest/101", "snapshots:guest/100",
                "tls:certificate/pve1/pve-ssl.pem",
            ], "\(report.text)")
        #expect(report["unjudged"] == [])
    }

    // MARK: - Channels

    @Test func `each form of a webhook is sent as its server wants it`() async throws {
        let hook = try await HookServer()
        let token = try runner.home.write("hook.token", "tk_s3cret\n").path
        let base = "http://127.0.0.1:\(hook.port)"
        try configure(
            [Self.web],
            [
                "{ id: plain, webhook: \"\(base)/in?x=1\", token: { file: \"\(token)\" } }",
                "{ id: phone, webhook: \"\(base)/my-topic\", form: ntfy }",
                "{ id: prom, webhook: \"\(base)/am\", form: alertmanager }",
            ])
        let result = try await round()
        #expect(result.status == 0 && result.output == "", "\(result.errors)")
        let requests = try hook.requests()
        #expect(Set(requests.compactMap { $0["path"]?.string }) == ["/in?x=1", "/", "/am/api/v2/alerts"])
        let plain = try #require(requests.first { $0["path"] == "/in?x=1" })
        #expect(plain["body"]?["event"] == "fired" && plain["body"]?["fingerprint"] == "web:guest/103")
        #expect(plain["headers"]?["Authorization"] == "Bearer tk_s3cret")
        let phone = try #require(requests.first { $0["path"] == "/" })
        #expect(phone["body"]?["topic"] == "my-topic" && phone["headers"]?["Authorization"] == nil)
        let prom = try #require(requests.first { $0["path"] == "/am/api/v2/alerts" })
        #expect(prom["body"]?.array?.first?["labels"]?["alertname"] == "pvelua_guest_stopped")
        #expect(!requests.contains { $0.text.contains(server.secret) }, "the cluster's token goes nowhere else")
    }

    @Test func `what a channel does not take is told in a later round, in order`() async throws {
        let hook = try await HookServer()
        try configure([Self.web], ["{ id: hook, webhook: \"http://127.0.0.1:\(hook.port)/\" }"])
        try hook.answer(503)
        let failed = try await round("--quiet")
        #expect(failed.status == 0, "the cluster was watched")
        #expect(try await round().errors.contains("warning: channel hook: 127.0.0.1:\(hook.port) answered 503"))
        #expect(try hook.requests().count == 2)
        try hook.answer(302)
        #expect(try await round().errors.contains("sends elsewhere (302)"), "and nobody follows")
        _ = try await runner.pvelua("--yes", "-e", "pve.vm_action(nil, 103, 'start')")
        try hook.answer(200)
        _ = try await round()
        #expect(try hook.requests().suffix(2).map { $0["body"]?["event"] } == ["fired", "resolved"])
        _ = try await round()
        #expect(try hook.requests().count == 5, "nothing is left")
    }

    @Test func `a command gets the alert on its standard input, and no shell sees it`() async throws {
        let file = runner.home.url.appendingPathComponent("told").path
        let script = try runner.home.write(
            "tell", "#!/bin/sh\nprintf '%s ' \"$@\" >> \"$0.out\"\ncat >> \"$0.out\"\n", mode: 0o700)
        try configure([Self.web], ["{ id: run, command: [\"\(script.path)\", \"$(touch \(file))\", \"; x\"] }"])
        #expect(try await round().status == 0)
        let told = try String(contentsOfFile: script.path + ".out", encoding: .utf8)
        #expect(told.hasPrefix("$(touch \(file)) ; x {"), "\(told)")
        #expect(told.contains("\"event\":\"fired\"") && told.hasSuffix("}\n"))
        #expect(!FileManager.default.fileExists(atPath: file))
    }

    @Test func `a command that hangs or fails is ended and tried again`() async throws {
        try configure(
            [Self.web], ["{ id: slow, command: [sleep, \"60\"], timeout: 1s }", "{ id: bad, command: [\"false\"] }"])
        let start = Date()
        let errors = try await round().errors
        #expect(Date().timeIntervalSince(start) < 30)
        #expect(
            errors.contains("channel slow: sleep took longer than 1 s and was ended; tried again in the next round"))
        #expect(errors.contains("channel bad: false ended with status 1"))
        #expect(try JSONValue(parsing: try await round("--format", "json").output)["undelivered"] == 2)
    }

    @Test func `a channel takes what it is for`() async throws {
        let out = runner.home.url.appendingPathComponent("out").path
        let append = { (name: String) in "command: [sh, -c, \"cat >> \(out).\(name)\"]" }
        try configure(
            [Self.web, Self.nodes],
            [
                "{ id: grave, \(append("grave")), severity: critical }", "{ id: webs, \(append("webs")), rules: web }",
                "{ id: starts, \(append("starts")), resolved: false }",
            ])
        try await take("pve2", online: false)
        _ = try await round()
        try await take("pve2", online: true)
        _ = try await round()
        func events(_ name: String) throws -> [String] {
            try String(contentsOfFile: "\(out).\(name)", encoding: .utf8).split(separator: "\n").map {
                let json = try JSONValue(parsing: String($0))
                return "\(json["event"]?.string ?? "") \(json["rule"]?.string ?? "")"
            }
        }
        #expect(try events("grave") == ["fired nodes", "resolved nodes"])
        #expect(try events("webs") == ["fired web"])
        #expect(
            try events("starts") == ["fired web", "fired nodes"] || events("starts") == ["fired nodes", "fired web"])
    }

    @Test func `a server for webhooks must prove who it is`() async throws {
        let base = "https://\(server.address)/hook"
        try configure(
            [Self.web],
            [
                "{ id: a, webhook: \"\(base)\" }",
                "{ id: b, webhook: \"\(base)\", ca_file: \"\(server.authorityFile)\" }",
            ])
        let errors = try await round().errors
        #expect(errors.contains("channel a: \(server.address): ") && errors.contains("certificate"), "\(errors)")
        #expect(errors.contains("channel b: \(server.address) answered "), "\(errors)")
    }

    @Test func `channels can be tried`() async throws {
        let hook = try await HookServer()
        try configure(
            [], ["{ id: hook, webhook: \"http://127.0.0.1:\(hook.port)/\" }", "{ id: bad, command: [\"false\"] }"])
        let result = try await runner.pvelua("monitor", "--test-channels")
        #expect(result.status == 2 && result.errors.contains("not every channel works: bad"), "\(result.errors)")
        #expect(try hook.requests().map { $0["body"]?["event"] } == ["test"])
    }

    // MARK: - Going on

    @Test func `it goes round until it is interrupted, one line of JSON an event`() async throws {
        try configure([Self.nodes])
        let (output, errors) = (Pipe(), Pipe())
        let process = try ChildProcess(
            Places.products.appendingPathComponent("pvelua"), ["monitor", "--interval", "1s", "--format", "json"],
            environment: runner.surroundings, output: output.fileHandleForWriting, errors: errors.fileHandleForWriting)
        let watch = process.end(after: 120)
        defer { watch.cancel() }
        let first = await Self.heard(errors)
        #expect(first.contains("watching lab by 3 rules every 1 s; alerts go to stdout"), "\(first)")
        try await take("pve3", online: false)
        let fired = try JSONValue(parsing: await Self.heard(output))
        #expect(fired["event"] == "fired" && fired["subject"]?["node"] == "pve3")
        try await take("pve3", online: true)
        let resolved = try JSONValue(parsing: await Self.heard(output))
        #expect(resolved["event"] == "resolved")
        process.signal(SIGINT)
        #expect(await process.ending() == 130)
    }

    /// What comes next out of a pipe.
    private static func heard(_ pipe: Pipe) async -> String {
        await onThread { String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self) }
    }

    @Test func `nobody changes anything by watching`() async throws {
        try configure([
            "{ id: all, when: guest_unresponsive }", "{ id: b, when: backup_older, age: 1h }",
            "{ id: l, when: load_above, load: 9 }",
        ])
        _ = try await round()
        let methods = try Set(await server.requests().filter { $0.path.hasPrefix("/api2") }.map(\.method))
        #expect(methods == ["GET"])
    }

    @Test func `the embedded cluster is well`() async throws {
        let result = try await runner.pvelua("--cluster", "demo", "monitor", "--once")
        #expect(
            result.status == 0 && result.output == "" && result.errors == "info: demo: all is well\n",
            "\(result.errors)")
    }

    @Test(arguments: [
        ["--fail-on", "warning"], ["--interval", "soon"], ["--interval", "0s"], ["--fail-on", "bad", "--once"],
    ])
    func `options that make no sense are refused`(options: [String]) async throws {
        #expect(try await runner.pvelua(["--cluster", "demo", "monitor"] + options).status == 2)
    }
}

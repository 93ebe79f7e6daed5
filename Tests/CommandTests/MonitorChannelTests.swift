// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport
import Testing

/// The ways that alerts of the real binary take: servers, programs, standard output.
struct MonitorChannelTests {
    let bench: MonitorBench

    init() async throws { bench = try await MonitorBench() }

    @Test func `each form of a webhook is sent as its server wants it`() async throws {
        let hook = try await HookServer()
        let token = try bench.runner.home.write("hook.token", "tk_s3cret\n").path
        let base = "http://127.0.0.1:\(hook.port)"
        try bench.configure(
            [MonitorBench.web],
            [
                "{ id: plain, webhook: \"\(base)/in?x=1\", token: { file: \"\(token)\" } }",
                "{ id: phone, webhook: \"\(base)/my-topic\", form: ntfy }",
                "{ id: prom, webhook: \"\(base)/am\", form: alertmanager }",
            ])
        let result = try await bench.round()
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
        #expect(!requests.contains { $0.text.contains(bench.server.secret) }, "the cluster's token goes nowhere else")
    }

    @Test func `what a channel does not take is told in a later round, in order`() async throws {
        let hook = try await HookServer()
        try bench.configure([MonitorBench.web], ["{ id: hook, webhook: \"http://127.0.0.1:\(hook.port)/\" }"])
        try hook.answer(503)
        let failed = try await bench.round("--quiet")
        #expect(failed.status == 0, "the cluster was watched")
        #expect(try await bench.round().errors.contains("warning: channel hook: 127.0.0.1:\(hook.port) answered 503"))
        #expect(try hook.requests().count == 2)
        try hook.answer(302)
        #expect(try await bench.round().errors.contains("sends elsewhere (302)"), "and nobody follows")
        _ = try await bench.runner.pvelua("--yes", "-e", "pve.vm_action(nil, 103, 'start')")
        try hook.answer(200)
        _ = try await bench.round()
        #expect(try hook.requests().suffix(2).map { $0["body"]?["event"] } == ["fired", "resolved"])
        _ = try await bench.round()
        #expect(try hook.requests().count == 5, "nothing is left")
    }

    @Test func `a command gets the alert on its standard input, and no shell sees it`() async throws {
        let file = bench.runner.home.url.appendingPathComponent("told").path
        let script = try bench.runner.home.write(
            "tell", "#!/bin/sh\nprintf '%s ' \"$@\" >> \"$0.out\"\ncat >> \"$0.out\"\n", mode: 0o700)
        try bench.configure(
            [MonitorBench.web], ["{ id: run, command: [\"\(script.path)\", \"$(touch \(file))\", \"; x\"] }"])
        #expect(try await bench.round().status == 0)
        let told = try String(contentsOfFile: script.path + ".out", encoding: .utf8)
        #expect(told.hasPrefix("$(touch \(file)) ; x {"), "\(told)")
        #expect(told.contains("\"event\":\"fired\"") && told.hasSuffix("}\n"))
        #expect(!FileManager.default.fileExists(atPath: file))
    }

    @Test func `a command that hangs or fails is ended and tried again`() async throws {
        try bench.configure(
            [MonitorBench.web],
            ["{ id: slow, command: [sleep, \"60\"], timeout: 1s }", "{ id: bad, command: [\"false\"] }"])
        let start = Date()
        let errors = try await bench.round().errors
        #expect(Date().timeIntervalSince(start) < 30)
        #expect(
            errors.contains("channel slow: sleep took longer than 1 s and was ended; tried again in the next round"))
        #expect(errors.contains("channel bad: false ended with status 1"))
        #expect(try JSONValue(parsing: try await bench.round("--format", "json").output)["undelivered"] == 2)
    }

    @Test func `a channel takes what it is for`() async throws {
        let out = bench.runner.home.url.appendingPathComponent("out").path
        let append = { (name: String) in "command: [sh, -c, \"cat >> \(out).\(name)\"]" }
        try bench.configure(
            [MonitorBench.web, MonitorBench.nodes],
            [
                "{ id: grave, \(append("grave")), severity: critical }", "{ id: webs, \(append("webs")), rules: web }",
                "{ id: starts, \(append("starts")), resolved: false }",
            ])
        try await bench.take("pve2", online: false)
        _ = try await bench.round()
        try await bench.take("pve2", online: true)
        _ = try await bench.round()
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
        let base = "https://\(bench.server.address)/hook"
        try bench.configure(
            [MonitorBench.web],
            [
                "{ id: a, webhook: \"\(base)\" }",
                "{ id: b, webhook: \"\(base)\", ca_file: \"\(bench.server.authorityFile)\" }",
            ])
        let errors = try await bench.round().errors
        #expect(errors.contains("channel a: \(bench.server.address): ") && errors.contains("certificate"), "\(errors)")
        #expect(errors.contains("channel b: \(bench.server.address) answered "), "\(errors)")
    }

    @Test func `channels can be tried`() async throws {
        let hook = try await HookServer()
        try bench.configure(
            [], ["{ id: hook, webhook: \"http://127.0.0.1:\(hook.port)/\" }", "{ id: bad, command: [\"false\"] }"])
        let result = try await bench.runner.pvelua("monitor", "--test-channels")
        #expect(result.status == 2 && result.errors.contains("not every channel works: bad"), "\(result.errors)")
        #expect(try hook.requests().map { $0["body"]?["event"] } == ["test"])
    }
}

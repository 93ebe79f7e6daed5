// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Journal
import TestSupport
import Testing

/// `cluster doctor` and `cluster token`: the real binary against a real HTTPS server.
struct DoctorServerTests {
    let runner: CommandLineRunner
    let server: RunningServer

    init() async throws {
        runner = try CommandLineRunner()
        server = try await RunningServer()
    }

    private var configuration: URL { runner.configuration }

    private func configure(
        tls: String? = nil, secret: String? = nil, hosts: [String]? = nil, tokenID: String? = nil,
        auth: String? = nil, request: String = "5s", limits: String = "{}", more: String = ""
    ) throws {
        try runner.configure(
            server, hosts: hosts, auth: auth, tokenID: tokenID, secret: secret, tls: tls,
            timeouts: "connect: 2s, request: \(request)", limits: limits, more: more)
    }

    private func doctor() async throws -> (status: Int32, report: JSONValue) {
        let result = try await runner.pvelua("--format", "json", "cluster", "doctor")
        #expect(!result.output.contains(server.secret) && !result.errors.contains(server.secret))
        return (result.status, try JSONValue(parsing: result.output))
    }

    private func verdicts(_ report: JSONValue, _ topic: String) -> [String] {
        (report["checks"]?.array ?? []).filter { $0["topic"]?.string == topic }.compactMap { $0["verdict"]?.string }
    }

    @Test func aSoundClusterIsSound() async throws {
        for tls in ["{ ca_file: \"\(server.authorityFile)\" }", "{ fingerprints: [\"\(server.fingerprint)\"] }"] {
            try configure(tls: tls)
            let (status, report) = try await doctor()
            #expect(status == 0, "\(report.text)")
            #expect(verdicts(report, "certificate") == ["ok"], "\(report.text)")
            #expect(verdicts(report, "clock") == ["ok"])
            #expect(verdicts(report, "authentication") == ["ok"])
            #expect(report["access"]?.array?.isEmpty == false)
        }
    }

    @Test func aWrongPinEndsWith4AndTheTokenIsNotSent() async throws {
        try configure(tls: "{ fingerprints: [\"\(server.wrongFingerprint)\"] }")
        let (status, report) = try await doctor()
        #expect(status == 4, "\(report.text)")
        #expect(verdicts(report, "certificate") == ["problem"])
        #expect(report.text.contains(server.fingerprint), "what the server shows is told")
        #expect(try await !server.requests().contains { $0.path.hasPrefix("/api2/") })
    }

    @Test func oneOfTwoHostsDownIsAWarning() async throws {
        try configure(hosts: ["127.0.0.1:1", server.address])
        let (status, report) = try await doctor()
        #expect(status == 0, "\(report.text)")
        #expect(verdicts(report, "host") == ["warning", "ok"])
        #expect(verdicts(report, "authentication") == ["ok"], "the other one is asked")
    }

    @Test func noHostAtAllEndsWith4() async throws {
        try configure(hosts: ["127.0.0.1:1", "no-such-host.invalid"])
        let (status, report) = try await doctor()
        #expect(status == 4)
        #expect(verdicts(report, "host") == ["problem", "problem"])
        #expect(verdicts(report, "journal") == ["ok"], "what can be looked at is looked at")
    }

    @Test func aHostThatAnswersNothingButErrorsIsAProblem() async throws {
        try configure()
        _ = try await server.control(
            "/sim/faults",
            body: #"{"effect":"status","status":500,"reason":"out of order","path":"/version","count":9}"#)
        let (status, report) = try await doctor()
        #expect(status == 5, "\(report.text)")
        #expect(verdicts(report, "authentication") == ["problem"] && report.text.contains("out of order"))
    }

    @Test func aSecretThatTwoClustersShareIsNotRotatedAway() async throws {
        let file = runner.home.url.appendingPathComponent("token").path
        let more =
            "  other: { hosts: [\"127.0.0.1:1\"], auth: { token_id: root@pam!x2, token_secret: { file: \"\(file)\" } } }"
        try configure(more: more)
        let result = try await runner.pvelua("cluster", "token", "rotate", "lab", "--format", "json")
        #expect(result.status == 2, "\(result.errors)")
        #expect(result.errors.contains("holds the secret of other as well"), "\(result.errors)")
    }

    @Test func aWrongSecretEndsWith3() async throws {
        try configure(secret: "99999999-2222-4333-8444-555555555555")
        let (status, report) = try await doctor()
        #expect(status == 3, "\(report.text)")
        #expect(verdicts(report, "host") == ["ok"])
    }

    @Test func theConfiguredLimitsHoldForTheDoctorToo() async throws {
        try configure(limits: "{ answer: 1KiB }")
        let (status, report) = try await doctor()
        #expect(status != 0)
        #expect(report.text.contains("answer larger than 1024 bytes"), "\(report.text)")
    }

    @Test func aSecretThatIsNotThereEndsWith2AndTheHostIsStillLookedAt() async throws {
        try configure()
        try FileManager.default.removeItem(at: runner.home.url.appendingPathComponent("token"))
        let (status, report) = try await doctor()
        #expect(status == 2)
        #expect(verdicts(report, "secret") == ["problem"])
        #expect(verdicts(report, "host") == ["ok"])
    }

    @Test func aConfigurationThatCannotBeReadIsAProblemAmongChecks() async throws {
        try configure()
        try Data("version: 1\nclusters: [".utf8).write(to: configuration)
        let (status, report) = try await doctor()
        #expect(status == 2)
        #expect(verdicts(report, "configuration") == ["problem"])
        #expect(verdicts(report, "worker") == ["ok"])
    }

    @Test func aHostThatDoesNotAnswerIsNotWaitedForLong() async throws {
        try configure(request: "1s")
        _ = try await server.control(
            "/sim/faults", body: "{\"effect\":\"delay\",\"seconds\":30,\"path\":\"/version\",\"count\":9}")
        let (status, report) = try await doctor()
        #expect(status == 4, "\(report.text)")
        #expect(report.text.contains("no answer in time"), "\(report.text)")
    }

    @Test func aLoginIsLookedAtToo() async throws {
        let password = try runner.home.write("password", "demo\n")
        try configure(auth: "{ user: audit@pve, password: { file: \"\(password.path)\" } }")
        let (status, report) = try await doctor()
        #expect(status == 0, "\(report.text)")
        #expect(report["identity"]?.string == "audit@pve")
        let rows = report["access"]?.array ?? []
        #expect(rows.first { $0["operation"]?.string == "list_vms" }?["verdict"]?.string == "yes")
        #expect(rows.first { $0["operation"]?.string == "vm_action" }?["verdict"]?.string == "no")
    }

    // MARK: - Tokens

    private func session(_ steps: [[String]], _ arguments: String...) async throws -> ProcessResult {
        try await runner.atTerminal(steps, arguments, environment: ["NO_COLOR": "1"])
    }

    @Test func withoutATerminalNothingIsMade() async throws {
        try configure()
        for words in [["create"], ["rotate"]] {
            let result = try await runner.pvelua(["cluster", "token"] + words + ["--yes"])
            #expect(result.status == 20, "\(result.errors)")
        }
        let requests = try await server.requests()
        #expect(requests.contains { $0.method == "GET" })
        #expect(!requests.contains { $0.method != "GET" && $0.path.hasPrefix("/api2") })
    }

    @Test func anAgentMakesNoTokensAndACeilingIsKept() async throws {
        try configure()
        for words in [["create"], ["rotate"]] {
            let result = try await runner.pvelua(["cluster", "token"] + words, environment: ["CI": "true"])
            #expect(result.status == 22, "\(result.errors)")
            #expect(result.errors.contains("policy denies access."), "\(result.errors)")
        }
        try Data("version: 1\nrules: [{ id: no-tokens, actions: [access.token], effect: deny }]".utf8).write(
            to: runner.folder.appendingPathComponent("policy.yaml"))
        let denied = try await runner.pvelua("cluster", "token", "rotate")
        #expect(denied.status == 22, "\(denied.errors)")
        #expect(denied.errors.contains("no-tokens"), "\(denied.errors)")
    }

    @Test func whatWasMadeIsInTheJournalWithoutTheSecret() async throws {
        try configure()
        let made = try await session([["type yes to go on", "yes\n"]], "cluster", "token", "create")
        #expect(made.status == 0, "\(made.output)")
        let secret = try String(
            contentsOf: runner.folder.appendingPathComponent("lab-automation-pve-runbooks.token"), encoding: .utf8
        ).dropLast()
        let state = runner.home.url.appendingPathComponent("state/pvelua")
        var bytes = Data()
        for name in try FileManager.default.contentsOfDirectory(atPath: state.path) where name.hasPrefix("journal") {
            bytes += try Data(contentsOf: state.appendingPathComponent(name))
        }
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains("/access/users/automation@pve/token/runbooks"))
        #expect(!text.contains(secret))
        let run = try SQLiteJournal(path: state.appendingPathComponent("journal.sqlite").path).runs(limit: 1).first
        #expect(run?.script.contains("cluster token create") == true)
        #expect(run?.ended != nil && run?.outcome?["status"] == 0, "the end is recorded, too")
    }

    @Test func aTokenIsMadeShownBeforehandAndWorks() async throws {
        try configure()
        let made = try await session(
            [["type yes to go on", "yes\n"]], "cluster", "token", "create", "--for", "vm_action", "--pool", "web")
        #expect(made.status == 0, "\(made.output)")
        #expect(made.output.contains("POST /access/users/automation@pve/token/runbooks privsep=1"), "\(made.output)")
        let file = runner.folder.appendingPathComponent("lab-automation-pve-runbooks.token")
        let secret = try String(contentsOf: file, encoding: .utf8).dropLast()
        #expect(!made.output.contains(secret), "the secret is not shown")
        let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        try configure(secret: String(secret), tokenID: "automation@pve!runbooks")
        let listed = try await runner.pvelua(
            "-e",
            "local n = {}; for _, v in ipairs(pve.list_vms()) do n[#n+1] = v.pool end; return table.concat(n, ' ')")
        #expect(listed.output.split(whereSeparator: \.isWhitespace).allSatisfy { $0 == "web" }, "\(listed.errors)")
        #expect(!listed.output.isEmpty)
        let refused = try await runner.pvelua("--yes", "-e", "pve.snapshot(nil, 101)")
        #expect(refused.status == 5)
        #expect(refused.errors.contains("pvelua cluster token plan --for snapshot --vmid 101"), "\(refused.errors)")
    }

    /// A login makes a token with few rights, which could not look after itself, and renews it.
    @Test func aLoginMakesATokenAndRenewsIt() async throws {
        let password = try runner.home.write("password", "demo\n")
        let login = "{ user: root@pam, password: { file: \"\(password.path)\" } }"
        try configure(auth: login)
        let made = try await session([["type yes to go on", "yes\n"]], "cluster", "token", "create", "--show-secret")
        #expect(made.status == 0, "\(made.output)")
        let file = runner.folder.appendingPathComponent("lab-automation-pve-runbooks.token")
        let secret = try String(contentsOf: file, encoding: .utf8).dropLast()
        #expect(made.output.contains("secret: \(secret)"), "it is shown where that was asked for")
        let own = server.address
        try configure(
            secret: String(secret), tokenID: "automation@pve!runbooks",
            more: "  admin: { hosts: [\"\(own)\"], auth: \(login), tls: { ca_file: \"\(server.authorityFile)\" } }")
        let alone = try await session([], "cluster", "token", "rotate", "lab")
        #expect(alone.status == 5, "\(alone.output)")
        #expect(alone.output.contains("--with"))
        let renewed = try await session(
            [["type yes to go on", "yes\n"]], "cluster", "token", "rotate", "lab", "--with", "admin")
        #expect(renewed.status == 0, "\(renewed.output)")
        #expect(try await runner.pvelua("-e", "return #pve.list_vms()").output == "6\n")
        #expect(try String(contentsOf: configuration, encoding: .utf8).contains("automation@pve!runbooks-2"))
        #expect(try await doctor().status == 0)
    }

    @Test func aTokenIsRenewedInPlace() async throws {
        try configure()
        let renewed = try await session([["type yes to go on", "yes\n"]], "cluster", "token", "rotate")
        #expect(renewed.status == 0, "\(renewed.output)")
        let text = try String(contentsOf: configuration, encoding: .utf8)
        #expect(text.contains("root@pam!demo-2"), "\(text)")
        #expect(text.contains("# what is written here stays"))
        #expect(try await runner.pvelua("-e", "return #pve.list_vms()").output == "6\n")
        #expect(!FileManager.default.fileExists(atPath: runner.home.url.appendingPathComponent("token").path))
        try configure()
        #expect(try await runner.pvelua("-e", "return 1 + #pve.list_vms()").status == 3, "the old token is gone")
    }

    @Test func ctrlCInTheMiddleOfARotationWaitsForItsEnd() async throws {
        try configure()
        _ = try await server.control(
            "/sim/faults",
            body: "{\"effect\":\"delay\",\"seconds\":1,\"method\":\"POST\",\"path\":\"/access/*\"}")
        let result = try await session(
            [["type yes to go on", "yes\n"], ["renewing the token …", "\u{3}"]], "cluster", "token", "rotate")
        #expect(result.status == 0, "\(result.output)")
        #expect(result.output.contains("finishing first"), "\(result.output)")
        #expect(try await runner.pvelua("-e", "return #pve.list_vms()").output == "6\n")
    }

    @Test func anAnswerThatIsNoYesChangesNothing() async throws {
        try configure()
        let before = try String(contentsOf: configuration, encoding: .utf8)
        let result = try await session([["type yes to go on", "no\n"]], "cluster", "token", "rotate")
        #expect(result.status == 20, "\(result.output)")
        #expect(try String(contentsOf: configuration, encoding: .utf8) == before)
        #expect(try await runner.pvelua("-e", "return #pve.list_vms()").output == "6\n")
    }

    @Test func aRotationThatFailsLeavesTheOldTokenWorking() async throws {
        try configure()
        let before = try String(contentsOf: configuration, encoding: .utf8)
        _ = try await server.control(
            "/sim/faults",
            body:
                "{\"effect\":\"status\",\"status\":500,\"reason\":\"broken\",\"method\":\"POST\",\"path\":\"/access/*\"}"
        )
        let result = try await session([["type yes to go on", "yes\n"]], "cluster", "token", "rotate")
        #expect(result.status == 5, "\(result.output)")
        #expect(result.output.contains("still works"), "\(result.output)")
        #expect(try String(contentsOf: configuration, encoding: .utf8) == before)
        #expect(try await runner.pvelua("-e", "return #pve.list_vms()").output == "6\n")
    }
}

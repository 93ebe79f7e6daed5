// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport
import Testing

/// `pvelua cluster add`.
struct ClusterAddTests {
    let bench: LoginBench
    init() async throws { bench = try await LoginBench() }

    private var secret: String { bench.server.secret }
    private func folder(_ name: String) -> String {
        bench.configuration.deletingLastPathComponent().appendingPathComponent(name).path
    }

    @Test func showsTheCertificateAsksForTheSecretAndWritesWhatWorks() async throws {
        let result = try await bench.atTerminal(
            [["type yes", "yes\n"], ["secret of token root@pam!demo: ", secret + "\n"]], "cluster", "add", "new",
            "--host",
            bench.host, "--token-id", "root@pam!demo")
        #expect(result.status == 0, "\(result.output)")
        #expect(result.output.contains(bench.server.fingerprint) && result.output.contains("issued by"))
        #expect(result.output.contains("pvelua cluster doctor new") && !result.output.contains(secret))
        #expect(bench.text.contains(bench.server.fingerprint) && !bench.text.contains(secret))
        #expect(try bench.mode(bench.configuration.path) == 0o600)
        #expect(try bench.mode(folder("new.token")) == 0o600)
        #expect(try String(contentsOfFile: folder("new.token"), encoding: .utf8) == secret + "\n")
        let run = try await bench.runner.pvelua("-e", "return #pve.list_vms()")
        #expect(run.output == "1\n", "\(run.errors)")
    }

    @Test(arguments: ["no\n", "\n", "YES\n", "\u{4}", "\u{3}"])
    func anythingButYesWritesAndSendsNothing(_ answer: String) async throws {
        let result = try await bench.atTerminal(
            [["type yes", answer]], "cluster", "add", "new", "--host", bench.host, "--token-id", "root@pam!demo")
        #expect(result.status == (answer == "\u{3}" ? 130 : 20), "\(result.output)")
        #expect(!FileManager.default.fileExists(atPath: bench.configuration.path))
        #expect(!FileManager.default.fileExists(atPath: folder("new.token")))
        #expect(try await bench.requests().isEmpty)
    }

    @Test func withoutATerminalTheFingerprintOrTheAuthorityAnswers() async throws {
        try bench.configure(auth: "{ token_id: root@pam!demo, token_secret: { env: T } }")
        let before = bench.text
        let secretFile = try bench.runner.home.write("secret", secret + "\n").path
        let common = [
            "--host", bench.host, "--token-id", "root@pam!demo", "--secret-file", secretFile, "--format", "json",
        ]
        let refused = try await bench.runner.pvelua(["cluster", "add", "new"] + common)
        #expect(refused.status == 20 && refused.jsonError?["kind"]?.string == "confirmation_required")
        #expect(refused.jsonError?["hint"]?.string?.contains("--fingerprint \(bench.server.fingerprint)") == true)
        let yes = try await bench.runner.pvelua(["cluster", "add", "new", "--yes"] + common)
        #expect(yes.status == 20)
        let wrong = try await bench.runner.pvelua(["cluster", "add", "new", "--fingerprint", bench.wrongPin] + common)
        #expect(wrong.status == 4 && wrong.jsonError?["kind"]?.string == "tls", "\(wrong.errors)")
        #expect(bench.text == before)
        #expect(try await bench.requests().isEmpty)
        let pin = bench.server.fingerprint.lowercased()
        let pinned = try await bench.runner.pvelua(["cluster", "add", "new", "--fingerprint", pin] + common)
        #expect(pinned.status == 0, "\(pinned.errors)")
        let vouched = try await bench.runner.pvelua(
            ["cluster", "add", "more", "--ca", bench.server.authorityFile] + common)
        #expect(vouched.status == 0, "\(vouched.errors)")
        // What was there is there, comments included, and the new ones stand behind it.
        let parts = before.components(separatedBy: "# the end")
        #expect(bench.text.hasPrefix(parts[0]) && bench.text.hasSuffix("# the end\n"), "\(bench.text)")
        let list = try await bench.runner.pvelua("cluster", "list", "--format", "json")
        let names = try JSONValue(parsing: list.output).array?.compactMap { $0["name"]?.string } ?? []
        #expect(names.prefix(3) == ["lab", "new", "more"])
    }

    @Test(arguments: ["../x", "", "demo", "a b", "a\u{1b}[31mb", String(repeating: "x", count: 65)])
    func aNameThatIsNoneIsRefusedBeforeAnythingIsLookedAt(_ name: String) async throws {
        let result = try await bench.runner.pvelua(
            "cluster", "add", name, "--host", "127.0.0.1:1", "--token-id", "root@pam!demo", "--secret-env", "T")
        #expect(result.status == 2 && result.errors.contains("[usage]"), "\(result.errors)")
        #expect(!result.errors.contains("\u{1b}[31m") && !result.errors.contains("would not be readable"))
    }

    @Test func whatIsNoUTF8IsNotRewritten() async throws {
        try bench.configure(auth: "{ token_id: root@pam!demo, token_secret: { env: T } }")
        let before = try Data(contentsOf: bench.configuration) + Data([0x23, 0x20, 0xfc, 0x0a])
        try before.write(to: bench.configuration)
        let result = try await bench.runner.pvelua(
            "cluster", "add", "new", "--host", bench.host, "--token-id", "root@pam!demo", "--secret-env", "T",
            "--fingerprint", bench.server.fingerprint, environment: ["T": secret])
        #expect(result.status == 2 && result.errors.contains("UTF-8"), "\(result.errors)")
        #expect(try Data(contentsOf: bench.configuration) == before)
    }

    @Test func aStrangersAuthorityIsRefusedBeforeAnythingIsSent() async throws {
        let key = bench.runner.home.url.appendingPathComponent("k").path
        let stranger = bench.runner.home.url.appendingPathComponent("ca.pem").path
        _ = try await run(
            URL(fileURLWithPath: "/usr/bin/env"),
            [
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                key,
                "-out", stranger, "-subj", "/CN=stranger",
            ])
        let result = try await bench.runner.pvelua(
            "cluster", "add", "new", "--host", bench.host, "--token-id", "root@pam!demo", "--secret-env", "T", "--ca",
            stranger, environment: ["T": secret])
        #expect(result.status == 4, "\(result.errors)")
        #expect(try await bench.requests().isEmpty)
        #expect(bench.text == "")
    }

    @Test func aUserIsAddedWithAPasswordAndACode() async throws {
        let totp = try bench.runner.home.write("totp", LoginBench.totp).path
        let result = try await bench.atTerminal(
            [["password of alice@pve on new: ", "alice-pass-93\n"]], "cluster", "add", "new", "--host", bench.host,
            "--user",
            "alice@pve", "--totp-file", totp, "--ca", bench.server.authorityFile)
        #expect(result.status == 0, "\(result.output)")
        #expect(try String(contentsOfFile: folder("new.password"), encoding: .utf8) == "alice-pass-93\n")
        #expect(bench.text.contains("user: alice@pve") && bench.text.contains("totp: { file:"))
    }

    @Test func aPasswordThatIsNotKeptIsAskedForEachTime() async throws {
        let result = try await bench.atTerminal(
            [["password of root@pam on new: ", LoginBench.root + "\n"]], "cluster", "add", "new", "--host", bench.host,
            "--user", "root@pam", "--ask-password", "--ca", bench.server.authorityFile)
        #expect(result.status == 0, "\(result.output)")
        #expect(bench.text.contains("password: prompt"))
        #expect(!FileManager.default.fileExists(atPath: folder("new.password")))
    }

    @Test func whatDoesNotWorkIsNotWritten() async throws {
        let result = try await bench.runner.pvelua(
            "cluster", "add", "new", "--host", bench.host, "--token-id", "root@pam!demo", "--secret-env", "T", "--ca",
            bench.server.authorityFile, "--format", "json", environment: ["T": "11111111-2222-4333-8444-555555555555"])
        #expect(result.status == 3 && result.jsonError?["message"]?.string?.contains("nothing was written") == true)
        #expect(bench.text == "")
    }

    @Test(arguments: [
        (["--token-id", "root@pam!demo"], "--host"), (["--host", "a"], "--token-id"),
        (["--host", "https://a/", "--user", "a@pam"], "is no host"),
        (["--host", "a", "--user", "a@pam", "--token-id", "a@pam!bb"], "not both"),
        (["--host", "a", "--user", "a", "--secret-env", "X"], "name@realm"),
        (["--host", "a", "--user", "a@pam", "--secret-env", "X", "--secret-file", "/x"], "one place"),
        (["--host", "a", "--token-id", "a@pam!bb", "--ask-password"], "not for tokens"),
        (["--host", "a", "--token-id", "a@pam!bb", "--fingerprint", "AA:BB"], "--fingerprint"),
        (["--host", "a", "--token-id", "nonsense", "--secret-env", "X"], "user@realm!name"),
    ])
    func wrongUsageAsksNobody(_ arguments: [String], _ words: String) async throws {
        let result = try await bench.runner.pvelua(["cluster", "add", "new", "--format", "json"] + arguments)
        #expect(result.status == 2, "\(result.errors)")
        #expect(result.errors.contains(words), "\(result.errors)")
    }

    @Test func aTakenNameOrSecretFileIsToldBeforeAnybodyIsAsked() async throws {
        try bench.configure(auth: "{ token_id: root@pam!demo, token_secret: { env: T } }")
        let taken = try await bench.runner.pvelua(
            "cluster", "add", "lab", "--host", bench.host, "--token-id", "root@pam!demo", "--secret-env", "T")
        #expect(taken.status == 2 && taken.errors.contains("there is a cluster lab already"), "\(taken.errors)")
        try Data("x".utf8).write(to: URL(fileURLWithPath: folder("new.token")))
        let file = try await bench.runner.pvelua(
            "cluster", "add", "new", "--host", bench.host, "--token-id", "root@pam!demo")
        #expect(file.status == 2 && file.errors.contains("new.token is there already"), "\(file.errors)")
        #expect(try await bench.requests().isEmpty)
    }
}

// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Model
import TestSupport
import Testing

/// `pvelua cluster login`, and runs by users who sign in.
struct ClusterLoginTests {
    let bench: LoginBench
    init() async throws { bench = try await LoginBench() }

    private func passwordFile(_ text: String) throws -> String {
        try bench.runner.home.write("password", text + "\n").path
    }

    @Test func tellsWhoOneIs() async throws {
        try bench.configure(auth: "{ user: root@pam, password: { file: \"\(try passwordFile(LoginBench.root))\" } }")
        let result = try await bench.runner.pvelua("cluster", "login", "lab", "--format", "json")
        #expect(result.status == 0, "\(result.errors)")
        let report = try JSONValue(parsing: result.output)
        #expect(report["identity"]?.string == "root@pam" && report["realm"]?.string == "pam")
        #expect(report["method"]?.string == "ticket" && report["version"]?.string?.hasPrefix("8.4") == true)
        #expect((7100...7200).contains(report["ticket_seconds"]?.perlNumber ?? 0))
        #expect(report["host"]?.string == bench.host)
        #expect(try await bench.requests() == ["POST /access/ticket", "GET /version", "GET /access/permissions"])
    }

    @Test func aRunSignsInOnceAndChangesThings() async throws {
        try bench.configure(auth: "{ user: root@pam, password: { file: \"\(try passwordFile(LoginBench.root))\" } }")
        let code = "print(#pve.list_vms(), pve.vm_action(nil, 100, 'reboot').verified)"
        let result = try await bench.runner.pvelua("--yes", "-e", code)
        #expect(result.output == "1\ttrue\n", "\(result.errors)")
        #expect(try await bench.requests().filter { $0.hasPrefix("POST /access/ticket") }.count == 1)
    }

    @Test func aCodeIsMadeFromItsSecret() async throws {
        let secret = try bench.runner.home.write("totp", LoginBench.totp + "\n")
        try bench.configure(
            auth: "{ user: alice@pve, password: { env: PW }, totp: { file: \"\(secret.path)\" } }")
        let result = try await bench.runner.pvelua("cluster", "login", environment: ["PW": "alice-pass-93"])
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("identity  alice@pve"))
        #expect(try await bench.requests().prefix(2) == ["POST /access/ticket", "POST /access/ticket"])
    }

    @Test func passwordAndRecoveryKeyAreAskedForWithoutShowingThem() async throws {
        try bench.configure(auth: "{ user: alice@pve, password: prompt }")
        let result = try await bench.atTerminal(
            [
                ["password of alice@pve on lab: ", "alice-pass-93\n"],
                ["TOTP code or recovery key of alice@pve on lab: ", "1111-2222-3333-4444\n"],
            ], "cluster", "login")
        #expect(result.status == 0, "\(result.output)")
        #expect(result.output.contains("identity  alice@pve"))
        #expect(!result.output.contains("alice-pass") && !result.output.contains("1111-2222"))
    }

    @Test func ctrlCTakesTheQuestionBack() async throws {
        try bench.configure(auth: "{ user: alice@pve, password: prompt }")
        let result = try await bench.atTerminal([["password of alice@pve", "\u{3}"]], "cluster", "login")
        #expect(result.status == 130, "\(result.output)")
        #expect(try await bench.requests().isEmpty)
    }

    @Test(arguments: [
        ("{ user: root@pam, password: { env: PW } }", "wrong", Int32(3), "auth", "login of root@pam was refused"),
        ("{ user: root@nosuch, password: { env: PW } }", "x", 3, "auth", "login of root@nosuch was refused"),
        ("{ user: off@pve, password: { env: PW } }", "off-pass-77", 3, "auth", "login of off@pve was refused"),
        ("{ user: key@pve, password: { env: PW } }", "key-pass-55", 3, "auth", "not supported: webauthn"),
        ("{ user: alice@pve, password: { env: PW } }", "alice-pass-93", 3, "auth", "nobody to ask for a TOTP code"),
        ("{ user: alice@pve, password: prompt }", "x", 3, "auth", "there is nobody to ask"),
        ("{ user: alice@pve, password: { env: NO } }", "x", 2, "config", "NO is not set"),
        (
            "{ user: alice@pve, password: { env: PW }, totp: { env: PW } }", "not-base-32!", 2, "config",
            "TOTP secret is not what"
        ),
        ("{ user: root@pam, password: { command: [sh, -c, 'sleep 1; exit 3'] } }", "x", 2, "config", "status 3"),
    ])
    func whatGoesWrongIsNamed(
        _ auth: String, _ password: String, _ status: Int32, _ kind: String, _ words: String
    ) async throws {
        try bench.configure(auth: auth)
        let result = try await bench.runner.pvelua(
            "cluster", "login", "--format", "json", environment: ["PW": password])
        #expect(result.status == status, "\(result.errors)")
        #expect(result.jsonError?["kind"]?.string == kind)
        #expect(result.jsonError?["message"]?.string?.contains(words) == true, "\(result.errors)")
        #expect(try await bench.requests().filter { $0.hasPrefix("POST") }.count <= 1)
    }

    @Test func aChangedCertificateIsExplained() async throws {
        let other = bench.wrongPin
        try bench.configure(
            auth: "{ user: root@pam, password: { env: PW } }", tls: "{ fingerprints: [\"\(other)\"] }")
        let result = try await bench.runner.pvelua(
            "cluster", "login", "--format", "json", environment: ["PW": LoginBench.root])
        #expect(result.status == 4 && result.jsonError?["kind"]?.string == "tls")
        let message = result.jsonError?["message"]?.string ?? ""
        for words in [bench.host, other, bench.server.fingerprint] { #expect(message.contains(words), "\(message)") }
        #expect(result.jsonError?["hint"]?.string?.contains("pvelua cluster pin lab") == true)
        #expect(try await bench.requests().isEmpty)
    }

    @Test func aServerThatIsNotThereIsAConnectionError() async throws {
        try bench.configure(auth: "{ user: root@pam, password: { env: PW } }")
        let text = bench.text.replacingOccurrences(of: bench.host, with: "127.0.0.1:1")
        try Data(text.utf8).write(to: bench.configuration)
        let result = try await bench.runner.pvelua("cluster", "login", environment: ["PW": "x"])
        #expect(result.status == 4, "\(result.errors)")
    }
}

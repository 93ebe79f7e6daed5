// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport
import Testing

/// The real binary against a real HTTPS server.
struct ServerTests {
    let runner: CommandLineRunner
    let server: RunningServer

    init() async throws {
        runner = try CommandLineRunner()
        server = try await RunningServer()
    }

    private func configure(tls: String, secret: String? = nil, port: Int? = nil, limits: String = "{}") throws {
        try runner.configure(
            server, hosts: port.map { ["127.0.0.1:\($0)"] }, secret: secret, tls: tls,
            timeouts: "connect: 2s, request: 5s, stall: 3s", limits: limits)
    }

    @Test func listsGuestsByAuthorityOrByFingerprintOrByBoth() async throws {
        for tls in [
            "{ ca_file: \"\(server.authorityFile)\" }", "{ fingerprints: [\"\(server.fingerprint)\"] }",
            "{ ca_file: \"\(server.authorityFile)\", fingerprints: [\"\(server.wrongFingerprint)\", \"\(server.fingerprint)\"] }",
        ] {
            try configure(tls: tls)
            let result = try await runner.pvelua("-e", "return #pve.list_vms()")
            #expect(result.output == "6\n", "\(tls): \(result.errors)")
            #expect(result.status == 0)
        }
    }

    @Test func aWrongCertificateEndsBeforeTheTokenIsSent() async throws {
        for tls in [
            "{ fingerprints: [\"\(server.wrongFingerprint)\"] }", "{}",
            "{ ca_file: \"\(server.authorityFile)\", fingerprints: [\"\(server.wrongFingerprint)\"] }",
        ] {
            try configure(tls: tls)
            let result = try await runner.pvelua("--format", "json", "-e", "return #pve.list_vms()")
            #expect(result.status == 4, "\(tls): \(result.errors)")
            #expect(result.jsonError?["kind"]?.string == "tls", "\(result.errors)")
            #expect(!result.errors.contains(server.secret))
        }
        #expect(try await !server.requests().contains { $0.path.hasPrefix("/api2/") })
    }

    @Test func anAnswerBeyondTheConfiguredLimitIsAnErrorThatSaysSo() async throws {
        let tls = "{ fingerprints: [\"\(server.fingerprint)\"] }"
        try configure(tls: tls, limits: "{ answer: 1KiB, connections: 1 }")
        let result = try await runner.pvelua("--format", "json", "-e", "return #pve.list_vms()")
        #expect(result.status != 0 && result.output.isEmpty)
        #expect(
            result.jsonError?["message"]?.string?.contains("answer larger than 1024 bytes") == true, "\(result.errors)")
        #expect(result.jsonError?["hint"]?.string?.contains("limits.answer") == true)
        try configure(tls: tls, limits: "{ answer: 1MiB, connections: 1 }")
        #expect(try await runner.pvelua("-e", "return #pve.list_vms()").output == "6\n")
    }

    @Test func aWrongTokenIsAnAuthenticationError() async throws {
        try configure(tls: "{ ca_file: \"\(server.authorityFile)\" }", secret: "11111111-2222-4333-8444-555555555555")
        let result = try await runner.pvelua("--format", "json", "-e", "pve.list_vms()")
        #expect(result.status == 3, "\(result.errors)")
        #expect(result.jsonError?["kind"]?.string == "auth")
        #expect(!result.errors.contains("11111111-2222"))
    }

    @Test func aServerThatIsNotThereIsAConnectionError() async throws {
        try configure(tls: "{ ca_file: \"\(server.authorityFile)\" }", port: 1)
        let result = try await runner.pvelua("--format", "json", "-e", "pve.list_vms()")
        #expect(result.status == 4, "\(result.errors)")
        #expect(result.jsonError?["kind"]?.string == "connection")
    }

    @Test func aChangeIsFollowedToItsEffect() async throws {
        try configure(tls: "{ ca_file: \"\(server.authorityFile)\" }")
        let result = try await runner.pvelua(
            "--yes", "-e",
            "local r = pve.vm_action(nil, 101, 'reboot'); print(r.status, r.verified, pve.vm_action(nil, 103, 'start').status)"
        )
        #expect(result.output == "running\ttrue\trunning\n", "\(result.errors)")
    }

    @Test(arguments: [
        ("{\"effect\":\"drop-after-effect\",\"method\":\"POST\"}", 0, nil),
        (
            "{\"effect\":\"status\",\"status\":500,\"reason\":\"VM is locked (backup)\",\"method\":\"POST\"}", 5,
            "locked"
        ),
    ])
    func aFaultOnTheWireHasItsStatus(fault: String, status: Int32, kind: String?) async throws {
        try configure(tls: "{ ca_file: \"\(server.authorityFile)\" }")
        _ = try await server.control("/sim/faults", body: fault)
        let result = try await runner.pvelua("--format", "json", "-e", "pve.vm_action(nil, 103, 'start')")
        #expect(result.status == status, "\(result.errors)")
        #expect(result.jsonError?["kind"]?.string == kind, "\(result.errors)")
    }

    @Test(arguments: [
        ("garbage", 5, "server"), ("truncate", 4, "connection"), ("reset", 4, "connection"),
        ("drop-before-effect", 4, "connection"),
    ])
    func anAnswerThatIsNoneHasItsStatus(effect: String, status: Int32, kind: String) async throws {
        try configure(tls: "{ ca_file: \"\(server.authorityFile)\" }")
        _ = try await server.control("/sim/faults", body: "{\"effect\":\"\(effect)\",\"method\":\"GET\",\"count\":100}")
        let result = try await runner.pvelua("--format", "json", "-e", "pve.list_vms()")
        #expect(result.status == status, "\(result.errors)")
        #expect(result.jsonError?["kind"]?.string == kind, "\(result.errors)")
        #expect(!result.errors.contains(server.secret))
    }

    @Test func theTokenIsNowhereToBeSeen() async throws {
        try configure(tls: "{ ca_file: \"\(server.authorityFile)\" }")
        let code = "pve.vm_action(nil, 103, 'start'); for k, v in pairs(_G) do print(k, v) end; error(pve.version())"
        let result = try await runner.pvelua("--log-level", "debug", "-e", code)
        #expect(!result.output.contains(server.secret))
        #expect(!result.errors.contains(server.secret))
        let state = runner.home.url.appendingPathComponent("state")
        let files =
            FileManager.default.enumerator(at: state, includingPropertiesForKeys: [.isRegularFileKey])?.allObjects
            as? [URL] ?? []
        #expect(files.contains { $0.lastPathComponent == "journal.sqlite" })
        for file in files where !file.hasDirectoryPath {
            #expect(try Data(contentsOf: file).range(of: Data(server.secret.utf8)) == nil, "\(file.lastPathComponent)")
        }
    }
}

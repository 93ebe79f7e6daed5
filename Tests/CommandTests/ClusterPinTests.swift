// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport
import Testing

/// `pvelua cluster pin`.
struct ClusterPinTests {
    let bench: LoginBench
    init() async throws { bench = try await LoginBench() }

    private static let auth = "{ token_id: root@pam!demo, token_secret: { env: T } }"
    private func pin(_ arguments: String...) async throws -> ProcessResult {
        try await bench.runner.pvelua(
            ["cluster", "pin", "lab"] + arguments, environment: ["T": bench.server.secret])
    }

    @Test func aChangedCertificateIsShownBesideTheOldOneAndAcceptedByYes() async throws {
        let old = bench.wrongPin
        try bench.configure(auth: Self.auth, tls: "{ fingerprints: [\"\(old)\"] }   # pins")
        let result = try await bench.atTerminal(
            [["type yes", "yes\n"]], "cluster", "pin", "lab", environment: ["T": bench.server.secret])
        #expect(result.status == 0, "\(result.output)")
        for words in [
            bench.host + "  changed", "old        \(old)", bench.server.fingerprint, "pve-root-ca.pem", "valid",
        ] {
            #expect(result.output.contains(words), "\(words) in \(result.output)")
        }
        // Several pins are kept, and the comment too.
        #expect(bench.text.contains("fingerprints: [\"\(old)\", \"\(bench.server.fingerprint)\"] }   # pins"))
        #expect(try await bench.requests().isEmpty)
    }

    @Test func aNoChangesNothing() async throws {
        try bench.configure(auth: Self.auth, tls: "{ fingerprints: [\"\(bench.wrongPin)\"] }")
        let before = bench.text
        let result = try await bench.atTerminal([["type yes", "no\n"]], "cluster", "pin", "lab")
        #expect(result.status == 20 && bench.text == before, "\(result.output)")
    }

    @Test func withoutATerminalOnlyTheNamedFingerprintIsAccepted() async throws {
        try bench.configure(auth: Self.auth, tls: "{ fingerprints: [\"\(bench.wrongPin)\"] }")
        #expect(try await pin().status == 20)
        let other = (bench.server.fingerprint.hasPrefix("22") ? "33" : "22") + bench.server.fingerprint.dropFirst(2)
        #expect(try await pin("--fingerprint", other).status == 4)
        let accepted = try await pin("--fingerprint", bench.server.fingerprint)
        #expect(accepted.status == 0, "\(accepted.errors)")
        #expect(bench.text.contains(bench.server.fingerprint) && bench.text.contains(bench.wrongPin))
    }

    @Test func nodesAreLearntOfOverATrustedConnection() async throws {
        try bench.configure(auth: Self.auth, tls: "{ fingerprints: [\"\(bench.server.fingerprint)\"] }")
        let result = try await pin("--format", "json")
        #expect(result.status == 20)
        let rows = try JSONValue(parsing: result.output)["hosts"]?.array ?? []
        #expect(rows.compactMap { $0["host"]?.string } == [bench.host, "node pve1", "node pve2"])
        #expect(rows.compactMap { $0["state"]?.string } == ["known", "new", "new"])
    }

    @Test func pinsThatNobodyShowsAreDroppedOnDemand() async throws {
        try bench.configure(
            auth: Self.auth, tls: "{ fingerprints: [\"\(bench.wrongPin)\", \"\(bench.server.fingerprint)\"] }")
        let survey = try JSONValue(parsing: try await pin("--format", "json").output)
        let nodes = survey["hosts"]?.array?.compactMap { $0["fingerprint"]?.string } ?? []
        #expect(nodes.count == 3)
        let result = try await pin(["--prune"] + nodes.flatMap { ["--fingerprint", $0] })
        #expect(result.status == 0, "\(result.errors)")
        #expect(!bench.text.contains(bench.wrongPin))
        #expect(nodes.allSatisfy { bench.text.contains($0) })
    }

    private func pin(_ arguments: [String]) async throws -> ProcessResult {
        try await bench.runner.pvelua(["cluster", "pin", "lab"] + arguments, environment: ["T": bench.server.secret])
    }

    @Test func anAuthorityNeedsNoPins() async throws {
        try bench.configure(auth: Self.auth)
        let before = bench.text
        let result = try await pin()
        #expect(result.status == 0 && result.errors.contains("there is nothing to pin"), "\(result.errors)")
        #expect(bench.text == before)
    }

    @Test(
        arguments: [
            (["--host", "127.0.0.1:1"], Int32(4)), (["--prune", "--host", "a"], Int32(2)),
            (["--fingerprint", "x"], Int32(2)),
        ] as [([String], Int32)])
    func whatCannotBeDoneHasItsStatus(_ arguments: [String], _ status: Int32) async throws {
        try bench.configure(auth: Self.auth, tls: "{ fingerprints: [\"\(bench.server.fingerprint)\"] }")
        let result = try await pin(arguments)
        #expect(result.status == status, "\(result.errors)")
    }

    @Test func aPromptedPasswordIsNotAskedForJustToLook() async throws {
        try bench.configure(
            auth: "{ user: root@pam, password: prompt }", tls: "{ fingerprints: [\"\(bench.server.fingerprint)\"] }")
        let result = try await bench.atTerminal([], "cluster", "pin")
        #expect(result.status == 0 && result.output.contains("all certificates are known"), "\(result.output)")
        #expect(try await bench.requests().isEmpty)
    }

    /// A server whose certificate steers terminals; it lives until its input closes.
    private static let evil = """
        import socket, ssl, subprocess, sys, tempfile, threading
        folder = tempfile.mkdtemp()
        key, pem = folder + "/k", folder + "/c"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-keyout", key, "-out", pem, "-subj", "/O=\u{1b}]0;owned\u{7}/CN=\u{1b}[31mred\u{202e}", "-utf8"],
            check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem, key)
        listener = socket.create_server(("127.0.0.1", 0))
        print(listener.getsockname()[1], flush=True)
        def serve():
            while True:
                raw, _ = listener.accept()
                try:
                    with context.wrap_socket(raw, server_side=True) as tls: print(repr(tls.recv(100)), flush=True)
                except OSError: pass
        threading.Thread(target=serve, daemon=True).start()
        sys.stdin.read()
        """

    @Test func aCertificateThatSteersTerminalsIsShownHarmlessly() async throws {
        let evil = try await AnnouncedProcess(
            URL(fileURLWithPath: "/usr/bin/env"), ["python3", "-c", Self.evil], holdsInput: true)
        try bench.configure(auth: Self.auth, tls: "{ fingerprints: [\"\(bench.server.fingerprint)\"] }")
        let result = try await bench.runner.pvelua(
            "cluster", "pin", "lab", "--host", "127.0.0.1:\(evil.line)")
        #expect(result.status == 20, "\(result.errors)")
        #expect(result.output.contains("red") && result.output.contains("owned"), "\(result.output)")
        for scalar in (result.output + result.errors).unicodeScalars where scalar != "\n" {
            #expect(scalar.value >= 0x20 && scalar.value != 0x7f && scalar.value != 0x202e)
        }
        // Nothing came after the handshake.
        try evil.closeInput()
        let heard = await evil.rest()
        #expect(heard.split(separator: "\n").allSatisfy { $0 == "b''" }, "\(heard)")
    }
}

// SPDX-License-Identifier: Apache-2.0
import Foundation
import Model
import TestSupport
import Testing

@testable import Signatures

/// OpenSSH's own programs, with keys that are made for the test.
struct SSHKeygenTests {
    let folder: TemporaryFolder
    private let statement = Array("{\"verdict\":\"approve\"}".utf8)

    init() async throws {
        folder = try TemporaryFolder()
        try await makeKey("key")
    }

    private func makeKey(_ name: String, passphrase: String = "") async throws {
        let made = try await run(
            URL(fileURLWithPath: "/usr/bin/ssh-keygen"),
            ["-q", "-t", "ed25519", "-N", passphrase, "-C", "", "-f", path(name)])
        #expect(made.status == 0, "\(made.errors)")
    }

    private func path(_ name: String) -> String { folder.url.appendingPathComponent(name).path }

    private func publicKey(_ name: String) throws -> String {
        try String(contentsOfFile: path(name) + ".pub", encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func keygen(_ environment: [String: String] = [:], namespace: String = "pvelua-approval") -> SSHKeygen {
        SSHKeygen(
            namespace: namespace,
            environment: environment.merging(["TMPDIR": folder.url.path, "HOME": folder.url.path]) { $1 })
    }

    @Test func whatIsSignedIsVerifiedWithTheNamesOfItsKey() throws {
        let signature = try keygen().sign(statement, key: .file(path("key")), terminal: nil)
        let signers = Array("alice@example.com,alice \(try publicKey("key"))\n".utf8)
        let signer = try #require(
            try keygen().verify(statement, signature: signature, person: "alice", signers: signers))
        #expect(signer.fingerprint.hasPrefix("SHA256:"))
        #expect(signer.names == ["alice@example.com", "alice"])
        #expect(try keygen().verify(statement + [0x20], signature: signature, person: "alice", signers: signers) == nil)
        #expect(try keygen().verify(statement, signature: signature, person: "bob", signers: signers) == nil)
        #expect(
            try keygen(namespace: "file").verify(statement, signature: signature, person: "alice", signers: signers)
                == nil)
    }

    @Test func nothingOfASignatureStaysBehind() throws {
        let before = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
        _ = try keygen().sign(statement, key: .file(path("key")), terminal: nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted() == before.sorted())
    }

    @Test func aKeyWithAPassphraseAndNobodyToAskSignsNothing() async throws {
        try await makeKey("locked", passphrase: "a secret phrase")
        let failure = #expect(throws: Failure.self) {
            try keygen().sign(statement, key: .file(path("locked")), terminal: nil)
        }
        #expect(failure?.kind == .auth)
    }

    @Test func aKeyOfTheAgentSigns() async throws {
        let socket = path("agent")
        let agent = try await run(URL(fileURLWithPath: "/usr/bin/ssh-agent"), ["-s", "-a", socket])
        let number = agent.output.split(separator: ";").first { $0.contains("SSH_AGENT_PID=") }
            .flatMap { $0.split(separator: "=").last }.flatMap { pid_t($0) }
        let process = try #require(number, "\(agent.output)\(agent.errors)")
        defer { kill(process, SIGTERM) }
        let added = try await run(
            URL(fileURLWithPath: "/usr/bin/ssh-add"), ["-q", path("key")], environment: ["SSH_AUTH_SOCK": socket])
        #expect(added.status == 0, "\(added.errors)")
        let line = try publicKey("key")
        // The agent alone must be enough.
        try FileManager.default.removeItem(atPath: path("key"))
        let keygen = keygen(["SSH_AUTH_SOCK": socket])
        let listed = try #require(try keygen.agentKeys().first)
        #expect(listed.hasPrefix(line))
        let signature = try keygen.sign(statement, key: .ofAgent(listed), terminal: nil)
        let signer = try keygen.verify(
            statement, signature: signature, person: "alice", signers: Array("alice \(line)\n".utf8))
        #expect(signer != nil)
    }

    @Test func withoutAnAgentThereAreNoKeys() throws {
        #expect(try keygen().agentKeys().isEmpty)
        #expect(try keygen(["SSH_AUTH_SOCK": path("nowhere")]).agentKeys().isEmpty)
    }

    /// A key on a FIDO token is a file like any other to ssh-keygen, which asks for the touch itself.
    @Test func aHardwareKeyIsNamedByItsFile() {
        #expect(
            SSHKeygen.signing("/tmp/x/statement", key: "/home/a/.ssh/id_ed25519_sk", "pvelua-approval")
                == [
                    "-Y", "sign", "-q", "-n", "pvelua-approval", "-f", "/home/a/.ssh/id_ed25519_sk", "/tmp/x/statement",
                ])
        #expect(
            SSHKeygen.verification(of: "alice", "pvelua-approval")
                == [
                    "-Y", "verify", "-f", "/proc/self/fd/4", "-I", "alice", "-n", "pvelua-approval", "-s",
                    "/proc/self/fd/3",
                ])
    }

    @Test(arguments: [
        ("Good \"n\" signature for a with ED25519 key SHA256:sjpWGF2vfey4QqGFeVjbB85NvNRltTv/m/GfgwKsI60\n", true),
        ("Good \"n\" signature for a with ED25519 key SHA256:sjpWGF2\n", false),
        ("Could not verify signature.\n", false),
        ("Good \"n\" signature\nGood SHA256:sjpWGF2vfey4QqGFeVjbB85NvNRltTv/m/GfgwKsI60\n", false),
        ("", false),
    ])
    func aFingerprintIsReadOnlyFromTheOneLineThatSaysGood(output: String, isGood: Bool) {
        #expect((SSHKeygen.fingerprint(Array(output.utf8)) != nil) == isGood)
    }

    @Test func aMachineWithoutOpenSSHIsToldWhatToInstall() {
        let keygen = SSHKeygen(namespace: "n", environment: [:], folder: folder.url.path)
        let failure = #expect(throws: Failure.self) { try keygen.sign(statement, key: .file("k"), terminal: nil) }
        #expect(failure?.kind == .config)
        #expect(failure?.hint?.contains("openssh-client") == true)
    }
}

// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport
import Testing

/// `pvelua cluster pin`.
struct ClusterPinTests {
    let bench: LoginBench
    init() throws { bench = try LoginBench() }

    private static let auth = "{ token_id: root@pam!demo, token_secret: { env: T } }"
    private func pin(_ arguments: String...) throws -> ProcessResult {
        try bench.runner.pvelua(
            ["cluster", "pin", "lab"] + arguments, environment: ["T": bench.server.secret])
    }

    @Test func aChangedCertificateIsShownBesideTheOldOneAndAcceptedByYes() throws {
        let old = bench.wrongPin
        try bench.configure(auth: Self.auth, tls: "{ fingerprints: [\"\(old)\"] }   # pins")
        let result = try bench.atTerminal(
            [["type yes", "yes\n"]], "cluster", "pin", "lab", environment: ["T": bench.server.secret])
        #expect(result.status == 0, "\(result.output)")
        for words in [
            bench.host + "  changed", "old        \(old)", bench.server.fingerprint, "pve-root-ca.pem", "valid",
        ] {
            #expect(result.output.contains(words), "\(words) in \(result.output)")
        }
        // Several pins are kept, and the comment too.
        #expect(bench.text.contains("fingerprints: [\"\(old)\", \"\(bench.server.fingerprint)\"] }   # pins"))
        #expect(try bench.requests().isEmpty)
    }

    @Test func aNoChangesNothing() throws {
        try bench.configure(auth: Self.auth, tls: "{ fingerprints: [\"\(bench.wrongPin)\"] }")
        let before = bench.text
        let result = try bench.atTerminal([["type yes", "no\n"]], "cluster", "pin", "lab")
        #expect(result.status == 20 && bench.text == before, "\(result.output)")
    }

    @Test func withoutATerminalOnlyTheNamedFingerprintIsAccepted() throws {
        try bench.configure(auth: Self.auth, tls: "{ fingerprints: [\"\(bench.wrongPin)\"] }")
        #expect(try pin().status == 20)
        let other = (bench.server.fingerprint.hasPrefix("22") ? "33" : "22") + bench.server.fingerprint.dropFirst(2)
        #expect(try pin("--fingerprint", other).status == 4)
        let accepted = try pin("--fingerprint", bench.server.fingerprint)
        #expect(accepted.status == 0, "\(accepted.errors)")
        #expect(bench.text.contains(bench.server.fingerprint) && bench.text.contains(bench.wrongPin))
    }

    @Test func nodesAreLearntOfOverATrustedConnection() throws {
        try bench.configure(auth: Self.auth, tls: "{ fingerprints: [\"\(bench.server.fingerprint)\"] }")
        let result = try pin("--format", "json")
        #expect(result.status == 20)
        let rows = try JSONValue(parsing: result.output)["hosts"]?.array ?? []
        #expect(rows.compactMap { $0["host"]?.string } == [bench.host, "node pve1", "node pve2"])
        #expect(rows.compactMap { $0["state"]?.string } == ["known", "new", "new"])
    }

    @Test func pinsThatNobodyShowsAreDroppedOnDemand() throws {
        try bench.configure(
            auth: Self.auth, tls: "{ fingerprints: [\"\(bench.wrongPin)\", \"\(bench.server.fingerprint)\"] }")
        let survey = try JSONValue(parsing: try pin("--format", "json").output)
        let nodes = survey["hosts"]?.array?.compactMap { $0["fingerprint"]?.string } ?? []
        #expect(nodes.count == 3)
        let result = try pin(["--prune"] + nodes.flatMap { ["--fingerprint", $0] })
        #expect(result.status == 0, "\(result.errors)")
        #expect(!bench.text.contains(bench.wrongPin))
        #expect(nodes.allSatisfy { bench.text.contains($0) })
    }

    private func pin(_ arguments: [String]) throws -> ProcessResult {
        try bench.runner.pvelua(["cluster", "pin", "lab"] + arguments, environment: ["T": bench.server.secret])
    }

    @Test func anAuthorityNeedsNoPins() throws {
        try bench.configure(auth: Self.auth)
        let before = bench.text
        let result = try pin()
        #expect(result.status == 0 && result.errors.contains("there is nothing to pin"), "\(result.errors)")
        #expect(bench.text == before)
    }

    @Test(
        arguments: [
            (["--host", "127.0.0.1:1"], Int32(4)), (["--prune", "--host", "a"], Int32(2)),
            (["--fingerprint", "x"], Int32(2)),
        ] as [([String], Int32)])
    func whatCannotBeDoneHasItsStatus(_ arguments: [String], _ status: Int32) throws {
        try bench.configure(auth: Self.auth, tls: "{ fingerprints: [\"\(bench.server.fingerprint)\"] }")
        let result = try pin(arguments)
        #expect(result.status == status, "\(result.errors)")
    }

    @Test func aPromptedPasswordIsNotAskedForJustToLook() throws {
        try bench.configure(
            auth: "{ user: root@pam, password: prompt }", tls: "{ fingerprints: [\"\(bench.server.fingerprint)\"] }")
        let result = try bench.atTerminal([], "cluster", "pin")
        #expect(result.status == 0 && result.output.contains("all certificates are known"), "\(result.output)")
        #expect(try bench.requests().isEmpty)
    }
}

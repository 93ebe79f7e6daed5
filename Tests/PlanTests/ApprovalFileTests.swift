// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Plan
import Testing

struct ApprovalFileTests {
    /// Made by OpenSSH 9.2 over `hello`.
    static let armored = """
        -----BEGIN SSH SIGNATURE-----
        U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgWbE2+JUltfldgS53NinWj/ZJuW
        UryNX8CjDLrxTlujQAAAAPcHZlbHVhLWFwcHJvdmFsAAAAAAAAAAZzaGE1MTIAAABTAAAA
        C3NzaC1lZDI1NTE5AAAAQKZSh8NQuGata5sf419Rb+mUeyH7teXCs8Kae6iIe8dhfdCxuF
        ceIPWIJUQ5GrMBX5wC1xjvhQ71OsproWEfYAc=
        -----END SSH SIGNATURE-----

        """

    private func approval() throws -> ApprovalFile {
        ApprovalFile(
            ApprovalStatement(
                .approve, of: PlanFile(PlanFileTests.full()), by: "alice@example.com",
                nonce: String(repeating: "0a", count: 16), signed: 1_795_000_000, expires: 1_795_003_600),
            try #require(SSHSignature(armored: Self.armored)))
    }

    @Test func aSignatureTellsItsKeyAndWhatItIsFor() throws {
        let signature = try #require(SSHSignature(armored: Self.armored))
        #expect(signature.keyType == "ssh-ed25519")
        #expect(signature.namespace == "pvelua-approval")
        #expect(signature.keyText == "AAAAC3NzaC1lZDI1NTE5AAAAIFmxNviVJbX5XYEudzYp1o/2SbllK8jV/Aowy68U5bo0")
        #expect(!signature.isOfCertificate)
    }

    @Test func anApprovalComesBackFromItsFileAsItWas() throws {
        let file = try approval()
        #expect(try ApprovalFile(reading: file.bytes) == file)
    }

    @Test func theSignedBytesAreCanonical() throws {
        let file = try approval()
        let digest = PlanFile(PlanFileTests.full()).digest
        let shown = PlanText(PlanFile(PlanFileTests.full())).sha256
        #expect(
            String(decoding: file.statement.bytes, as: UTF8.self) == """
                {"digest":"\(digest)","expires":1795003600,"nonce":"0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a",\
                "person":"alice@example.com","shown_sha256":"\(shown)","signed":1795000000,"verdict":"approve","version":1}
                """)
    }

    @Test(arguments: [
        ("\"person\":\"alice@example.com\"", "\"person\":\"*@example.com\""),
        ("\"person\":\"alice@example.com\"", "\"person\":\"-oalice\""),
        ("\"person\":\"alice@example.com\"", "\"person\":\"a,b\""),
        ("\"person\":\"alice@example.com\"", "\"person\":\"\""),
        ("\"verdict\":\"approve\"", "\"verdict\":\"deny\""), ("\"verdict\":\"approve\"", "\"verdict\":\"Approve\""),
        ("\"expires\":1795003600,", ""), ("\"nonce\":\"0a", "\"nonce\":\"0A"), ("\"nonce\":\"0a", "\"nonce\":\""),
        ("\"version\":1}\n", "\"version\":2}\n"), ("{\"signature\"", "{\"more\":1,\"signature\""),
        ("\"signed\":1795000000", "\"signed\":1795000000.0"), ("\"signed\":1795000000", "\"signed\":1.795e9"),
        ("}\n", "}"), ("{\"digest\"", "{ \"digest\""), ("AAAAQKZ", "AAAAQ\\nKZ"), ("YAc=", "YAd="), ("YAc=", "YAc"),
    ])
    func anythingThatPveluaWouldNotWriteIsRefused(old: String, new: String) throws {
        let text = String(decoding: try approval().bytes, as: UTF8.self)
        let parts = text.split(separator: old, maxSplits: 1, omittingEmptySubsequences: false)
        try #require(parts.count == 2, "there is no \(old)")
        let changed = parts.joined(separator: new)
        #expect(throws: Failure.self) { try ApprovalFile(reading: Array(changed.utf8)) }
    }

    @Test func namesOfAKeyAreThoseOfAllItsLines() {
        let signers = AllowedSigners(
            Array(
                """
                # people
                alice@example.com,alice ssh-ed25519 AAAAkey1 laptop
                "bob@example.com" namespaces="pvelua-approval,git" ssh-ed25519 AAAAkey1
                *@example.com cert-authority ssh-ed25519 AAAAkey1
                carol@example.com   sk-ssh-ed25519@openssh.com AAAAkey2
                broken AAAAkey1
                """.utf8))
        #expect(signers.names(ofKey: "AAAAkey1") == ["alice@example.com", "alice", "bob@example.com"])
        #expect(signers.names(ofKey: "AAAAkey2") == ["carol@example.com"])
        #expect(signers.hasAuthority)
        #expect(signers.lines.count == 4)
    }
}

// SPDX-License-Identifier: Apache-2.0
import Model
import Proxmox
import Testing

struct CredentialTests {
    @Test func theTokenGoesIntoTheAuthorizationField() async throws {
        let token = try APIToken(id: "automation@pve!runbooks", secret: Secret("1111-2222"))
        #expect(
            try await token.headers(for: .get) == [
                HTTPHeader("Authorization", "PVEAPIToken=automation@pve!runbooks=1111-2222")
            ])
    }

    @Test(arguments: ["root@pam!test", "jo@corp.example@ldap!ci-1", "a!b@pve!x.y"])
    func tokenIDsAreTaken(_ id: String) throws {
        #expect(try APIToken(id: id, secret: Secret("s")).id == id)
    }

    @Test(arguments: [
        "", "root@pam", "root!test", "@pam!test", "root@!test", "root@pam!", "root@pam!1x", "root@pam!a b",
        "root@pam!a=b",
        "root@pam!a\r\nX: y", "root@pam!a;b", "root@pam!%41b",
    ])
    func textsThatAreNoTokenIDAreRefused(_ id: String) {
        let error = #expect(throws: Failure.self) { try APIToken(id: id, secret: Secret("s")) }
        #expect(error?.kind == .config)
    }

    @Test(arguments: ["", "a b", "a;b", "a%41", "a=b", "a\n", "a\r\nX: y", "ä"])
    func secretsThatWouldChangeTheFieldAreRefusedAndNotShown(_ text: String) {
        let error = #expect(throws: Failure.self) { try APIToken(id: "root@pam!test", secret: Secret(text)) }
        #expect(error?.kind == .config)
        if text.utf8.count > 2 { #expect(error?.message.contains(text) == false) }
    }

    @Test func secretsShowThemselvesToNobody() throws {
        let secret = Secret("hunter2")
        let token = try APIToken(id: "root@pam!test", secret: secret)
        var text = "\(secret) \(String(reflecting: secret)) \(token) \(String(reflecting: token)) \([secret])"
        dump(secret, to: &text)
        dump(token, to: &text)
        dump(["key": token], to: &text)
        #expect(!text.contains("hunter2"))
        // Not as bytes either.
        #expect(!text.contains("104"))
        #expect(text.contains("***"))
        #expect(secret.reveal { String(decoding: $0, as: UTF8.self) } == "hunter2")
    }
}

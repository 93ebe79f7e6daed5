// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Journal
import TestSupport
import Testing

/// What is a secret by its name, and what only looks like one.
struct RedactionTests {
    @Test(arguments: [
        "password", "cipassword", "new-password", "confirmation-password", "Password", "sshkeys", "ssh-public-keys",
        "secret",
        "token", "token_secret", "ticket", "vncticket", "CSRFPreventionToken", "PVEAuthCookie", "privatekey",
        "private_key",
        "encryption-key", "client-key", "eab-hmac-key", "corosync_authkey", "keyring", "otp", "totp", "OTP",
        "passphrase",
        "tfa-challenge", "apikey", "api_key", "db_password", "authorization", "smtp_passwd",
    ])
    func isASecret(_ name: String) { #expect(Redaction.isSecret(name)) }

    @Test(arguments: [
        "token_id", "tokenid", "full-tokenid", "token-id", "tokens", "generate-password", "hotplug", "keyboard",
        "monkey",
        "master-pubkey",
        "ciuser", "username", "userid", "fingerprint", "name", "memory", "snapname", "config-keys", "digest", "pubkey",
        "hotkeys", "author", "pool", "stop", "path", "keymap", "expire", "certkey",
    ])
    func isReadable(_ name: String) { #expect(!Redaction.isSecret(name)) }

    @Test(arguments: [
        ("user=a,password=b c", "user=a,password=[redacted] c"), ("password=b,user=a", "password=[redacted],user=a"),
        ("https://bob:pw@host/x?a=b", "https://bob:[redacted]@host/x?a=b"),
        ("https://bob:p@w@host", "https://bob:[redacted]@host"),
        ("/x?ticket=PVE%3A&port=1", "/x?ticket=[redacted]&port=1"),
        ("PVEAPIToken=root@pam!x=uuid", "PVEAPIToken=[redacted]"),
        ("sync: token=a; key=\"b\"", "sync: token=[redacted]; key=\"[redacted]\""),
    ])
    func textsLoseTheirSecrets(_ text: String, _ expected: String) {
        #expect(Redaction.redacted(text) == expected)
        #expect(Redaction.redacted(.array([.string(text)])) == .array([.string(expected)]))
        #expect(Redaction.redacted(expected) == expected)
    }

    @Test(arguments: [
        "", "=", "://", "a=b", "virtio=AA:BB:CC,bridge=vmbr0,firewall=1", "https://host:8006/x", "https://bob@host/",
        "ü=ö@",
        "password=", "password=********", "tokenid=root@pam!x", "local:100/vm-100-disk-0.qcow2,size=32G",
        "http://[::1]:80/",
    ])
    func otherTextsStayAsTheyAre(_ text: String) { #expect(Redaction.redacted(text) == text) }

    /// Whoever adds a name to the rules, or a new schema, sees here what becomes secret by it.
    @Test func allNamesOfTheSchemaThatAreSecretsAreKnown() throws {
        guard let folder = Places.reference else {
            print("skipped: shared/reference is not there, so the official schema cannot be read")
            return
        }
        let bytes = try Data(contentsOf: folder.appendingPathComponent("apidoc-8.json"))
        var names: Set<String> = []
        func walk(_ value: JSONValue) {
            for element in value.array ?? [] {
                for method in element["info"]?.object?.members ?? [] {
                    names.formUnion(method.value["parameters"]?["properties"]?.object?.keys ?? [])
                }
                element["children"].map(walk)
            }
        }
        walk(try JSONValue(parsing: Array(bytes)))
        #expect(names.count > 600)
        #expect(
            names.filter(Redaction.isSecret).sorted() == [
                "cipassword", "client-key", "confirmation-password", "eab-hmac-key", "encryption-key", "key", "keyring",
                "keys", "otp", "password", "secret", "ssh-public-keys", "sshkeys", "tfa-challenge", "ticket", "token",
                "totp", "vncticket",
            ])
    }
}

// SPDX-License-Identifier: Apache-2.0
import Model
import Testing

@testable import Configuration

struct LoginFormTests {
    private func auth(_ text: String) throws -> Authentication? {
        try ConfigurationFile.parse(
            "version: 1\nclusters:\n  lab:\n    hosts: [a]\n    auth: \(text)\n", file: "c", home: "/home/jo"
        ).clusters.first?.auth
    }

    @Test(arguments: [
        ("{ user: alice@pam, password: { env: P } }", SecretSource.environment("P"), SecretSource?.none),
        ("{ user: alice@pam, password: prompt }", .prompt, nil),
        ("{ user: alice@pam, password: { prompt: true }, totp: prompt }", .prompt, .prompt),
        ("{ user: alice@pam, password: { file: ~/p }, totp: { file: /t } }", .file("~/p"), .file("/t")),
        (
            "{ user: alice@pam, password: { command: [pass, p] }, totp: { env: T } }", .command(["pass", "p"]),
            .environment("T")
        ),
    ])
    func readsAUserWithPasswordAndSecondFactor(_ text: String, _ password: SecretSource, _ totp: SecretSource?) throws {
        guard case .login(let user, let first, let second, let place) = try auth(text) else {
            Issue.record("no login")
            return
        }
        #expect(user == "alice@pam" && first == password && second == totp)
        #expect(place.hasPrefix("c:5:"))
    }

    @Test(arguments: ["root@pam", "alice@pve", "jo@corp.example@ldap", "Jörg@AD-1"])
    func realmsStandBehindTheLastAt(_ user: String) throws {
        #expect(try auth("{ user: \(user), password: prompt }")?.identity == user)
    }

    @Test(arguments: [
        ("{ user: alice, password: prompt }", "c:5:19: expected name@realm"),
        ("{ user: alice@, password: prompt }", "c:5:19: expected name@realm"),
        (
            "{ user: alice@pve!x, password: prompt }",
            "c:5:19: expected name@realm, such as root@pam or alice@pve; this is a token"
        ),
        ("{ user: \"a b@pve\", password: prompt }", "c:5:19: expected name@realm"),
        ("{ user: alice@pve }", "c:5:11: auth needs the key `password`"),
        ("{ password: prompt }", "c:5:11: auth needs the key `user`"),
        ("{ user: alice@pve, password: hunter2 }", "c:5:40: a secret does not belong into the configuration"),
        ("{ user: alice@pve, password: \"prompt\" }", "c:5:40: a secret does not belong into the configuration"),
        ("{ user: alice@pve, password: { prompt: false } }", "c:5:50: write prompt: true"),
        ("{ user: alice@pve, password: { prompt: true, env: P } }", "c:5:40: a secret has exactly one of"),
        ("{ user: alice@pve, password: prompt, totp: 123456 }", "c:5:54: a secret does not belong"),
        ("{ user: alice@pve, password: prompt, token_id: a@pve!bb }", "c:5:19: `user`: a cluster has either a token"),
        (
            "{ token_id: a@pve!bb, token_secret: { env: T }, totp: prompt }",
            "c:5:65: `totp`: a cluster has either a token"
        ),
        ("{ token_id: a@pve!bb, token_secret: prompt }", "c:5:47: nobody types a token's secret"),
        ("{ username: alice@pve, password: prompt }", "c:5:13: unknown key `username`: write user"),
        ("{ user: alice@pve, passwort: prompt }", "c:5:30: unknown key `passwort`; did you mean `password`?"),
    ])
    func saysWhatIsWrongAndWhere(_ text: String, _ expected: String) {
        let failure = #expect(throws: Failure.self) { try auth(text) }
        #expect(failure?.kind == .config)
        #expect(failure?.message.hasPrefix(expected) == true, "\(failure?.message ?? "")")
        #expect(failure?.message.contains("hunter2") == false)
    }

    @Test func nobodyToAskIsAnAuthenticationFailure() {
        let failure = #expect(throws: Failure.self) {
            try SecretSource.prompt.resolve(environment: [:], home: "/")
        }
        #expect(failure?.kind == .auth && failure?.hint?.contains("{ file: PATH }") == true)
    }
}

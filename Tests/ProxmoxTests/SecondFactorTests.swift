// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Proxmox
import Testing

/// Logins that need a second factor.
extension TicketTests {
    private static func challenge(_ json: String) -> ScriptedTransport.Answer {
        let encoded = json.utf8.map { byte in
            let hex = String(byte, radix: 16, uppercase: true)
            return "%" + (hex.count == 1 ? "0" + hex : hex)
        }.joined()
        return .json(#"{"username":"alice@pam","NeedTFA":1,"ticket":"PVE:!tfa!\#(encoded):6B02C78A::sig"}"#)
    }

    @Test(arguments: [
        (#"{"totp":true,"recovery":[0,1]}"#, "totp:123456"), (#"{"totp":true}"#, "totp:123456"),
        (#"{"recovery":"available"}"#, "recovery:aaaa-bbbb"),
        (#"{"recovery":[0],"webauthn":{}}"#, "recovery:aaaa-bbbb"),
    ])
    func aChallengeIsAnsweredOnceWithItsTicket(_ json: String, _ response: String) async throws {
        let server = Self.server(login: { request, number in
            Self.body(request, "tfa-challenge") == nil ? Self.challenge(json) : Self.grant(number)
        })
        _ = try await client(server).send(read)
        let logins = server.seen.filter(Self.isLogin)
        #expect(logins.count == 2)
        #expect(logins.last.flatMap { Self.body($0, "password") } == response)
        #expect(logins.last.flatMap { Self.body($0, "tfa-challenge") }?.hasPrefix("PVE:!tfa!%7B") == true)
        #expect(server.seen.allSatisfy { Self.field($0, "Cookie")?.contains("tfa") != true })
    }

    @Test(arguments: [
        (#"{"webauthn":{"publicKey":{}}}"#, "webauthn"), (#"{"u2f":{},"yubico":true,"totp":false}"#, "u2f, yubico"),
        ("{}", "does not name"),
    ])
    func otherFactorsAreNamed(_ json: String, _ words: String) async throws {
        let server = Self.server(login: { _, _ in Self.challenge(json) })
        let client = try client(server)
        let found = await failure { () throws(Failure) in try await client.send(read) }
        #expect(found?.kind == .auth && found?.message.contains(words) == true, "\(String(describing: found))")
        #expect(server.seen.count == 1)
    }

    @Test func noCodeIsUsedTwice() async throws {
        let totp = try TOTP(base32: Secret("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"))
        let clock = VirtualClock()
        let server = Self.server(
            { request, number in number == 2 ? .status(401, "Authentication failed!") : .json("1") },
            login: { request, number in
                Self.body(request, "tfa-challenge") == nil ? Self.challenge(#"{"totp":true}"#) : Self.grant(number)
            })
        let client = try client(server, secrets: CountingSecrets(totp: totp), clock: clock)
        _ = try await client.send(read)
        // The ticket is refused when it is just old enough for a new login, still within two steps of time.
        clock.advance(.seconds(31))
        _ = try await client.send(read)
        let codes = server.seen.compactMap { Self.body($0, "tfa-challenge") == nil ? nil : Self.body($0, "password") }
        #expect(codes.count == 2 && codes[0] != codes[1], "\(codes)")
    }

    @Test(arguments: [
        "", "alice", "@pam", "alice@", "a b@pam", "a@p", "a:b@pam", "alice@pam!token", "a\n@pam", "a@1pam",
    ])
    func whatIsNoUserIsRefused(_ user: String) {
        let found = #expect(throws: Failure.self) {
            try TicketCredential(user: user, secrets: CountingSecrets()) { 0 }
        }
        #expect(found?.kind == .config)
    }
}

// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Proxmox
import Testing

/// A password, second factors and how often they were asked for.
final class CountingSecrets: LoginSecrets {
    let asked = Lock(0)
    private let totp: TOTP?
    private let mayDiffer: Bool

    init(totp: TOTP? = nil, mayDiffer: Bool = false) {
        self.totp = totp
        self.mayDiffer = mayDiffer
    }

    func password(of user: String) async throws(Failure) -> Secret {
        asked.withLock { $0 += 1 }
        return Secret("hunter2")
    }
    func answer(
        to challenge: SecondFactorChallenge, of user: String
    ) async throws(Failure) -> SecondFactorAnswer {
        if let totp { return .generated(totp) }
        return challenge.takesCodes ? .code(Secret("123456")) : .recovery(Secret("aaaa-bbbb"))
    }
    func wereRefused() async -> Bool { mayDiffer }
}

struct TicketTests {
    static let user = "alice@pam"

    static func grant(_ number: Int) -> ScriptedTransport.Answer {
        .json(
            #"{"username":"alice@pam","ticket":"PVE:alice@pam:6B02C78A::a+b/c\#(number)==","CSRFPreventionToken":"6B02C78A:t/\#(number)"}"#
        )
    }

    /// A server that lets everybody in and answers 1; logins are numbered.
    static func server(
        _ other: @escaping @Sendable (HTTPRequest, Int) async -> ScriptedTransport.Answer = { _, _ in .json("1") },
        login: @escaping @Sendable (HTTPRequest, Int) async -> ScriptedTransport.Answer = { _, number in grant(number) }
    ) -> ScriptedTransport {
        let logins = Lock(0)
        let others = Lock(0)
        @Sendable func next(_ count: Lock<Int>) -> Int {
            count.withLock { count in
                count += 1
                return count
            }
        }
        return ScriptedTransport { request, _ in
            if isLogin(request) { return await login(request, next(logins)) }
            return await other(request, next(others))
        }
    }

    static func isLogin(_ request: HTTPRequest) -> Bool { request.target == "/api2/json/access/ticket" }
    static func body(_ request: HTTPRequest, _ name: String) -> String? {
        (try? JSONValue(parsing: request.body ?? []))?[name]?.string
    }
    static func field(_ request: HTTPRequest, _ name: String) -> String? {
        request.headers.first { $0.name == name }?.value
    }

    func client(
        _ transports: any Transport..., secrets: any LoginSecrets = CountingSecrets(),
        clock: VirtualClock = VirtualClock()
    ) throws -> ProxmoxClient {
        let credential = try TicketCredential(user: Self.user, secrets: secrets) {
            1_800_000_000 + Double(clock.now().components.seconds)
        }
        return ProxmoxClient(
            hosts: transports.enumerated().map { ProxmoxHost(name: "host\($0.offset + 1)", transport: $0.element) },
            credential: credential, settings: ClientSettings(jitter: { 0.5 }), clock: clock)
    }

    let read: APICall
    let write: APICall

    init() throws {
        read = try APICall.get("version")
        write = APICall(.post, try APIPath(["nodes", "pve1", "qemu", "100", "status", "start"]))
    }

    @Test func theTicketGoesIntoAnEncodedCookieAndTheTokenIntoEveryChange() async throws {
        let server = Self.server()
        let client = try client(server)
        _ = try await client.send(read)
        _ = try await client.send(write)
        #expect(server.seen.count == 3)
        #expect(Self.body(server.seen[0], "username") == Self.user)
        #expect(Self.body(server.seen[0], "password") == "hunter2")
        #expect(Self.field(server.seen[0], "Cookie") == nil)
        for request in server.seen.dropFirst() {
            #expect(Self.field(request, "Cookie") == "PVEAuthCookie=PVE%3Aalice%40pam%3A6B02C78A%3A%3Aa%2Bb%2Fc1%3D%3D")
            #expect(Self.field(request, "Authorization") == nil)
        }
        #expect(Self.field(server.seen[1], "CSRFPreventionToken") == nil)
        #expect(Self.field(server.seen[2], "CSRFPreventionToken") == "6B02C78A:t/1")
    }

    @Test func manyCallsAtOnceShareOneLogin() async throws {
        let server = Self.server(login: { _, number in
            try? await Task.sleep(for: .milliseconds(50))
            return Self.grant(number)
        })
        let client = try client(server)
        let read = read
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<50 { group.addTask { (try? await client.send(read)) != nil } }
            for await isFine in group { #expect(isFine) }
        }
        #expect(server.seen.filter(Self.isLogin).count == 1)
        #expect(server.seen.count == 51)
    }

    @Test func whoGivesUpLeavesTheLoginToTheOthers() async throws {
        let gate = Lock<[CheckedContinuation<Void, Never>]>([])
        let server = Self.server(login: { _, number in
            await withCheckedContinuation { continuation in gate.withLock { $0.append(continuation) } }
            return Self.grant(number)
        })
        let client = try client(server)
        let read = read
        let impatient = Task { await failure { () throws(Failure) in try await client.send(read) } }
        let patient = Task { await failure { () throws(Failure) in try await client.send(read) } }
        while gate.withLock({ $0.isEmpty }) { await Task.yield() }
        impatient.cancel()
        #expect(await impatient.value?.kind == .cancelled)
        gate.withLock { $0.forEach { $0.resume() } }
        #expect(await patient.value == nil)
        #expect(server.seen.filter(Self.isLogin).count == 1)
    }

    @Test func aTicketIsRenewedWithItselfFromAnHourOn() async throws {
        let (server, clock, secrets) = (Self.server(), VirtualClock(), CountingSecrets())
        let client = try client(server, secrets: secrets, clock: clock)
        for _ in 0..<4 {
            _ = try await client.send(read)
            clock.advance(.seconds(3601))
        }
        let logins = server.seen.filter(Self.isLogin)
        #expect(
            logins.map { Self.body($0, "password") } == [
                "hunter2", "PVE:alice@pam:6B02C78A::a+b/c1==", "PVE:alice@pam:6B02C78A::a+b/c2==",
                "PVE:alice@pam:6B02C78A::a+b/c3==",
            ])
        #expect(secrets.asked.withLock { $0 } == 1)
    }

    @Test func aFailedRenewalDoesNotFailTheCallAndIsTriedAgainLater() async throws {
        let clock = VirtualClock()
        let server = Self.server(login: { _, number in
            number == 2 ? .broken(.reset, sent: true) : Self.grant(number)
        })
        let client = try client(server, clock: clock)
        _ = try await client.send(read)
        clock.advance(.seconds(3700))
        _ = try await client.send(write)
        _ = try await client.send(read)
        #expect(server.seen.filter(Self.isLogin).count == 2)
        #expect(server.seen.last.flatMap { Self.field($0, "Cookie") }?.hasSuffix("c1%3D%3D") == true)
        clock.advance(.seconds(61))
        _ = try await client.send(read)
        #expect(server.seen.filter(Self.isLogin).count == 3)
        #expect(server.seen.last.flatMap { Self.field($0, "Cookie") }?.hasSuffix("c3%3D%3D") == true)
    }

    @Test func aTicketThatRanOutIsReplacedBeforeAChangeIsSent() async throws {
        let (server, clock) = (Self.server(), VirtualClock())
        let client = try client(server, clock: clock)
        _ = try await client.send(read)
        clock.advance(.seconds(7150))
        _ = try await client.send(write)
        #expect(server.seen.filter(Self.isLogin).compactMap { Self.body($0, "password") } == ["hunter2", "hunter2"])
        #expect(server.seen.filter { $0.target.hasSuffix("/start") }.count == 1)
    }

    @Test func aReadIsRepeatedOnceAfterAFreshLogin() async throws {
        let clock = VirtualClock()
        let server = Self.server({ _, number in number == 2 ? .status(401, "Authentication failed!") : .json("1") })
        let client = try client(server, clock: clock)
        _ = try await client.send(read)
        clock.advance(.seconds(100))
        _ = try await client.send(read)
        #expect(server.seen.map(Self.isLogin) == [true, false, false, true, false])
        #expect(server.seen.last.flatMap { Self.field($0, "Cookie") }?.hasSuffix("c2%3D%3D") == true)
    }

    @Test func aReadThatIsRefusedForEverEndsAfterOneFreshLogin() async throws {
        let clock = VirtualClock()
        let server = Self.server({ _, number in number > 1 ? .status(401, "Authentication failed!") : .json("1") })
        let client = try client(server, clock: clock)
        _ = try await client.send(read)
        clock.advance(.seconds(100))
        for _ in 0..<5 {
            let found = await failure { () throws(Failure) in try await client.send(read) }
            #expect(found?.kind == .auth && found?.status == 401)
            #expect(found?.message.contains("ticket of alice@pam") == true)
        }
        // One fresh login; the ticket it brought is too young to be at fault.
        #expect(server.seen.filter(Self.isLogin).count == 2)
    }

    @Test func aChangeIsNeverSentTwiceNotEvenAfter401() async throws {
        let clock = VirtualClock()
        let server = Self.server({ request, _ in
            request.method == .post ? .status(401, "Permission denied - invalid csrf token") : .json("1")
        })
        let client = try client(server, clock: clock)
        _ = try await client.send(read)
        clock.advance(.seconds(100))
        let found = await failure { () throws(Failure) in try await client.send(write) }
        #expect(found?.kind == .auth)
        #expect(found?.hint?.contains("nothing was changed") == true)
        #expect(server.seen.filter { $0.target.hasSuffix("/start") }.count == 1)
        #expect(server.seen.filter(Self.isLogin).count == 1)
        // The next call does not go on with the ticket that was refused.
        _ = try await client.send(read)
        #expect(server.seen.filter(Self.isLogin).count == 2)
    }

    /// It may have been counted as a wrong one, and whoever waits for a task looks every second.
    @Test func aLoginWithoutAnswerIsNotSentAtEveryLook() async throws {
        let clock = VirtualClock()
        let server = Self.server(login: { _, number in
            number == 1 ? .broken(.timeout, sent: true) : Self.grant(number)
        })
        let client = try client(server, clock: clock)
        for _ in 0..<5 {
            let found = await failure { () throws(Failure) in try await client.send(read) }
            #expect(found?.kind == .connection)
            #expect(found?.message.contains("got no answer") == true)
        }
        #expect(server.seen.count == 1)
        clock.advance(.seconds(61))
        _ = try await client.send(read)
        #expect(server.seen.filter(Self.isLogin).count == 2)
    }

    @Test func aWrongPasswordIsSentOnceAndThenNotForAWhile() async throws {
        let clock = VirtualClock()
        let server = Self.server(login: { _, _ in .status(401, "authentication failure") })
        let client = try client(server, clock: clock)
        for _ in 0..<5 {
            let found = await failure { () throws(Failure) in try await client.send(read) }
            #expect(found?.kind == .auth && found?.message.contains("login of alice@pam was refused") == true)
            #expect(found.map { "\($0) \($0.json)".contains("hunter2") } == false)
        }
        #expect(server.seen.count == 1)
        for _ in 0..<10 {
            clock.advance(.seconds(61))
            _ = await failure { () throws(Failure) in try await client.send(read) }
        }
        #expect(server.seen.count == 3)
    }

    @Test func aTypedPasswordMayBeTypedAgain() async throws {
        let server = Self.server(login: { _, number in
            number == 1 ? .status(401, "authentication failure") : Self.grant(2)
        })
        let secrets = CountingSecrets(mayDiffer: true)
        let client = try client(server, secrets: secrets)
        #expect(await failure { () throws(Failure) in try await client.send(read) }?.kind == .auth)
        _ = try await client.send(read)
        #expect(secrets.asked.withLock { $0 } == 2)
    }

    @Test(arguments: [
        (ScriptedTransport.Answer.broken(.connect, sent: false), ErrorKind?.none, 1),
        (.broken(.reset, sent: true), .connection, 0), (.broken(.timeout, sent: true), .connection, 0),
        (.status(596, "Connection timed out"), .connection, 0), (.broken(.tls, sent: false), .tls, 0),
        (.json("{}"), .server, 0), (.json(#"{"ticket":"PVE:a","CSRFPreventionToken":"a\r\nX: y"}"#), .server, 0),
        (.json(#"{"ticket":"PVE:!tfa!%7B%7D:1::x","NeedTFA":1}"#), .auth, 0),
        (.json(#"{"ticket":"PVE:!tfa!garbage:1::x","NeedTFA":1}"#), .server, 0),
        (.json(#"{"ticket":["x"],"NeedTFA":1}"#), .server, 0), (.json("null"), .server, 0),
        (.status(500, "cfs-lock 'x' error: no quorum!"), .noQuorum, 0),
    ])
    func aLoginGoesToTheNextHostOnlyWhereItWasNotSent(
        answer: ScriptedTransport.Answer, kind: ErrorKind?, others: Int
    ) async throws {
        let first = ScriptedTransport([answer])
        let second = Self.server()
        let client = try client(first, second)
        let found = await failure { () throws(Failure) in try await client.send(read) }
        #expect(found?.kind == kind, "\(String(describing: found))")
        #expect(first.seen.filter(Self.isLogin).count == 1)
        #expect(second.seen.filter(Self.isLogin).count == others)
    }

    @Test func aTicketShowsItselfToNobody() async throws {
        let server = Self.server()
        let client = try client(server)
        _ = try await client.send(read)
        let credential = try #require(client.credential as? TicketCredential)
        let ticket = try #require(credential.ticket)
        var text = "\(credential) \(ticket) \(String(reflecting: ticket)) \(String(reflecting: client.credential))"
        dump(ticket, to: &text)
        dump(credential, to: &text)
        dump(client, to: &text)
        dump(KnownLoginSecrets(password: Secret("hunter2")), to: &text)
        for hidden in ["hunter2", "a+b/c1", "a%2Bb", "t/1"] { #expect(!text.contains(hidden), "\(hidden)") }
        #expect(text.contains("***"))
    }

    @Test func aTokenLogsInNowhere() async throws {
        let server = ScriptedTransport([.status(401, "Authentication failed!")])
        let token = try APIToken(id: "root@pam!test", secret: Secret("1111-2222"))
        let client = ProxmoxClient(hosts: [ProxmoxHost(name: "h", transport: server)], credential: token)
        let found = await failure { () throws(Failure) in try await client.send(read) }
        #expect(found?.kind == .auth && server.seen.count == 1)
        #expect(Self.field(server.seen[0], "Cookie") == nil)
    }
}

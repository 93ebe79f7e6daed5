// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Proxmox
import Testing

@testable import Simulator

/// The client's time is the cluster's.
private struct SharedClock: ClientClock {
    let clock: VirtualClock
    let start: Double

    init(_ clock: VirtualClock) {
        self.clock = clock
        start = clock.now
    }

    func now() -> Duration { .seconds(clock.now - start) }
    /// Whole seconds take ten times as long as was asked for, so that three hours are a thousand looks and not ten thousand.
    func sleep(for duration: Duration) async throws(CancellationError) {
        if Task.isCancelled { throw CancellationError() }
        let (seconds, fraction) = duration.components
        clock.advance(by: Double(seconds) * 10 + Double(fraction) / 1e18)
        await Task.yield()
    }
}

/// Remembers the bodies of logins on their way to a simulated cluster.
private actor Watcher: Transport {
    private let inner: SimulatorTransport
    private(set) var passwords: [String] = []
    private(set) var others = 0

    init(_ cluster: SimulatedCluster) { inner = SimulatorTransport(cluster) }

    func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
        if request.target.hasSuffix("/access/ticket") {
            let body = (try? JSONValue(parsing: request.body ?? [])) ?? .null
            passwords.append(body["password"]?.string ?? "?")
        } else {
            others += 1
        }
        return try await inner.send(request)
    }
}

struct TicketLifeTests {
    static let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

    private func seed() -> ClusterSeed {
        var seed = ClusterSeed.demo()
        seed.users.append(
            SimulatedUser(
                "alice@pve", password: "pw", factors: SimulatedFactors(totp: Self.secret, recovery: ["aaaa-bbbb"])))
        seed.users.append(SimulatedUser("key@pve", password: "pw", factors: SimulatedFactors(webauthn: true)))
        seed.grants.append(SimulatedGrant("/", holder: "alice@pve", role: "Administrator"))
        return seed
    }

    private func client(
        _ watcher: Watcher, _ clock: VirtualClock, user: String = "root@pam", password: String = "demo",
        totp: TOTP? = nil
    ) throws -> ProxmoxClient {
        let credential = try TicketCredential(
            user: user, secrets: KnownLoginSecrets(password: Secret(password), totp: totp)
        ) { clock.now }
        return ProxmoxClient(
            hosts: [ProxmoxHost(name: "sim", transport: watcher)], credential: credential,
            settings: ClientSettings(jitter: { 0.5 }), clock: SharedClock(clock))
    }

    @Test(arguments: [("root@pam", "demo"), ("alice@pve", "pw")])
    func aWaitOfThreeHoursOutlivesItsTickets(user: String, password: String) async throws {
        // A full clone takes 6 s in life; here it takes three hours.
        let clock = VirtualClock(scale: 1800)
        let cluster = SimulatedCluster(seed(), clock: clock, options: .init(authDelay: 0))
        let watcher = Watcher(cluster)
        let client = try client(
            watcher, clock, user: user, password: password, totp: try TOTP(base32: Secret(Self.secret)))
        let start = clock.now
        let list = try await client.send(.get("cluster", "resources", parameters: [("type", .text("vm"))]))
        let template = list.data.array?.first { $0["vmid"]?.perlInteger == 9000 }
        let node = template?["node"]?.string ?? ""
        let clone = APICall(
            .post, try APIPath(["nodes", node, "qemu", "9000", "clone"]),
            [("newid", .integer(777)), ("full", .boolean(true))])
        let answer = try await client.send(clone)
        let upid = try #require(answer.data.string.flatMap { UPID($0) })
        let outcome = try await client.wait(for: upid, timeout: .seconds(4 * 3600))
        #expect(outcome.status == .ok)
        #expect(clock.now - start >= 10_800)
        // One login (and its second factor), and a renewal for each hour that had begun anew.
        let passwords = await watcher.passwords
        let typed = passwords.filter { $0 == password }
        let renewals = passwords.filter { $0.hasPrefix("PVE:\(user):") }
        #expect(typed.count == 1)
        #expect(renewals.count == Int((clock.now - start) / 3600), "\(clock.now - start) s")
        #expect(passwords.count == 1 + renewals.count + (user == "alice@pve" ? 1 : 0))
    }

    private func login(_ bench: Bench, _ fields: [String: String]) async -> JSONValue {
        let body = JSONValue.object(JSONObject(fields.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
        let response = await bench.cluster.respond(
            to: HTTPRequest(
                .post, "/api2/json/access/ticket", headers: [HTTPHeader("Content-Type", "application/json")],
                body: body.encoded()))
        let data = (try? JSONValue(parsing: response.body))?["data"] ?? .null
        return response.status == 200 ? data : .integer(Int64(response.status))
    }

    private func code(_ bench: Bench, steps: Int64 = 0) throws -> String {
        "totp:" + (try TOTP(base32: Secret(Self.secret))).code(step: TOTP.step(at: bench.clock.now) + steps)
    }

    @Test func aChallengeOpensNothingAndIsAnsweredByACode() async throws {
        let bench = Bench(seed())
        let asked = await login(bench, ["username": "alice@pve", "password": "pw"])
        #expect(asked["NeedTFA"]?.perlInteger == 1 && asked["cap"] == nil)
        let challenge = try #require(asked["ticket"]?.string)
        #expect(challenge.hasPrefix("PVE:!tfa!%7B"))
        var request = bench.request(.get, "/version")
        request.headers = [HTTPHeader("Cookie", "PVEAuthCookie=\(PercentCoding.encode(challenge))")]
        #expect(await bench.cluster.respond(to: request).status == 401)
        // It is no password either, and neither is it somebody else's.
        #expect(await login(bench, ["username": "alice@pve", "password": challenge]) == 401)
        let code = try code(bench)
        #expect(await login(bench, ["username": "root@pam", "password": code, "tfa-challenge": challenge]) == 401)
        #expect(
            await login(bench, ["username": "alice@pve", "password": code, "otp": code, "tfa-challenge": challenge])
                == 401)
        let answer = await login(bench, ["username": "alice@pve", "password": code, "tfa-challenge": challenge])
        let ticket = try #require(answer["ticket"]?.string)
        #expect(ticket.hasPrefix("PVE:alice@pve:") && answer["cap"] != nil)
        request.headers = [HTTPHeader("Cookie", "PVEAuthCookie=\(PercentCoding.encode(ticket))")]
        #expect(await bench.cluster.respond(to: request).status == 200)
        // The challenge is spent, and so is the code.
        #expect(await login(bench, ["username": "alice@pve", "password": code, "tfa-challenge": challenge]) == 401)
        #expect(await login(bench, ["username": "alice@pve", "password": "pw", "otp": code]) == 401)
        let next = try self.code(bench, steps: 1)
        #expect(await login(bench, ["username": "alice@pve", "password": "pw", "otp": next])["ticket"] != nil)
    }

    @Test func aRecoveryKeyIsGoodOnceAndASecurityKeyIsNamed() async throws {
        let bench = Bench(seed())
        let key = "recovery:aaaa-bbbb"
        #expect(await login(bench, ["username": "alice@pve", "password": "pw", "otp": key])["ticket"] != nil)
        #expect(await login(bench, ["username": "alice@pve", "password": "pw", "otp": key]) == 401)
        let asked = await login(bench, ["username": "key@pve", "password": "pw"])
        #expect(asked["ticket"]?.string?.contains("webauthn") == true)
    }

    @Test func eightWrongCodesLockTheFactor() async throws {
        let bench = Bench(seed())
        for _ in 0..<8 {
            #expect(await login(bench, ["username": "alice@pve", "password": "pw", "otp": "totp:000000"]) == 401)
        }
        #expect(await login(bench, ["username": "alice@pve", "password": "pw", "otp": try code(bench)]) == 401)
    }

    @Test func ticketsRunOutByTheClustersClockAndRenewThemselves() async throws {
        let bench = Bench(seed())
        var ticket = try #require(
            await login(bench, ["username": "alice", "realm": "pve", "password": "pw", "otp": try code(bench)])[
                "ticket"]?
                .string)
        for _ in 0..<3 {
            bench.clock.advance(by: 7100)
            #expect(await login(bench, ["username": "root@pam", "password": ticket]) == 401)
            let next = await login(bench, ["username": "alice@pve", "password": ticket])
            ticket = try #require(next["ticket"]?.string)
        }
        bench.clock.advance(by: 7200)
        #expect(await login(bench, ["username": "alice@pve", "password": ticket]) == 401)
        // Root may become anybody.
        let answer = await login(bench, ["username": "root@pam", "password": "demo"])
        let root = try #require(answer["ticket"]?.string)
        #expect(await login(bench, ["username": "alice@pve", "password": root])["ticket"] != nil)
    }

    @Test(
        arguments: [
            (["username": "alice", "password": "pw"], 401), (["username": "alice@nosuch", "password": "pw"], 401),
            (["username": "nobody@pve", "password": "pw"], 401), (["username": "audit@pve", "password": "DEMO"], 401),
            (["username": "audit@pve", "password": "demo"], nil),
            (["username": "audit", "realm": "pve", "password": "demo"], nil),
            (["username": "audit@pve", "realm": "pve", "password": "demo"], nil), (["username": "audit@pve"], 400),
        ] as [([String: String], Int?)])
    func realmsAreToldInTheNameOrBesideIt(fields: [String: String], status: Int?) async {
        let answer = await login(Bench(seed()), fields)
        if let status { #expect(answer.perlInteger == status) } else { #expect(answer["ticket"] != nil) }
    }
}

// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Proxmox
import Testing

@testable import Simulator

/// Users, tokens, roles and rights, as root's token and others see them.
struct AccessTests {
    let bench = Bench()

    /// Makes a role, a user and a separated token by the API, and says what its secret is.
    private func makeToken() async throws -> String {
        #expect(await bench.send(.post, "/access/roles", "roleid=Watch&privs=VM.Audit VM.PowerMgmt").status == 200)
        #expect(await bench.send(.post, "/access/users", "userid=t@pve").status == 200)
        let made = try await bench.data(.post, "/access/users/t@pve/token/x1", "privsep=1&comment=night")
        return "t@pve!x1=" + (made["value"]?.string ?? "")
    }

    private func seen(_ token: String) async throws -> (guests: Int, permissions: JSONValue) {
        let other = Bench2(bench.cluster, token)
        return (
            try await other.data("/cluster/resources?type=vm").array?.count ?? -1,
            try await other.data("/access/permissions")
        )
    }

    @Test func aSeparatedTokenHasWhatItAndItsUserHave() async throws {
        let token = try await makeToken()
        #expect(try await seen(token).guests == 0)
        _ = await bench.send(.put, "/access/acl", "path=/vms&users=t@pve&roles=Watch")
        #expect(try await seen(token).guests == 0, "the user's right alone is not the token's")
        _ = await bench.send(.put, "/access/acl", "path=/vms/101&tokens=t@pve!x1&roles=Watch")
        #expect(try await seen(token).guests == 1)
        _ = await bench.send(.put, "/access/acl", "path=/vms&users=t@pve&roles=Watch&delete=1")
        #expect(try await seen(token).guests == 0, "nor is the token's own without its user's")
    }

    @Test func aPoolsRoleReachesItsGuestsAndIsListed() async throws {
        let token = try await makeToken()
        for holder in ["users=t@pve", "tokens=t@pve!x1"] {
            _ = await bench.send(.put, "/access/acl", "path=/pool/web&roles=Watch&\(holder)")
        }
        let (guests, answer) = try await seen(token)
        #expect(guests == bench.cluster.snapshot().guests.values.count { $0.pool == "web" })
        let permissions = try #require(Permissions(answer))
        #expect(permissions.holds(["VM.PowerMgmt"], at: ACLPath("/vms/101")))
        #expect(!permissions.holds(["VM.PowerMgmt"], at: ACLPath("/vms/100")))
        guard case .only(let paths) = permissions.reach(of: .seeingGuests) else {
            Issue.record("not only on the pool")
            return
        }
        #expect(paths.first == ACLPath("/pool/web"))
    }

    @Test func aTokensFactsAreKeptAndItsEndEndsIt() async throws {
        let token = try await makeToken()
        let facts = try await bench.data(.get, "/access/users/t@pve/token/x1")
        #expect(facts["privsep"]?.perlBool == true)
        #expect(facts["comment"]?.string == "night")
        let soon = Int(bench.clock.now) + 60
        #expect(await bench.send(.put, "/access/users/t@pve/token/x1", "expire=\(soon)").status == 200)
        #expect(await Bench2(bench.cluster, token).status("/version") == 200)
        bench.clock.advance(by: 61)
        #expect(await Bench2(bench.cluster, token).status("/version") == 401)
    }

    @Test func removingATokenRemovesItsRights() async throws {
        _ = try await makeToken()
        _ = await bench.send(.put, "/access/acl", "path=/vms&tokens=t@pve!x1&roles=Watch")
        _ = await bench.send(.delete, "/access/users/t@pve/token/x1")
        let list = try await bench.data(.get, "/access/acl").array ?? []
        #expect(!list.contains { $0["ugid"]?.string == "t@pve!x1" })
        #expect(await bench.send(.delete, "/access/users/t@pve").status == 200)
        #expect(await bench.send(.delete, "/access/roles/Watch").status == 200)
    }

    @Test(arguments: [
        ("/access/roles", "roleid=PveThing&privs=VM.Audit", 400, "Parameter verification failed."),
        ("/access/roles", "roleid=PVEAuditor&privs=VM.Audit", 400, "Parameter verification failed."),
        ("/access/roles", "roleid=A1&privs=VM.Nonsense", 500, "create role failed: invalid privilege 'VM.Nonsense'"),
        ("/access/users", "userid=root@pam", 500, "create user failed: user 'root@pam' already exists"),
        ("/access/users/root@pam/token/demo", "", 400, "Parameter verification failed."),
    ])
    func whatProxmoxRefuses(path: String, form: String, status: Int, reason: String) async {
        let answer = await bench.send(.post, path, form)
        #expect(answer.status == status)
        #expect(answer.reason == reason)
    }

    @Test func rightsForATokenThatIsNotThereAreRefused() async {
        let answer = await bench.send(.put, "/access/acl", "path=/&tokens=root@pam!none&roles=PVEAuditor")
        #expect(answer.status == 500)
    }

    @Test func onlyAUserAsksAboutItsOwnTokens() async throws {
        let token = try await makeToken()
        #expect(await Bench2(bench.cluster, token).status("/access/users/t@pve/token") == 403)
        #expect(await Bench2(bench.cluster, token).status("/access/permissions?userid=t@pve") == 403)
    }
}

/// The same cluster asked by another.
private struct Bench2 {
    let cluster: SimulatedCluster
    let token: String

    init(_ cluster: SimulatedCluster, _ token: String) {
        self.cluster = cluster
        self.token = token
    }

    private func ask(_ path: String) async -> HTTPResponse {
        await cluster.respond(
            to: HTTPRequest(
                .get, "/api2/json" + path, headers: [HTTPHeader("Authorization", "PVEAPIToken=\(token)")]))
    }

    func status(_ path: String) async -> Int { await ask(path).status }
    func data(_ path: String) async throws -> JSONValue {
        try JSONValue(parsing: await ask(path).body)["data"] ?? .null
    }
}

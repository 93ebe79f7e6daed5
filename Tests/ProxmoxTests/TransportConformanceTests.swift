// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Model
import Proxmox
import TestSupport
import Testing

/// The ways to a cluster that are real: what holds for one must hold for the other.
enum Way: String, CaseIterable, Sendable {
    case curl, pvesh
}

/// What every transport has to do, against a running simulator.
struct TransportConformanceTests {
    let server: RunningServer
    let pvesh: StandInPvesh
    init() async throws {
        server = try await RunningServer()
        pvesh = try StandInPvesh(server)
    }

    private func client(_ way: Way) throws -> ProxmoxClient {
        switch way {
        case .pvesh:
            return ProxmoxClient(
                hosts: [ProxmoxHost(name: "pvesh", transport: pvesh.transport())], credential: LocalAccess())
        case .curl:
            let endpoint = try #require(HTTPEndpoint(host: "127.0.0.1", port: server.url.port ?? 0))
            let settings = CurlSettings(trust: .authority(file: server.authorityFile, pins: []))
            return ProxmoxClient(
                hosts: [ProxmoxHost(endpoint, settings: settings)],
                credential: try APIToken(id: server.tokenID, secret: Secret(server.secret)))
        }
    }

    private func guest(_ client: ProxmoxClient, _ vmid: Int) async throws -> GuestFacts {
        try await client.facts(of: try #require(VMID(vmid)))
    }

    @Test(arguments: Way.allCases)
    func listsGuests(way: Way) async throws {
        let rows = try await client(way).resources(type: .vm)
        #expect(rows.compactMap(\.vmid?.rawValue).sorted() == [100, 101, 102, 103, 110, 111, 9000])
    }

    @Test(arguments: Way.allCases, [103, 111])
    func startsAGuestAndSeesItRun(way: Way, vmid: Int) async throws {
        let client = try client(way)
        let facts = try await guest(client, vmid)
        let call = APICall(.post, try facts.reference.path("status", "start"))
        guard case .task(let upid) = try TaskReference(try await client.send(call).data) else {
            Issue.record("no task")
            return
        }
        #expect(upid.node == facts.node)
        #expect(try await client.wait(for: upid, timeout: .seconds(60)).status == .ok)
        #expect(try await client.verify(ExpectedEffect(.running), of: facts.reference, since: facts).holds)
    }

    @Test(arguments: Way.allCases)
    func aTaskThatFailsIsAFailureWithItsText(way: Way) async throws {
        let client = try client(way)
        let facts = try await guest(client, 101)
        let call = APICall(.post, try facts.reference.path("status", "start"))
        let failure = await #expect(throws: Failure.self) {
            guard case .task(let upid) = try TaskReference(try await client.send(call).data) else { return }
            _ = try await client.wait(for: upid, timeout: .seconds(60))
        }
        #expect(failure?.kind == .alreadyInState)
        #expect(failure?.raw == "VM 101 already running")
        #expect(failure?.upid?.contains(":qmstart:101:") == true)
    }

    @Test(arguments: Way.allCases)
    func aSnapshotIsMadeAndTakenAway(way: Way) async throws {
        let client = try client(way)
        let facts = try await guest(client, 102)
        func names() async throws -> [String] {
            let rows = try await client.send(APICall(.get, try facts.reference.path("snapshot"))).data.array ?? []
            return rows.compactMap { $0["name"]?.string }
        }
        for call in [
            APICall(
                .post, try facts.reference.path("snapshot"),
                [("snapname", .text("probe")), ("description", .text("-x --y=z; $(id)\n\"q\" 'é'"))]),
            APICall(.delete, try facts.reference.path("snapshot", "probe"), [("force", .boolean(true))]),
        ] {
            guard case .task(let upid) = try TaskReference(try await client.send(call).data) else {
                Issue.record("no task")
                return
            }
            _ = try await client.wait(for: upid, timeout: .seconds(60))
            #expect(try await names().contains("probe") == (call.method == .post))
        }
    }

    @Test(arguments: Way.allCases)
    func textsArriveAsTheyWereSent(way: Way) async throws {
        let client = try client(way)
        let facts = try await guest(client, 101)
        for text in ["-x", "--delete=name", "a=b=c;d&e+f%41", "two\nlines", "gr\u{fc}n \u{1F600}", "$(id) `id` '\"\\"] {
            let change = APICall(.put, try facts.reference.path("config"), [("description", .text(text))])
            _ = try await client.send(change)
            let config = try await client.send(APICall(.get, try facts.reference.path("config"))).data
            #expect(TextComparison.lines(config["description"]?.string) == TextComparison.lines(text))
        }
    }

    private struct Refused: Sendable {
        let method: HTTPMethod
        let path: String
        let parameters: [String: String]
        let kind: ErrorKind
        let text: String
    }

    @Test(arguments: Way.allCases)
    func refusalsAreOfTheSameKindAndSayTheSame(way: Way) async throws {
        let client = try client(way)
        let cases = [
            Refused(
                method: .get, path: "/nodes/pve1/qemu/999/config", parameters: [:], kind: .notFound,
                text: "does not exist"),
            Refused(method: .get, path: "/nonsense", parameters: [:], kind: .unsupported, text: "/nonsense"),
            Refused(
                method: .put, path: "/nodes/pve1/qemu/101/config", parameters: ["cores": "many"], kind: .parameter,
                text: "Parameter verification failed."),
            Refused(
                method: .post, path: "/nodes/pve1/qemu/101/snapshot", parameters: [:], kind: .parameter,
                text: "Parameter verification failed."),
        ]
        for refused in cases {
            let parameters = refused.parameters.map { (name: $0.key, value: APIParameter.text($0.value)) }
            let call = APICall(refused.method, try APIPath(parsing: refused.path), parameters)
            let failure = await #expect(throws: Failure.self) { try await client.send(call) }
            #expect(failure?.kind == refused.kind, "\(refused.path)")
            #expect(failure?.raw?.contains(refused.text) == true, "\(failure?.raw ?? "")")
            if refused.kind == .parameter { #expect(failure?.fields.isEmpty == false) }
        }
    }

    @Test func everyWriteOfPveshWasRunOnce() async throws {
        let client = try client(.pvesh)
        let facts = try await guest(client, 103)
        _ = try await client.send(APICall(.post, try facts.reference.path("status", "start")))
        let calls = try #require(pvesh.note("calls")).split(separator: "\n")
        #expect(calls.filter { $0.contains("\"create\"") }.count == 1)
        #expect(!calls.contains { $0.contains(server.secret) })
    }
}

/// Configurations end a description with a line end of their own.
private enum TextComparison {
    static func lines(_ text: String?) -> String? { text?.trimmingCharacters(in: .newlines) }
}

// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Proxmox
import Schema
import Simulator
import Synchronization
import Testing

/// Remembers every request and passes it on, or fails it.
private final class Listening: Transport {
    private let inner: any Transport
    private let state: Mutex<(seen: [HTTPRequest], failing: Int)>

    init(_ inner: any Transport, failing: Int = 0) {
        self.inner = inner
        state = Mutex(([], failing))
    }

    var seen: [HTTPRequest] { state.withLock { $0.seen } }

    func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
        let fails = state.withLock { state in
            state.seen.append(request)
            if state.failing > 0, request.target.hasPrefix("/pve-docs") {
                state.failing -= 1
                return true
            }
            return false
        }
        if fails { throw TransportFailure(.reset, mayHaveBeenSent: true, "reset") }
        return try await inner.send(request)
    }
}

private struct NoWaiting: ClientClock {
    func now() -> Duration { .zero }
    func sleep(for duration: Duration) async throws(CancellationError) {}
}

/// A server that answers everything with the same.
private struct Parrot: Transport {
    var status = 200
    var body = ""

    func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
        if request.target.hasPrefix("/api2/") {
            return HTTPResponse(status: 200, reason: "OK", body: Array(#"{"data":{"version":"8.4.1"}}"#.utf8))
        }
        return HTTPResponse(status: status, reason: "no such file '/pve-docs'", body: Array(body.utf8))
    }
}

struct FetchTests {
    private static let secret = "00000000-0000-4000-8000-000000000001"

    private func client(_ transports: any Transport...) throws -> ProxmoxClient {
        ProxmoxClient(
            hosts: transports.enumerated().map { ProxmoxHost(name: "host\($0.offset)", transport: $0.element) },
            credential: try APIToken(id: "root@pam!demo", secret: Secret(Self.secret)), clock: NoWaiting())
    }

    private func demo() -> SimulatorTransport {
        SimulatorTransport(SimulatedCluster(ClusterSeed.demo(), clock: VirtualClock()))
    }

    @Test func theFileIsFetchedWithoutACredential() async throws {
        let transport = Listening(demo())
        let file = try await client(transport).schemaFile()
        #expect(file.version == "8.4.21")
        #expect(file.modified?.hasSuffix("GMT") == true)
        let request = try #require(transport.seen.last)
        #expect(request.target == "/pve-docs/api-viewer/apidoc.js")
        #expect(request.headers.isEmpty)
        #expect(transport.seen.count == 2, "the version and the file")
        let schema = try APISchema(script: file.script, cluster: "demo", version: file.version)
        #expect(schema.methodCount > 100)
    }

    @Test func aLostAnswerIsAskedForAgainOnTheNextHost() async throws {
        let first = Listening(demo(), failing: 1)
        let second = Listening(demo())
        #expect(try await client(first, second).schemaFile().script.count > 1000)
        #expect(second.seen.map(\.target) == ["/pve-docs/api-viewer/apidoc.js"])
    }

    @Test(arguments: [
        (Parrot(status: 500), ErrorKind.unsupported), (Parrot(status: 404), .unsupported),
        (Parrot(status: 200), .unsupported),
        (Parrot(status: 595), .unsupported),
    ])
    private func aServerWithoutTheFileSaysSo(server: Parrot, kind: ErrorKind) async throws {
        var found: Failure?
        let client = try client(server)
        do throws(Failure) { _ = try await client.schemaFile() } catch { found = error }
        #expect(found?.kind == kind)
        #expect(found?.hint?.contains("apidoc.js") == true)
    }

    @Test func aFileThatIsAsOldAsTheLastIsNotSentAgain() async throws {
        let transport = demo()
        func status(_ since: String?) async throws -> (Int, Int) {
            let headers = since.map { [HTTPHeader("If-Modified-Since", $0)] } ?? []
            let answer = try await transport.send(HTTPRequest(.get, "/pve-docs/api-viewer/apidoc.js", headers: headers))
            return (answer.status, answer.body.count)
        }
        let whole = try await transport.send(HTTPRequest(.get, "/pve-docs/api-viewer/apidoc.js"))
        #expect(whole.headers.contains(HTTPHeader("Content-Type", "application/javascript")))
        let modified = try #require(whole.headers.first { $0.name == "Last-Modified" }?.value)
        #expect(modified == "Wed, 09 Apr 2025 00:00:00 GMT")
        for (since, expected) in [
            (modified, 304), ("Thu, 10 Apr 2025 00:00:00 GMT", 304), ("Tue, 08 Apr 2025 23:59:59 GMT", 200),
            ("Sat, 01 Mar 2025 00:00:00 GMT", 200), ("yesterday", 200),
        ] {
            let (code, length) = try await status(since)
            #expect(code == expected, "\(since)")
            #expect((length == 0) == (expected == 304))
        }
    }

    /// The simulator renders its schema from the table that answers: what one refuses the other must refuse too.
    @Test(
        arguments: [
            ("PUT", "/nodes/pve1/qemu/101/config", ["cores": "x"]),
            ("PUT", "/nodes/pve1/qemu/101/config", ["cores": "2"]),
            ("PUT", "/nodes/pve1/qemu/101/config", ["net3": "virtio"]),
            ("PUT", "/nodes/pve1/qemu/101/config", ["corse": "2"]),
            ("PUT", "/nodes/pve1/qemu/101/config", ["bios": "none"]),
            ("PUT", "/nodes/pve1/lxc/110/config", ["memory": "8"]),
            ("POST", "/nodes/pve1/qemu/101/snapshot", ["snapname": "1bad"]),
            ("POST", "/nodes/pve1/qemu/101/snapshot", [:]),
            ("POST", "/nodes/pve1/qemu/101/snapshot", ["snapname": "good"]), ("POST", "/pools", ["poolid": "web2"]),
            ("POST", "/pools", ["comment": "x"]),
            ("POST", "/nodes/pve1/qemu/101/status/suspend", ["statestorage": "local"]),
            ("POST", "/nodes/pve1/qemu/103/status/start", ["timeout": "-1"]),
            ("PUT", "/nodes/pve1/qemu/101/status/start", [:]),
            ("POST", "/nodes/pve1/qemu/101/status/strat", [:]), ("DELETE", "/nodes/pve1/qemu/101/snapshot/nosuch", [:]),
        ] as [(String, String, [String: String])])
    func theSimulatorAndItsSchemaAgree(method: String, path: String, parameters: [String: String]) async throws {
        let transport = demo()
        let client = try client(transport)
        let file = try await client.schemaFile()
        let schema = try APISchema(script: file.script, cluster: "demo", version: file.version)
        let method = try #require(HTTPMethod(rawValue: method))
        let call = APICall(
            method, try APIPath(parsing: path), parameters.map { (name: $0.key, value: .text($0.value)) })
        var refusal: Failure?
        do throws(Failure) {
            try schema.check(
                method: method.rawValue, path: call.path.segments,
                parameters: parameters.map { (name: $0.key, value: .string($0.value)) })
        } catch {
            refusal = error
        }
        var answer: Failure?
        do throws(Failure) { _ = try await client.send(call) } catch { answer = error }
        let isWrongCall = [400, 501].contains(answer?.status)
        #expect((refusal != nil) == isWrongCall, "\(refusal?.message ?? "taken") / \(answer?.message ?? "done")")
        if answer?.status == 400 { #expect(refusal?.fields.map(\.name) == answer?.fields.map(\.name)) }
    }
}

// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Model
import Proxmox
import TestSupport
import Testing

/// The client against `pvelua-sim` over HTTPS: what is sent is what arrives.
struct SimulatorWireTests {
    let server: RunningServer
    let client: ProxmoxClient

    init() async throws {
        server = try await RunningServer()
        let endpoint = try #require(HTTPEndpoint(host: "127.0.0.1", port: server.url.port ?? 0))
        let settings = CurlSettings(trust: .authority(file: server.authorityFile))
        client = ProxmoxClient(
            hosts: [ProxmoxHost(endpoint, settings: settings)],
            credential: try APIToken(id: server.tokenID, secret: Secret(server.secret)))
    }

    static let awkward = [
        "a;b", "a=b=c", "a+b", "a&b=c", "100%25", "50%", "#1", "a b", "?x", "ä€😀 Ünïcödé", "\\\"'`$(id)", "{}[]|^~",
        "line\nbreak\ttab", "a;b=c+d&e%f#g h/ü", "%3B%00", "<>&amp;", "\u{feff}x", "é", "e\u{301}",
    ]

    @Test(arguments: awkward)
    func textsInBodiesArriveAsTheyAre(_ text: String) async throws {
        let path = try APIPath("nodes", "pve1", "qemu", "103", "config")
        _ = try await client.send(APICall(.put, path, [("description", .text(text))]))
        let config = try await client.send(APICall(.get, path))
        // Proxmox ends a description with a line break when it writes it down.
        let found = try #require(config.data["description"]?.string)
        #expect(Array(found.utf8) == Array(text.utf8) || Array(found.utf8) == Array((text + "\n").utf8), "\(found)")
    }

    @Test func severalTagsArriveAsSeveral() async throws {
        let path = try APIPath("nodes", "pve1", "qemu", "103", "config")
        _ = try await client.send(APICall(.put, path, [("tags", .text("db;prod-1;x+y"))]))
        #expect(try await client.facts(of: try #require(VMID(103))).tags.sorted() == ["db", "prod-1", "x+y"])
    }

    @Test(arguments: awkward)
    func textsInQueriesArriveAsTheyAre(_ text: String) async throws {
        // A wrong number is told back word for word.
        let path = try APIPath("nodes", "pve1", "tasks")
        let found = await #expect(throws: Failure.self) {
            try await client.send(APICall(.get, path, [("limit", .text(text)), ("start", .integer(0))]))
        }
        #expect(found?.kind == .parameter)
        #expect(found?.fields.map(\.name) == ["limit"])
        #expect(found?.fields.first?.text.contains("got '\(text)'") == true, "\(found?.fields ?? [])")
    }

    @Test func longAnswersComePacked() async throws {
        let endpoint = try #require(HTTPEndpoint(host: "127.0.0.1", port: server.url.port ?? 0))
        let transport = CurlTransport(
            endpoint, settings: CurlSettings(trust: .authority(file: server.authorityFile), maximumBody: 1500))
        let token = [HTTPHeader("Authorization", "PVEAPIToken=\(server.tokenID)=\(server.secret)")]
        let short = try await transport.send(HTTPRequest(.get, "/api2/json/version", headers: token))
        #expect(!short.headers.contains { $0.name == "Content-Encoding" })
        // The limit counts what the answer is, not what travels: packed it would fit.
        let found = await #expect(throws: TransportFailure.self) {
            try await transport.send(HTTPRequest(.get, "/api2/json/cluster/resources", headers: token))
        }
        #expect(found == TransportFailure(.tooLarge, mayHaveBeenSent: true, "answer larger than 1500 bytes"))
        let wide = CurlTransport(endpoint, settings: CurlSettings(trust: .authority(file: server.authorityFile)))
        let long = try await wide.send(HTTPRequest(.get, "/api2/json/cluster/resources", headers: token))
        #expect(long.headers.contains(HTTPHeader("Content-Encoding", "gzip")))
        let length = long.headers.first { $0.name == "Content-Length" }.flatMap { Int($0.value) }
        #expect(try #require(length) < 1500)
        #expect(long.body.count > 1500)
        #expect(try JSONValue(parsing: long.body)["data"]?.array?.isEmpty == false)
        var settings = CurlSettings(trust: .authority(file: server.authorityFile))
        settings.takesPacked = false
        let plain = try await CurlTransport(endpoint, settings: settings).send(
            HTTPRequest(.get, "/api2/json/cluster/resources", headers: token))
        #expect(!plain.headers.contains { $0.name == "Content-Encoding" })
    }

    /// Packing saves the way; to this machine itself there is none.
    @Test(arguments: [
        ("127.0.0.1", true), ("127.8.9.255", true), ("localhost", true), ("LOCALHOST", true), ("::1", true),
        ("127.example.org", false), ("127.0.0.256", false), ("127.0.0.1.example", false), ("10.0.0.1", false),
        ("fe80::1", false), ("localhost.example", false),
    ])
    func whichServersAreThisMachine(_ host: String, _ isLoopback: Bool) throws {
        #expect(try #require(HTTPEndpoint(host: host)).isLoopback == isLoopback)
    }
}

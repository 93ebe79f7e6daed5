// SPDX-License-Identifier: Apache-2.0
import Foundation
import Model
import Proxmox
import Testing

struct CertificateProbeTests {
    let server: HostileServer
    init() async throws { server = try await HostileServer.shared.value }

    private func endpoint(_ port: String, host: String = "localhost") throws -> HTTPEndpoint {
        let number = try #require(server.ports[port])
        return try #require(HTTPEndpoint(host: host, port: number))
    }

    @Test(arguments: ["good", "other"])
    func showsWhatOpenSSLShowsAndSendsNothing(_ port: String) async throws {
        let mark = try String(
            contentsOf: server.folder.appendingPathComponent("requests.jsonl"), encoding: .utf8
        ).utf8.count
        let seen = try await CertificateProbe.look(at: try endpoint(port, host: "127.0.0.1"))
        #expect(seen.fingerprint == (try server.fingerprint(port)))
        #expect(seen.subject.contains("CN="))
        #expect(!seen.issuer.isEmpty)
        let now = Int64(Date().timeIntervalSince1970)
        #expect(seen.validity.contains(now))
        // Other tests write there too; none of them asks for the root.
        let text = try String(
            contentsOf: server.folder.appendingPathComponent("requests.jsonl"), encoding: .utf8)
        #expect(!text.dropFirst(mark).contains(#""target": "/""#))
    }

    @Test(arguments: [("hangup", ":"), ("stall", "time")])
    func aServerThatShowsNothingIsToldOfInTime(_ port: String, _ words: String) async throws {
        let endpoint = try endpoint(port)
        let found = await failure { () throws(Failure) in
            try await CertificateProbe.look(at: endpoint, timeout: .milliseconds(500))
        }
        // The server itself would hold on for half a minute and then close.
        #expect(found?.kind == .connection && found?.message.contains(words) == true, "\(String(describing: found))")
    }

    @Test func nobodyThereIsAConnectionFailure() async throws {
        let endpoint = try #require(HTTPEndpoint(host: "127.0.0.1", port: 1))
        let found = await failure { () throws(Failure) in try await CertificateProbe.look(at: endpoint) }
        #expect(found?.kind == .connection)
    }

    @Test func aChangedCertificateIsExplained() async throws {
        let pin = try #require(Fingerprint(bytes: [UInt8](repeating: 7, count: 32)))
        let host = ProxmoxHost(
            name: "pve1", transport: try server.transport(trust: .pins([pin])), pins: [pin],
            certificateHint: "pvelua cluster pin lab")
        let client = ProxmoxClient(hosts: [host], credential: NoCredential())
        let call = try APICall.get("version")
        let found = await failure { () throws(Failure) in try await client.send(call) }
        #expect(found?.kind == .tls)
        for words in ["pve1", pin.description, try server.fingerprint("good").description] {
            #expect(found?.message.contains(words) == true, "\(found?.message ?? "")")
        }
        #expect(found?.hint == "pvelua cluster pin lab")
    }
}

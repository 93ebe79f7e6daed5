// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport
import Testing

private enum Programs {
    static let curl = URL(fileURLWithPath: "/usr/bin/curl")
    static let simulator = Places.products.appendingPathComponent("pvelua-sim")
    static var areThere: Bool {
        [curl, simulator].allSatisfy { FileManager.default.isExecutableFile(atPath: $0.path) }
    }
}

/// The program as a process, asked by curl.
@Suite(.enabled(if: Programs.areThere, "needs curl and pvelua-sim"))
struct HTTPSTests {
    /// A server that lives for one test.
    private final class Server {
        let announced: AnnouncedProcess
        let announcement: JSONValue

        init(_ arguments: [String]) async throws {
            announced = try await AnnouncedProcess(
                Programs.simulator, ["serve", "--auth-delay", "0", "--time-scale", "0"] + arguments)
            announcement = try JSONValue(parsing: announced.line)
        }

        func text(_ key: String) -> String { announcement[key]?.string ?? "" }

        func curl(_ path: String, _ arguments: [String] = [], token: String? = nil) async throws -> String {
            let field = "Authorization: PVEAPIToken=\(token ?? text("token"))"
            let fixed = ["-sS", "-i", "--max-time", "20", "--cacert", text("ca_file"), "-H", field]
            let result = try await run(Programs.curl, fixed + arguments + [text("url") + path])
            return result.output.replacingOccurrences(of: "\r\n", with: "\n") + result.errors
        }

        func stop() async -> Int32 {
            announced.process.signal(SIGTERM)
            return await announced.process.ending()
        }
    }

    @Test func answersLookAsProxmoxsDoAndTheServerLeavesNothingBehind() async throws {
        let server = try await Server([])
        let version = try await server.curl("/api2/json/version")
        #expect(version.hasPrefix("HTTP/1.1 200 OK\nCache-Control: max-age=0\nConnection: Keep-Alive\nDate: "))
        #expect(version.contains("\nServer: pve-api-daemon/3.0\n"))
        #expect(version.contains(#""release":"8.4""#))
        #expect(
            try await server.curl("/api2/json/version", token: "root@pam!demo=no").hasPrefix(
                "HTTP/1.1 401 Authentication failed!\n"))
        #expect(
            try await server.curl("/api2/json/version", ["-X", "PATCH"]).hasPrefix(
                "HTTP/1.1 501 method 'PATCH' not available\n"))
        let chunked = ["-H", "Transfer-Encoding: chunked", "-d", "a=1"]
        #expect(
            try await server.curl("/api2/json/pools", chunked).contains("501 chunked transfer encoding not supported"))
        #expect(server.text("fingerprint").split(separator: ":").count == 32)
        let folder = URL(fileURLWithPath: server.text("ca_file")).deletingLastPathComponent().path
        let mode = try FileManager.default.attributesOfItem(atPath: folder)[.posixPermissions] as? Int
        #expect(mode == 0o700)
        #expect(await server.stop() == 0)
        #expect(!FileManager.default.fileExists(atPath: folder))
    }

    @Test func aTaskRunsOverTheWire() async throws {
        let server = try await Server([])
        let start = try await server.curl("/api2/json/nodes/pve1/qemu/103/status/start", ["-X", "POST"])
        #expect(start.contains("UPID:pve1:"))
        #expect(start.contains("\nConnection: close\nConnection: Keep-Alive\n"))
        #expect(
            try await server.curl("/api2/json/nodes/pve1/qemu/103/status/current").contains(#""qmpstatus":"running""#))
        #expect(await server.stop() == 0)
    }

    @Test func theHundredthAnswerEndsTheConnection() async throws {
        let server = try await Server([])
        let url = server.text("url") + "/api2/json/version"
        let more = (1..<105).flatMap { _ in [url] }
        let output = try await server.curl("/api2/json/version", ["-w", "<%{num_connects}>"] + more)
        let connections = output.components(separatedBy: "<").dropFirst().compactMap { $0.first }
        #expect(connections.count == 105)
        #expect(connections.filter { $0 == "1" }.count == 2)
        #expect(await server.stop() == 0)
    }

    @Test(arguments: [("gzip, deflate", "gzip"), ("deflate", "deflate"), ("identity", nil), ("gzip;q=1", "gzip")])
    func longAnswersArePackedAsAskedAndShortOnesNever(accepted: String, encoding: String?) async throws {
        let server = try await Server([])
        let options = ["--compressed", "-H", "Accept-Encoding: \(accepted)"]
        let long = try await server.curl("/api2/json/cluster/resources", options)
        #expect(long.contains("\nContent-Encoding: ") == (encoding != nil))
        if let encoding { #expect(long.contains("\nContent-Encoding: \(encoding)\n")) }
        // curl has unpacked it: the whole list is there, and what travelled was shorter.
        #expect(long.contains(#""id":"qemu/100""#) && long.hasSuffix("]}"))
        let body = long.components(separatedBy: "\n\n").last ?? ""
        let length = long.components(separatedBy: "Content-Length: ").last?.prefix { $0.isNumber }
        #expect((Int(length ?? "") ?? 0 < body.utf8.count) == (encoding != nil))
        #expect(!(try await server.curl("/api2/json/version", options)).contains("Content-Encoding"))
        #expect(await server.stop() == 0)
    }

    @Test func faultsActOnTheSocket() async throws {
        let server = try await Server(["--guests", "10", "--nodes", "2"])
        for (fault, complaint) in [
            (#"{"effect":"reset"}"#, "reset"), (#"{"effect":"drop-before-effect"}"#, "curl: ("),
            (#"{"effect":"garbage"}"#, "curl: ("), (#"{"effect":"truncate"}"#, "curl: ("),
            (#"{"effect":"status","status":596,"reason":"Connection timed out"}"#, "HTTP/1.1 596 Connection timed out"),
        ] {
            #expect(try await server.curl("/sim/faults", ["-d", fault]).hasPrefix("HTTP/1.1 200 OK"))
            #expect(try await server.curl("/api2/json/nodes").contains(complaint), "\(fault)")
        }
        let log = try await server.curl("/sim/requests")
        #expect(log.contains(#""path":"/api2/json/nodes","reached":false"#))
        #expect(await server.stop() == 0)
    }

    @Test(arguments: [
        (["serve", "--port", "99999"], Int32(64), "--port"),
        (["serve", "--cluster", "/nonexistent.yaml"], 1, "/nonexistent.yaml"),
        (["serve", "--time-scale", "-1"], 64, "--time-scale"),
    ])
    func wrongArgumentsAreRefused(arguments: [String], status: Int32, word: String) async throws {
        let result = try await run(Programs.simulator, arguments)
        #expect(result.status == status)
        #expect(result.errors.contains(word))
        #expect(result.output.isEmpty)
    }
}

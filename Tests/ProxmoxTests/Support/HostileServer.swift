// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Model
import Proxmox
import TestSupport

/// The Python server that misbehaves on request; one for all tests, ended with the test process.
struct HostileServer: Sendable {
    /// One request as the server saw it.
    struct Seen: Sendable {
        var method: String
        var target: String
        var connection: String
        var version: String
        var headers: [String: String]
        var body: String
    }

    let folder: URL
    let ports: [String: Int]
    private let fingerprints: [String: Fingerprint]
    private let process: AnnouncedProcess

    static let shared = Task { try await HostileServer() }

    private init() async throws {
        // A transport that asked the environment would end up at this proxy, which is none.
        for name in ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] { setenv(name, "http://127.0.0.1:1", 1) }
        folder = try TemporaryFolder().url
        try await Self.makeCertificates(in: folder)
        var fingerprints: [String: Fingerprint] = [:]
        for name in ["good", "other"] { fingerprints[name] = try await Self.fingerprint(name, in: folder) }
        self.fingerprints = fingerprints
        // Its input closes when this process ends, however that ends, and the server follows.
        let announced = try await AnnouncedProcess(
            URL(fileURLWithPath: "/usr/bin/env"),
            [
                "python3",
                Places.repository.appendingPathComponent("Tests/ProxmoxTests/Support/hostile_server.py").path,
                folder.path,
            ], holdsInput: true)
        process = announced
        let json = try JSONValue(parsing: announced.line)
        ports = Dictionary(
            (json.object?.members ?? []).compactMap { member in
                if case .integer(let port) = member.value { (member.key, Int(port)) } else { nil }
            }, uniquingKeysWith: { $1 })
    }

    var authority: String { folder.appendingPathComponent("ca.crt").path }

    func fingerprint(_ name: String) throws -> Fingerprint {
        guard let fingerprint = fingerprints[name] else { throw CocoaError(.formatting) }
        return fingerprint
    }

    /// What openssl says of a certificate.
    private static func fingerprint(_ name: String, in folder: URL) async throws -> Fingerprint? {
        let words = ["openssl", "x509", "-in", "\(name).crt", "-noout", "-fingerprint", "-sha256"]
        let result = try await run(URL(fileURLWithPath: "/usr/bin/env"), words, directory: folder)
        let text = result.output.split(separator: "=").last.map(String.init) ?? ""
        return Fingerprint(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// A transport to one of the server's ports.
    func transport(
        _ port: String = "good", host: String = "localhost", trust: ServerTrust? = nil,
        connectTimeout: Duration = .seconds(60), maximumConnections: Int = 8, maximumBody: Int = 64 << 20,
        change: (inout CurlSettings) -> Void = { _ in }
    ) throws -> CurlTransport {
        guard let number = ports[port], let endpoint = HTTPEndpoint(host: host, port: number) else {
            throw CocoaError(.fileNoSuchFile)
        }
        var settings = CurlSettings(
            trust: trust ?? .authority(file: authority), connectTimeout: connectTimeout,
            maximumConnections: maximumConnections, maximumBody: maximumBody)
        change(&settings)
        return CurlTransport(endpoint, settings: settings)
    }

    /// What the server has received whose path contains the mark.
    func seen(_ mark: String) throws -> [Seen] {
        let text = try String(contentsOf: folder.appendingPathComponent("requests.jsonl"), encoding: .utf8)
        // The last line may still be on its way.
        let whole = text[..<(text.lastIndex(of: "\n") ?? text.startIndex)]
        return try whole.split(separator: "\n").compactMap { line in
            guard line.contains(mark) else { return nil }
            let row = try JSONValue(parsing: String(line))
            guard let target = row["target"]?.string, target.contains(mark) else { return nil }
            let headers = Dictionary(
                (row["headers"]?.object?.members ?? []).map { ($0.key, $0.value.string ?? "") },
                uniquingKeysWith: { $1 })
            return Seen(
                method: row["method"]?.string ?? "", target: target, connection: row["connection"]?.string ?? "",
                version: row["version"]?.string ?? "", headers: headers, body: row["body"]?.string ?? "")
        }
    }

    /// Waits until the server has received a request whose path contains the mark.
    func arrival(_ mark: String) async throws {
        try await eventually("a request for \(mark)") { try !seen(mark).isEmpty }
    }

    /// Waits until the server has noticed that a connection is gone, and says when that was, in seconds since 1970.
    func departure(_ connection: String) async throws -> Double {
        var moment: Double?
        try await eventually("the end of connection \(connection)") {
            for line in try everything().split(separator: "\n") where line.contains(connection) {
                guard let note = try? JSONValue(parsing: String(line)), note["closed"]?.string == connection else {
                    continue
                }
                moment = note["time"]?.perlNumber
            }
            return moment != nil
        }
        return moment ?? 0
    }

    /// Everything the server has written down, for finding what must not be there.
    func everything() throws -> String {
        try String(contentsOf: folder.appendingPathComponent("requests.jsonl"), encoding: .utf8)
    }

    private static func makeCertificates(in folder: URL) async throws {
        func openssl(_ arguments: String...) async throws {
            let result = try await run(URL(fileURLWithPath: "/usr/bin/env"), ["openssl"] + arguments, directory: folder)
            guard result.status == 0 else { throw CocoaError(.fileWriteUnknown, userInfo: ["openssl": result.errors]) }
        }
        try await openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj",
            "/CN=Test Authority", "-keyout", "ca.key", "-out", "ca.crt")
        for (name, alternative) in [
            ("good", "DNS:localhost"), ("other", "DNS:elsewhere.example"),
        ] {
            try await openssl(
                "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=\(name)",
                "-keyout", "\(name).key", "-out", "\(name).csr")
            let extensions = folder.appendingPathComponent("\(name).ext")
            try Data("subjectAltName=\(alternative)\n".utf8).write(to: extensions)
            try await openssl(
                "x509", "-req", "-in", "\(name).csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days",
                "2",
                "-extfile", "\(name).ext", "-out", "\(name).crt")
            let both = try ["\(name).crt", "\(name).key"].map {
                try Data(contentsOf: folder.appendingPathComponent($0))
            }
            try (both[0] + both[1]).write(to: folder.appendingPathComponent("\(name).pem"))
        }
        // An authority that vouched for nothing here.
        try await openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj",
            "/CN=Stranger", "-keyout", "stranger.key", "-out", "stranger.crt")
    }
}

/// A value behind a lock.
final class Lock<Value>: @unchecked Sendable {
    private let mutex = NSLock()
    private var value: Value

    init(_ value: Value) { self.value = value }

    func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        try mutex.withLock { try body(&value) }
    }
}

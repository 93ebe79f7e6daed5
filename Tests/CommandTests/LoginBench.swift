// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport

/// The real binary beside a real HTTPS server whose users sign in, with or without a person at a terminal.
struct LoginBench {
    let runner: CommandLineRunner
    let server: RunningServer

    static let root = "the root pass/word+;="
    static let totp = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

    init() throws {
        runner = try CommandLineRunner()
        let seed = Places.repository.appendingPathComponent("Tests/CommandTests/Support/seed-login.yaml")
        server = try RunningServer("--cluster", seed.path)
    }

    var host: String { "127.0.0.1:\(server.url.port ?? 0)" }
    var configuration: URL { runner.home.url.appendingPathComponent("config/pvelua/config.yaml") }
    var text: String { (try? String(contentsOf: configuration, encoding: .utf8)) ?? "" }
    var wrongPin: String { (server.fingerprint.hasPrefix("00") ? "11" : "00") + server.fingerprint.dropFirst(2) }

    /// Writes a configuration with one cluster, `lab`.
    func configure(auth: String, tls: String? = nil) throws {
        try FileManager.default.createDirectory(
            at: configuration.deletingLastPathComponent(), withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        let tls = tls ?? "{ ca_file: \"\(server.authorityFile)\" }"
        let text = """
            version: 1   # the form
            clusters:
              lab:
                hosts: ["\(host)"]
                auth: \(auth)
                tls: \(tls)
                timeouts: { connect: 2s, request: 5s }   # short
            # the end

            """
        try Data(text.utf8).write(to: configuration)
    }

    /// Runs pvelua at a terminal where a person types.
    func atTerminal(_ steps: [[String]], _ arguments: String..., environment: [String: String] = [:]) throws
        -> ProcessResult
    {
        let json = String(decoding: try JSONEncoder().encode(steps), as: UTF8.self)
        let helper = Places.repository.appendingPathComponent("Tests/CommandTests/Support/terminal.py").path
        let own = [
            "HOME": runner.home.url.path, "TERM": "xterm",
            "XDG_CONFIG_HOME": runner.home.url.appendingPathComponent("config").path,
            "XDG_STATE_HOME": runner.home.url.appendingPathComponent("state").path,
        ]
        return try run(
            URL(fileURLWithPath: "/usr/bin/env"),
            ["python3", helper, json, Places.products.appendingPathComponent("pvelua").path] + arguments,
            environment: own.merging(environment) { $1 }, directory: Places.repository)
    }

    /// The paths that were asked for, as `METHOD /path`.
    func requests() throws -> [String] {
        let seen = try JSONValue(parsing: server.control("/sim/requests"))
        return (seen.array ?? seen["data"]?.array ?? []).compactMap { row in
            guard let path = row["path"]?.string ?? row["target"]?.string, path.hasPrefix("/api2/") else { return nil }
            return "\(row["method"]?.string ?? "") \(path.dropFirst("/api2/json".count))"
        }
    }

    func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }
}

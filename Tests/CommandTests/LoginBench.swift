// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport

/// The real binary beside a real HTTPS server whose users sign in, with or without a person at a terminal.
struct LoginBench {
    let runner: CommandLineRunner
    let server: RunningServer

    static let root = "the root pass/word+;="
    static let totp = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

    init() async throws {
        runner = try CommandLineRunner()
        let seed = Places.repository.appendingPathComponent("Tests/CommandTests/Support/seed-login.yaml")
        server = try await RunningServer("--cluster", seed.path)
    }

    var host: String { server.address }
    var configuration: URL { runner.configuration }
    var text: String { (try? String(contentsOf: configuration, encoding: .utf8)) ?? "" }
    var wrongPin: String { server.wrongFingerprint }

    /// Writes a configuration with one cluster, `lab`.
    func configure(auth: String, tls: String? = nil) throws {
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
        try runner.write("config.yaml", text)
    }

    /// Runs pvelua at a terminal where a person types.
    func atTerminal(_ steps: [[String]], _ arguments: String..., environment: [String: String] = [:]) async throws
        -> ProcessResult
    {
        try await runner.atTerminal(steps, arguments, environment: environment)
    }

    /// The paths that were asked for, as `METHOD /path`.
    func requests() async throws -> [String] {
        try await server.requests().filter { $0.path.hasPrefix("/api2/") }.map { request in
            "\(request.method) \(request.path.dropFirst("/api2/json".count))"
        }
    }

    func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }
}

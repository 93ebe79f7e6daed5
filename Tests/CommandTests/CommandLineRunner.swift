// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport

/// The real binary, in a home of its own, as a person would run it.
struct CommandLineRunner {
    let home: TemporaryFolder

    init() throws { home = try TemporaryFolder() }

    /// Runs pvelua with standard input from nowhere, so that there is nobody to ask.
    func pvelua(_ arguments: String..., environment: [String: String] = [:], input: String? = nil) async throws
        -> ProcessResult
    {
        try await pvelua(arguments, environment: environment, input: input)
    }

    func pvelua(_ arguments: [String], environment: [String: String] = [:], input: String? = nil) async throws
        -> ProcessResult
    {
        // A session of its own has no controlling terminal, wherever the tests themselves run.
        return try await run(
            URL(fileURLWithPath: "/usr/bin/setsid"),
            ["--wait", Places.products.appendingPathComponent("pvelua").path] + arguments,
            environment: surroundings.merging(environment) { $1 }, input: input, directory: Places.repository)
    }

    /// Runs pvelua at a terminal where a person types: for each step, what to wait for and what to type then.
    func atTerminal(_ steps: [[String]], _ arguments: [String], environment: [String: String] = [:]) async throws
        -> ProcessResult
    {
        let json = String(decoding: try JSONEncoder().encode(steps), as: UTF8.self)
        let helper = Places.repository.appendingPathComponent("Tests/CommandTests/Support/terminal.py").path
        return try await run(
            URL(fileURLWithPath: "/usr/bin/env"),
            ["python3", helper, json, Places.products.appendingPathComponent("pvelua").path] + arguments,
            environment: surroundings.merging(["TERM": "xterm"]) { $1 }.merging(environment) { $1 },
            directory: Places.repository)
    }

    /// The variables that make the home the only one.
    var surroundings: [String: String] {
        [
            "HOME": home.url.path, "XDG_CONFIG_HOME": home.url.appendingPathComponent("config").path,
            "XDG_STATE_HOME": home.url.appendingPathComponent("state").path,
        ]
    }

    /// Where configuration and policy are.
    var folder: URL { home.url.appendingPathComponent("config/pvelua") }
    /// The configuration file.
    var configuration: URL { folder.appendingPathComponent("config.yaml") }

    /// Writes a file beside the configuration.
    func write(_ name: String, _ text: String) throws {
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let file = folder.appendingPathComponent(name)
        try Data(text.utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
    }

    /// Writes a configuration with one cluster, `lab`: the server, its token and its authority unless told otherwise.
    func configure(
        _ server: RunningServer, hosts: [String]? = nil, auth: String? = nil, tokenID: String? = nil,
        secret: String? = nil, tls: String? = nil, timeouts: String = "connect: 2s, request: 5s",
        limits: String = "{}", more: String = ""
    ) throws {
        let file = try home.write("token", (secret ?? server.secret) + "\n").path
        let list = (hosts ?? [server.address]).map { "\"\($0)\"" }.joined(separator: ", ")
        try write(
            "config.yaml",
            """
            version: 1
            default_cluster: lab
            clusters:
              # what is written here stays
              lab:
                hosts: [\(list)]
                auth: \(auth ?? "{ token_id: \"\(tokenID ?? server.tokenID)\", token_secret: { file: \"\(file)\" } }")
                tls: \(tls ?? "{ ca_file: \"\(server.authorityFile)\" }")
                timeouts: { \(timeouts) }
                limits: \(limits)
            \(more)
            """)
    }

    /// Runs a piece of Lua on the demo cluster.
    func lua(_ code: String, _ options: String...) async throws -> ProcessResult {
        try await pvelua(["--cluster", "demo"] + options + ["-e", code])
    }
}

extension ProcessResult {
    /// The error that ends standard error with `--format json`.
    var jsonError: JSONValue? {
        guard let line = errors.split(separator: "\n").last else { return nil }
        return (try? JSONValue(parsing: String(line)))?["error"]
    }
}

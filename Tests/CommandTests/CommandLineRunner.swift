// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport

/// The real binary, in a home of its own, as a person would run it.
struct CommandLineRunner {
    let home: TemporaryFolder

    init() throws { home = try TemporaryFolder() }

    /// Runs pvelua with standard input from nowhere, so that there is nobody to ask.
    func pvelua(_ arguments: String..., environment: [String: String] = [:], input: String? = nil) throws
        -> ProcessResult
    {
        try pvelua(arguments, environment: environment, input: input)
    }

    func pvelua(_ arguments: [String], environment: [String: String] = [:], input: String? = nil) throws
        -> ProcessResult
    {
        let own = [
            "HOME": home.url.path, "XDG_CONFIG_HOME": home.url.appendingPathComponent("config").path,
            "XDG_STATE_HOME": home.url.appendingPathComponent("state").path,
        ]
        // A session of its own has no controlling terminal, wherever the tests themselves run.
        return try run(
            URL(fileURLWithPath: "/usr/bin/setsid"),
            ["--wait", Places.products.appendingPathComponent("pvelua").path] + arguments,
            environment: own.merging(environment) { $1 }, input: input, directory: Places.repository)
    }

    /// Runs a piece of Lua on the demo cluster.
    func lua(_ code: String, _ options: String...) throws -> ProcessResult {
        try pvelua(["--cluster", "demo"] + options + ["-e", code])
    }
}

extension ProcessResult {
    /// The error that ends standard error with `--format json`.
    var jsonError: JSONValue? {
        guard let line = errors.split(separator: "\n").last else { return nil }
        return (try? JSONValue(parsing: String(line)))?["error"]
    }
}

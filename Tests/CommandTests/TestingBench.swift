// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport

/// A folder of runbooks and their tests, run with the real binary.
struct TestingBench {
    let runner: CommandLineRunner
    let folder: TemporaryFolder

    init() throws {
        runner = try CommandLineRunner()
        folder = try TemporaryFolder()
    }

    /// Writes a file into the folder.
    func write(_ name: String, _ text: String) throws { _ = try folder.write(name, text) }

    /// Runs `pvelua test` in the folder.
    func test(_ arguments: String...) async throws -> ProcessResult {
        try await run(
            URL(fileURLWithPath: "/usr/bin/setsid"),
            ["--wait", Places.products.appendingPathComponent("pvelua").path, "test"] + arguments,
            environment: runner.surroundings, directory: folder.url)
    }

    /// Runs one test file with these lines in it.
    func test(lua: String, runbook: String? = nil, _ arguments: String...) async throws -> ProcessResult {
        if let runbook { try write("book.lua", runbook) }
        try write("some_test.lua", lua)
        return try await run(
            URL(fileURLWithPath: "/usr/bin/setsid"),
            ["--wait", Places.products.appendingPathComponent("pvelua").path, "test"] + arguments,
            environment: runner.surroundings, directory: folder.url)
    }

    /// What `--format json` tells of one test file.
    func report(lua: String, runbook: String? = nil) async throws -> JSONValue {
        let result = try await test(lua: lua, runbook: runbook, "--format", "json", "--limit", "cpu=1s")
        return try JSONValue(parsing: result.output)
    }
}

extension JSONValue {
    /// The cases of a report: name and outcome.
    var outcomes: [String] {
        (self["files"]?.array ?? []).flatMap { $0["cases"]?.array ?? [] }.map {
            "\($0["name"]?.string ?? "?"): \($0["outcome"]?.string ?? "?")"
        }
    }

    /// All failures of a report, those of whole files first.
    var failures: [JSONValue] {
        let files = self["files"]?.array ?? []
        return files.compactMap { $0["failure"] }
            + files.flatMap { $0["cases"]?.array ?? [] }.flatMap { $0["failures"]?.array ?? [] }
    }
}

// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// The examples' command lines; each is run on the demo cluster and its output compared with examples/expected.
private let examples: [(name: String, options: [String])] = [
    ("list", []), ("start-in-order", []), ("snapshot-before-change", ["--param", "change=1234"]),
    ("nightly-shutdown", ["--yes"]), ("nightly-snapshots", []), ("backup-audit", []), ("restore-drill", ["--yes"]),
    ("two-clusters", ["--param", "other=demo"]), ("raw-api", ["--yes"]), ("memory-waste", ["--param", "below=0.6"]),
    ("evacuate-node", ["--yes"]), ("rolling-reboot", ["--yes"]), ("clone-lab", ["--yes"]),
]

struct ExampleTests {
    @Test(arguments: examples.map(\.name))
    func recordedOutputOf(example: String) async throws {
        let options = try #require(examples.first { $0.name == example }).options
        let runner = try CommandLineRunner()
        let result = try await runner.pvelua(["--cluster", "demo"] + options + ["run", "examples/\(example).lua"])
        #expect(result.status == 0, "\(result.errors)")
        let file = Places.repository.appendingPathComponent("examples/expected/\(example).txt")
        if ProcessInfo.processInfo.environment["PVELUA_RECORD"] == "1" { try Data(result.output.utf8).write(to: file) }
        #expect(try String(contentsOf: file, encoding: .utf8) == result.output)
    }

    @Test func everyExampleIsRun() throws {
        let folder = Places.repository.appendingPathComponent("examples")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
            $0.hasSuffix(".lua") && !$0.hasSuffix("_test.lua")
        }
        #expect(Set(files) == Set(examples.map { $0.name + ".lua" }))
    }
}

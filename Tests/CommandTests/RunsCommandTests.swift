// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import JSON
import TestSupport
import Testing

/// `pvelua runs list|show` of the real binary.
struct RunsCommandTests {
    let runner: CommandLineRunner

    init() throws { runner = try CommandLineRunner() }

    private static let start = #"pve.vm_action(nil, 103, "start")"#

    @Test func anEmptyJournalIsSaidInOneLineAndNotMade() async throws {
        let result = try await runner.pvelua("runs", "list")
        #expect(result.status == 0)
        #expect(result.output == "Nothing has run yet: a run is written down when it makes its first change.\n")
        let shown = try await runner.pvelua("runs", "show", "latest")
        #expect(shown.status == 5 && shown.errors.contains("there is no run yet"), "\(shown.errors)")
        #expect(!FileManager.default.fileExists(atPath: runner.home.url.appendingPathComponent("state/pvelua").path))
    }

    @Test func runsAreListedAndShownForPeopleAndPrograms() async throws {
        #expect(try await runner.lua(Self.start).status == 0)
        #expect(try await runner.lua(Self.start + "; error('no')").status == 1)
        let list = try await runner.pvelua("runs", "list", "--limit", "5", "--since", "1h", "--format", "json")
        let runs = try #require(try JSONValue(parsing: list.output)["runs"]?.array)
        #expect(runs.map { $0["state"]?.string } == ["failed", "ended"], "\(list.output)")
        let id = try #require(runs.last?["id"]?.string)

        let text = try await runner.pvelua("--cluster", "demo", "runs", "list", "--state", "ended")
        #expect(text.output.split(separator: "\n").count == 2 && text.output.contains("1 done"), "\(text.output)")
        #expect(try await runner.pvelua("runs", "list", "--state", "dead").output.hasPrefix("No run is like that"))

        for name in [id, String(id.prefix(12)), id.uppercased()] {
            let shown = try await runner.pvelua("runs", "show", name)
            #expect(shown.status == 0 && shown.output.contains("run \(id)"), "\(shown.errors)")
            #expect(shown.output.contains("guest.start") && shown.output.contains(":qmstart:103:"))
        }
        let json = try JSONValue(parsing: try await runner.pvelua("runs", "show", id, "--format", "json").output)
        #expect(json["steps"]?.array?.first?["actions"] == ["guest.start"])
        #expect(json["seconds"] != nil && json["next"] == .null)
        let latest = try await runner.pvelua("runs", "show", "latest", "--format", "json")
        #expect(try JSONValue(parsing: latest.output)["status"] == 1)
    }

    @Test func aNameThatIsNotEnoughIsRefusedWithTheCandidates() async throws {
        for _ in 1...2 { #expect(try await runner.lua(Self.start).status == 0) }
        let several = try await runner.pvelua("runs", "show", "1", "--format", "json")
        #expect(several.status == 2)
        #expect(several.jsonError?["message"]?.string?.contains("several runs begin with 1: 1") == true)
        let none = try await runner.pvelua("runs", "show", "zz", "--format", "json")
        #expect(none.status == 5 && none.jsonError?["kind"] == "not_found")
        let wrong = try await runner.pvelua("runs", "list", "--since", "yesterday")
        #expect(wrong.status == 2 && wrong.errors.contains("2026-11-22T18:00:00Z"))
    }

    @Test func aRunInAnotherProcessIsFollowedToItsOwnStatus() async throws {
        let server = try await RunningServer("--time-scale", "1")
        try runner.configure(server)
        let process = try await running(#"pve.vm_action(nil, 101, "shutdown"); error("enough")"#)
        let followed = try await runner.pvelua("runs", "show", "--follow", "latest")
        #expect(followed.status == 1, "\(followed.errors)")
        #expect(followed.output.isEmpty)
        for word in ["goes on   guest.shutdown", "done      guest.shutdown", "failed (1)"] {
            #expect(followed.errors.contains(word), "\(word) is missing in\n\(followed.errors)")
        }
        #expect(await process.ending() == 1)
    }

    @Test func aKilledRunIsShownAsLeftBehind() async throws {
        let server = try await RunningServer("--time-scale", "200")
        try runner.configure(server)
        let process = try await running(#"pve.vm_action(nil, 101, "shutdown")"#)
        #expect(try await state() == "running")
        process.signal(SIGKILL)
        _ = await process.ending()
        #expect(try await state() == "left_behind")
        #expect(try await runner.pvelua("runs", "list", "--state", "dead").output.contains("left behind"))
        let shown = try await runner.pvelua("runs", "show", "latest")
        #expect(shown.output.contains("  open      guest.shutdown"), "\(shown.output)")
        #expect(shown.output.contains("? the cluster took it at "))
        let log = try await runner.pvelua("runs", "show", "latest", "--log")
        #expect(log.output.contains("    | "), "\(log.output)")
        let followed = try await runner.pvelua("runs", "show", "--follow", "latest", "--quiet")
        #expect(followed.status == 27 && followed.errors.isEmpty)
    }

    private func state() async throws -> String? {
        let list = try await runner.pvelua("runs", "list", "--format", "json")
        return try JSONValue(parsing: list.output)["runs"]?.array?.first?["state"]?.string
    }

    /// A run of which the cluster has taken a task.
    private func running(_ code: String) async throws -> ChildProcess {
        let process = try ChildProcess(
            Places.products.appendingPathComponent("pvelua"), ["--yes", "--quiet", "-e", code],
            environment: runner.surroundings)
        try await eventually("a task under way") {
            let shown = try await runner.pvelua("runs", "show", "latest", "--format", "json")
            return (try? JSONValue(parsing: shown.output))?["steps"]?.array?.first?["state"] == "accepted"
        }
        return process
    }
}

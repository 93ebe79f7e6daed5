// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Journal
import Model
import TestSupport
import Testing

/// `apply` killed in the middle, and gone on with by `runs resume`: the real binary and a real server.
struct ResumedApplyTests {
    /// Where `apply` is killed: as soon as the server has got such a request.
    struct Point: Sendable, CustomStringConvertible {
        var description: String
        var method: String
        var path: String
        /// The answers that come late from then on, so that it cannot be over before it is killed.
        var held: String

        static let all = [
            Point(
                description: "the first change is sent", method: "POST", path: "/103/status/start", held: "*:qmstart:*"),
            Point(description: "the first task is followed", method: "GET", path: ":/status", held: "*:qmstart:*"),
            Point(
                description: "the second change is sent", method: "POST", path: "/101/snapshot", held: "*:qmsnapshot:*"),
        ]
    }

    let runner: CommandLineRunner
    let server: RunningServer
    let plan: String

    init() async throws {
        runner = try CommandLineRunner()
        server = try await RunningServer("--time-scale", "0.5")
        try runner.configure(server, timeouts: "connect: 2s, request: 60s")
        let script = try runner.home.write(
            "job.lua",
            """
            pve.vm_action(nil, 103, "start")
            pve.snapshot(nil, 101, { name = "before" })
            print("both")
            """)
        plan = runner.home.url.appendingPathComponent("job.plan.json").path
        let planned = try await runner.pvelua("plan", script.path, "--out", plan)
        #expect(planned.status == 0, "\(planned.errors)")
    }

    private func journal() throws -> SQLiteJournal {
        try SQLiteJournal(path: runner.home.url.appendingPathComponent("state/pvelua/journal.sqlite").path)
    }

    /// Applies the plan until the point and kills the process there; gives the run's id.
    private func killed(at point: Point) async throws -> String {
        _ = try await server.control(
            "/sim/faults",
            body: #"{"effect":"delay","seconds":50,"method":"GET","path":"\#(point.held)/status","count":9}"#)
        let process = try ChildProcess(
            Places.products.appendingPathComponent("pvelua"), ["--yes", "apply", plan],
            environment: runner.surroundings)
        let watch = process.end(after: 100)
        defer { watch.cancel() }
        try await eventually(point.description) {
            if !process.isRunning { return true }
            return try await server.requests().contains { $0 == point.method && $1.hasSuffix(point.path) }
        }
        process.signal(SIGKILL)
        #expect(await process.ending() == -SIGKILL, "it was to be killed while \(point)")
        try await server.forgetFaults()
        return try #require(try journal().runs(limit: 1).first?.id)
    }

    private func sent() async throws -> [String] {
        try await server.requests().filter { $0.method != "GET" }.map { String($0.path.dropFirst(10)) }
    }

    @Test(arguments: Point.all) func itStaysBoundToItsPlanAndDoesNothingTwice(_ point: Point) async throws {
        let id = try await killed(at: point)
        let again = try await runner.pvelua("--yes", "apply", plan)
        #expect(again.status == 23 && again.errors.contains("applied before"), "\(again.errors)")
        // Whether the request that the kill met still arrived is the server's affair: the answer is never to send it blindly.
        let resumed = try await runner.pvelua("runs", "resume", id)
        #expect(resumed.status == 0 && resumed.output == "both\n", "\(point): \(resumed.errors)")
        let sent = try await sent()
        #expect(sent == ["/nodes/pve1/qemu/103/status/start", "/nodes/pve1/qemu/101/snapshot"], "\(point)")
        let rows = try journal().auditRows(after: 0, limit: 1000)
        #expect(rows.count { $0.kind == "plan.claimed" } == 1)
        let consents = try rows.filter { $0.kind == "consent" && $0.step != nil }.map {
            try JSONValue(parsing: $0.body)
        }
        #expect(consents.allSatisfy { $0["by"] == "plan" && $0["answer"] == "yes" })
        #expect(Set(consents.compactMap { $0["operation"]?.perlInteger }) == [1, 2], "\(consents)")
        #expect(try await runner.pvelua("runs", "resume", id).status == 2)
        #expect(try await runner.pvelua("--yes", "apply", plan).status == 23)
        #expect(try await self.sent().count == 2)
    }

    @Test func aGuestThatChangedMeanwhileStopsItBeforeAnythingIsSent() async throws {
        let id = try await killed(at: Point.all[1])
        _ = try await server.control("/api2/json/nodes/pve1/qemu/101/config", body: #"{"name":"another"}"#)
        let before = try await sent().count
        let resumed = try await runner.pvelua("--format", "json", "--yes", "runs", "resume", id)
        #expect(resumed.status == 23, "\(resumed.errors)")
        #expect(resumed.jsonError?["kind"]?.string == "plan_diverged", "\(resumed.errors)")
        #expect(try await sent().count == before)
    }

    /// Whoever resumes is trusted as little as the least of both.
    @Test(arguments: ["CI", "CLAUDECODE"]) func aProgramDoesNotGoOnWithAPersonsPlan(_ variable: String) async throws {
        let id = try await killed(at: Point.all[1])
        let before = try await sent().count
        let resumed = try await runner.pvelua(["--yes", "runs", "resume", id], environment: [variable: "1"])
        #expect(resumed.status == 23 && resumed.errors.contains("is trusted less"), "\(resumed.errors)")
        #expect(try await sent().count == before)
        #expect(try await runner.pvelua("runs", "resume", id).status == 0)
    }

    @Test func theYesToThePlanIsAudited() async throws {
        let script = try runner.home.write("reboot.lua", "pve.vm_action(nil, 101, 'reboot', { wait = false })")
        let path = runner.home.url.appendingPathComponent("reboot.plan.json").path
        #expect(try await runner.pvelua("plan", script.path, "--out", path).status == 0)
        #expect(try await runner.pvelua("apply", path).status == 20)
        let no = try await runner.atTerminal([["to go on", "no\n"]], ["apply", path])
        #expect(no.status == 20, "\(no.output)")
        #expect(try await runner.pvelua("--yes", "apply", path).status == 0)
        let answers = try journal().auditRows(after: 0, limit: 1000).filter { $0.kind == "consent" && $0.run == nil }
            .map { try JSONValue(parsing: $0.body) }
        #expect(answers.map { $0["answer"]?.string } == ["nobody", "no", "yes"], "\(answers)")
        #expect(answers.map { $0["by"]?.string } == ["terminal", "terminal", "--yes"])
        #expect(answers.allSatisfy { $0["plan"]?.string?.count == 64 })
    }
}

// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Secrets
import TestSupport
import Testing

@testable import Journal

/// The real binary with canaries for secrets, which Proxmox echoes wherever it can; then every byte is looked at.
struct SecretHuntTests {
    let bench: LoginBench
    let book = SecretBook()

    private static let parameter = "c4nary pass/+word"
    private static let guestPassword = "gu3st-canary&<93>"

    init() async throws {
        bench = try await LoginBench()
        for secret in [Self.parameter, Self.guestPassword, LoginBench.root, LoginBench.totp] { book.register(secret) }
        let file = try bench.runner.home.write("password", LoginBench.root + "\n").path
        try bench.configure(auth: "{ user: root@pam, password: { file: \"\(file)\" } }")
    }

    /// Every byte below the home but for what the person put there.
    private func expectClean(_ place: Comment, besides own: [String] = []) throws {
        let files =
            FileManager.default.enumerator(at: bench.runner.home.url, includingPropertiesForKeys: nil)?.allObjects
            as? [URL] ?? []
        var names: [String] = []
        for file in files where !file.hasDirectoryPath && !(["password"] + own).contains(file.lastPathComponent) {
            names.append(file.lastPathComponent)
            #expect(!book.holds(Array(try Data(contentsOf: file))), "\(file.lastPathComponent): \(place)")
        }
        #expect(!names.isEmpty)
        // Planning alone makes no journal.
        if names.contains("journal.sqlite") { try expectCleanBlobs(place) }
    }

    /// What lies compressed in the journal.
    private func expectCleanBlobs(_ place: Comment) throws {
        let path = bench.runner.home.url.appendingPathComponent("state/pvelua/journal.sqlite").path
        let journal = try SQLiteJournal(path: path)
        for run in try journal.runs(limit: 100) {
            let memory = try journal.memory(of: run.id)
            #expect(!book.holds("\(run) \(memory) \(try journal.steps(of: run.id))"), "run \(run.id): \(place)")
            for call in memory.calls {
                if case .value(let bytes) = call.answer { #expect(!book.holds(bytes), "\(call.name): \(place)") }
                if case .failure(let bytes) = call.answer { #expect(!book.holds(bytes), "\(call.name): \(place)") }
            }
            if let origin = run.origin { #expect(!book.holds(origin.source), "the script of \(run.id): \(place)") }
            for piece in try journal.output(of: run.id, after: 0, limit: 10_000) { #expect(!book.holds(piece.bytes)) }
        }
    }

    private func expectClean(_ result: ProcessResult, _ place: Comment) throws {
        #expect(!book.holds(result.output), "stdout of \(place)")
        #expect(!book.holds(result.errors), "stderr of \(place): \(book.scrub(result.errors))")
        try expectClean(place)
    }

    private func pvelua(_ arguments: String...) async throws -> ProcessResult {
        let result = try await bench.runner.pvelua(["--log-level", "debug"] + arguments)
        try expectClean(result, "\(arguments.first { !$0.hasPrefix("-") } ?? "")")
        return result
    }

    /// Has the next call of that method be refused with an echo of a secret, as it is and as it stands in an address.
    private func echo(_ method: String, _ secret: String, times: Int = 1) async throws {
        let reason = "no '\(secret)' here, nor \(Data(secret.utf8).base64EncodedString())"
        let body: JSONValue = [
            "effect": "status", "status": 400, "reason": .string(reason), "method": .string(method),
            "path": "/nodes/*", "count": JSONValue(times),
        ]
        _ = try await bench.server.control("/sim/faults", body: body.text)
    }

    private static let script = """
        local p = pve.params
        pve.log("the password is " .. p.db_password)
        pve.snapshot(nil, 100, { description = "before " .. p.db_password })
        pve.vm_action(nil, 100, "shutdown")
        local ok, e = pcall(pve.api.put, "/nodes/pve1/qemu/100/config", { cipassword = "\(guestPassword)" .. "" })
        pve.api.put("/nodes/pve1/qemu/100/config", { description = "made with " .. p.db_password })
        pve.log(tostring(e) .. " for " .. p.db_password, "warning")
        pve.list_vms()
        pve.config(100)
        pve.api.get("/nodes/pve1/qemu/100/config")
        pve.vm_action(nil, 100, "start")
        if p.fails then error("it was " .. p.db_password) end
        """

    private func script() throws -> String {
        // The guest's password is put together, so that the script itself may be kept.
        let text = Self.script.replacingOccurrences(of: "gu3st-canary", with: "gu3st\" .. \"-canary")
        return try bench.runner.home.write("job.lua", text).path
    }

    @Test(arguments: ["text", "json"])
    func aRunLeavesNoSecretAnywhere(_ format: String) async throws {
        let path = try script()
        let given = "db_password=\(Self.parameter)"
        try await echo("PUT", Self.guestPassword)
        let run = try await pvelua("--yes", "--format", format, "--param", given, "run", path)
        #expect(run.errors.contains("the password is [redacted]"), "\(run.errors)")
        try await echo("PUT", Self.parameter, times: 2)
        let refused = try await pvelua("--yes", "--format", format, "--param", given, "run", path)
        #expect(refused.status != 0 && refused.errors.contains("[redacted]"), "\(refused.errors)")
        let failed = try await pvelua(
            "--yes", "--format", format, "--param", given, "--param", "fails=1", "run", path)
        #expect(failed.status != 0 && failed.errors.contains("it was [redacted]"), "\(failed.errors)")
        let list = try await pvelua("--format", "json", "runs", "list")
        #expect(list.status == 0, "\(list.errors)")
        let journal = try SQLiteJournal(
            path: bench.runner.home.url.appendingPathComponent("state/pvelua/journal.sqlite").path)
        let ids = try journal.runs(limit: 10).map(\.id)
        #expect(ids.count == 3)
        for id in ids {
            let shown = try await pvelua("--format", format, "runs", "show", id)
            #expect(shown.status == 0, "\(shown.errors)")
        }
        let audit = try await pvelua("audit", "export")
        #expect(audit.status == 0 && audit.output.contains("[redacted]"), "\(audit.errors)")
        let check = try await pvelua("audit", "verify")
        #expect(check.status == 0, "\(check.errors)")
    }

    @Test func aRunThatGoesOnLeavesNone() async throws {
        let path = try script()
        // Nobody is there to say yes to the shutdown.
        let given = "db_password=\(Self.parameter)"
        let stopped = try await pvelua("--param", given, "run", path)
        #expect(stopped.status == 20, "\(stopped.errors)")
        let journal = try SQLiteJournal(
            path: bench.runner.home.url.appendingPathComponent("state/pvelua/journal.sqlite").path)
        let id = try #require(try journal.runs(limit: 1).first?.id)
        let without = try await pvelua("--yes", "runs", "resume", id)
        #expect(without.status == 2 && without.errors.contains("db_password"), "\(without.errors)")
        let resumed = try await pvelua("--yes", "--param", given, "runs", "resume", id)
        #expect(resumed.status == 0, "\(resumed.errors)")
    }

    @Test func aPlanHoldsNone() async throws {
        let path = try bench.runner.home.write(
            "plan.lua",
            """
            pve.api.put("/nodes/pve1/qemu/100/config", { cipassword = pve.params.db_password })
            """
        ).path
        let plan = bench.runner.home.url.appendingPathComponent("a.plan.json").path
        let given = "db_password=\(Self.parameter)"
        let planned = try await pvelua("--param", given, "plan", path, "--out", plan)
        #expect(planned.status == 0, "\(planned.errors)")
        #expect(try String(contentsOfFile: plan, encoding: .utf8).contains("@secret:"))
        let without = try await pvelua("--yes", "apply", plan)
        #expect(without.status == 2 && without.errors.contains("--param db_password=…"), "\(without.errors)")
        let other = try await pvelua("--yes", "--param", "db_password=another-one", "apply", plan)
        #expect(other.status != 0, "\(other.errors)")
        let applied = try await pvelua("--yes", "--param", given, "apply", plan)
        #expect(applied.status == 0, "\(applied.errors)")

        let leaky = try bench.runner.home.write(
            "leaky.lua",
            #"pve.api.put("/nodes/pve1/qemu/100/config", { description = "by " .. pve.params.db_password })"#
        ).path
        let refused = try await pvelua("--param", given, "plan", leaky, "--out", plan + "2")
        #expect(
            refused.status != 0 && refused.errors.contains("parameter description of operation 1"), "\(refused.errors)")
        #expect(!FileManager.default.fileExists(atPath: plan + "2"))
    }

    @Test func theWorkerIsStartedWithNone() async throws {
        let runner = bench.runner
        let given = "db_password=\(Self.parameter)"
        async let running = runner.pvelua(
            "--param", given, "-e", "pve.list_vms(); pve.sleep(2); assert(#pve.params.db_password > 8)")
        var seen = 0
        for _ in 0..<40 where seen < 3 {
            try await _Concurrency.Task.sleep(for: .milliseconds(50))
            for id in try FileManager.default.contentsOfDirectory(atPath: "/proc") where Int(id) != nil {
                let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(id)/exe")
                guard link?.hasSuffix("/pvelua-worker") == true else { continue }
                for name in ["cmdline", "environ"] {
                    guard let bytes = FileManager.default.contents(atPath: "/proc/\(id)/\(name)") else { continue }
                    seen += name == "cmdline" && !bytes.isEmpty ? 1 : 0
                    #expect(!book.holds(Array(bytes)), "\(name) of a worker")
                }
            }
        }
        let result = try await running
        #expect(result.status == 0, "\(result.errors)")
        #expect(seen > 0, "no worker was seen")
    }

    @Test func aLoginThatIsRefusedWithAnEchoTellsNothing() async throws {
        let body: JSONValue = [
            "effect": "status", "status": 500, "reason": .string("bad: \(LoginBench.root)"), "method": "POST",
            "path": "/access/ticket", "count": 10,
        ]
        _ = try await bench.server.control("/sim/faults", body: body.text)
        for format in ["text", "json"] {
            let result = try await pvelua("--format", format, "-e", "pve.list_vms()")
            #expect(result.status != 0 && result.errors.contains("[redacted]"), "\(result.errors)")
        }
    }
}

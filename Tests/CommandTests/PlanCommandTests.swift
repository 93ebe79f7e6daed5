// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport
import Testing

/// `pvelua plan` and `pvelua apply`, as a person runs them.
struct PlanCommandTests {
    let runner: CommandLineRunner

    init() throws { runner = try CommandLineRunner() }

    private static let script = """
        require("power")(103)
        pve.snapshot(nil, 101, { description = pve.params.why })

        """

    /// Writes the script and its module, plans it on the demo cluster, and gives the plan's path.
    private func planned(_ options: [String] = []) async throws -> String {
        let script = try runner.home.write("job.lua", Self.script)
        _ = try runner.home.write("power.lua", "return function(vmid) pve.vm(vmid):start() end\n")
        let plan = runner.home.url.appendingPathComponent("job.plan.json").path
        let result = try await runner.pvelua(
            ["--cluster", "demo", "--param", "why=tests", "plan", script.path, "--out", plan] + options)
        #expect(result.status == 0, "\(result.errors)")
        return plan
    }

    @Test func aPlanIsShownWrittenAndAppliedOnce() async throws {
        let plan = try await planned()
        let attributes = try FileManager.default.attributesOfItem(atPath: plan)
        #expect((attributes[.posixPermissions] as? Int) == 0o600)
        let applied = try await runner.pvelua("apply", plan)
        #expect(applied.status == 0, "\(applied.errors)")
        let again = try await runner.pvelua("apply", plan)
        #expect(again.status == 23 && again.errors.contains("applied before"), "\(again.errors)")
    }

    @Test func theTableAndTheFormatJSONSayTheSame() async throws {
        let script = try runner.home.write("job.lua", "print('hello'); pve.vm(103):start()\n").path
        let out = runner.home.url.appendingPathComponent("x.plan.json").path
        let text = try await runner.pvelua("--cluster", "demo", "plan", script, "--out", out)
        #expect(text.status == 0 && !text.output.contains("hello") && text.errors.contains("planned │ hello"))
        #expect(text.output.contains("103 build-1  allow"), "\(text.output)")
        #expect(text.output.contains("status: stopped → running"), "\(text.output)")
        #expect(text.output.contains("next     pvelua apply"))
        let json = try await runner.pvelua("--cluster", "demo", "--format", "json", "plan", script, "--out", out)
        let operation = try JSONValue(parsing: json.output)["plan"]?["operations"]?.array?.first
        #expect(operation?["action"]?.string == "guest.start")
    }

    @Test func aPartialPlanSaysWhereItEndsAndIsNoFailure() async throws {
        let script = try runner.home.write(
            "job.lua", "pve.vm(103):start()\nif pve.agent_exec(101, { 'true' }).exitcode == 0 then pve.log('x') end\n"
        ).path
        let out = runner.home.url.appendingPathComponent("x.plan.json").path
        let result = try await runner.pvelua("--cluster", "demo", "plan", script, "--out", out)
        #expect(result.status == 0 && result.output.contains("exitcode of agent_exec (job.lua:2)"), "\(result.output)")
        #expect(result.output.contains("command=[\"true\"]"), "\(result.output)")
        #expect(try await runner.pvelua("apply", out, "--yes").status == 23)
    }

    @Test func aDeniedStepIsCountedApartAndNothingIsSaidToBeDone() async throws {
        let script = try runner.home.write("job.lua", "pve.vm(103):start()\npve.api.post('/nodes/pve1/execute', {})\n")
            .path
        let out = runner.home.url.appendingPathComponent("x.plan.json").path
        let result = try await runner.pvelua("--cluster", "demo", "plan", script, "--out", out)
        #expect(
            result.status == 22 && result.output.contains("1 change, policy asks nobody; 1 denied"), "\(result.output)")
        #expect(!result.errors.contains("done when it failed"), "\(result.errors)")
    }

    @Test(arguments: ["script", "module", "policy", "file", "parameter", "cluster"])
    func aPlanIsVoidWhenAByteOfItsBasisChanged(what: String) async throws {
        let plan = try await planned()
        var arguments = ["apply", plan, "--yes"]
        switch what {
        case "script": _ = try runner.home.write("job.lua", Self.script + "\n")
        case "module": _ = try runner.home.write("power.lua", "return function(vmid) pve.vm(vmid):start()  end\n")
        case "policy":
            let shipped = try String(
                contentsOf: Places.repository.appendingPathComponent("assets/policy.yaml"), encoding: .utf8)
            try runner.write("policy.yaml", shipped + "\n")
        case "file":
            let text = try String(contentsOfFile: plan, encoding: .utf8)
            try text.replacingOccurrences(of: "guest.start", with: "guest.reset").write(
                toFile: plan, atomically: false, encoding: .utf8)
        case "parameter": arguments = ["--param", "why=another"] + arguments
        default:
            try runner.write(
                "config.yaml",
                """
                version: 1
                clusters:
                  other: { hosts: [127.0.0.1:1], auth: { token_id: "automation@pve!runbooks", token_secret: { env: NOTHING } } }
                """)
            arguments = ["--cluster", "demo", "apply", plan]
            let changed = try String(contentsOfFile: plan, encoding: .utf8)
            #expect(changed.contains("\"name\":\"demo\""))
            arguments = ["--cluster", "other", "apply", plan]
        }
        let result = try await runner.pvelua(
            ["--format", "json"] + arguments, environment: ["NOTHING": "00000000-0000-4000-8000-000000000001"])
        #expect(result.status == 23, "\(what): \(result.errors)")
        #expect(result.jsonError?["kind"]?.string == "plan_diverged")
        #expect(result.errors.contains("nothing was sent"), "\(result.errors)")
    }

    @Test func anExpiredPlanIsVoid() async throws {
        let plan = try await planned(["--expires", "1s"])
        let json = try JSONValue(parsing: String(contentsOfFile: plan, encoding: .utf8))
        guard case .integer(let expires)? = json["plan"]?["expires"] else { throw NoTime() }
        while Date.now.timeIntervalSince1970 < Double(expires) { await Swift.Task.yield() }
        let result = try await runner.pvelua("apply", plan)
        #expect(result.status == 23 && result.errors.contains("expired"), "\(result.errors)")
    }

    struct NoTime: Error {}

    @Test func aPlanThatDemandsAYesAsksOnceForAllOfIt() async throws {
        let script = try runner.home.write("two.lua", "pve.vm(101):stop(); pve.vm(102):stop()\n").path
        let plan = runner.home.url.appendingPathComponent("two.plan.json").path
        #expect(try await runner.pvelua("--cluster", "demo", "plan", script, "--out", plan).status == 0)
        let nobody = try await runner.pvelua("--yes", "apply", plan)
        #expect(nobody.status == 20, "\(nobody.errors)")
        let asked = try await runner.atTerminal([["type (2 changes \\d{4})", "{1}\n"]], ["apply", plan])
        #expect(asked.status == 0, "\(asked.output)")
        #expect(asked.output.contains("101 web-1") && asked.output.components(separatedBy: "consent").count == 2)
    }

    @Test func aScriptThatFailsOnTheTwinGivesItsStatusAndAPlanThatCannotBeApplied() async throws {
        let script = try runner.home.write("bad.lua", "pve.vm(103):start()\npve.vm(999):start()\n").path
        let plan = runner.home.url.appendingPathComponent("bad.plan.json").path
        let result = try await runner.pvelua("--cluster", "demo", "plan", script, "--out", plan)
        #expect(result.status == 5, "\(result.errors)")
        #expect(result.output.contains("it cannot be applied"))
        #expect(try await runner.pvelua("apply", plan).status == 23)
    }

    @Test func aFileThatIsNoPlanIsNotWrittenOver() async throws {
        let script = try runner.home.write("job.lua", "pve.vm(103):start()\n").path
        let other = try runner.home.write("notes.json", "{\"mine\":true}").path
        let result = try await runner.pvelua("--cluster", "demo", "plan", script, "--out", other)
        #expect(result.status == 2)
        #expect(try String(contentsOfFile: other, encoding: .utf8) == "{\"mine\":true}")
    }

    @Test func planningSendsNothingButReadsToTheServer() async throws {
        let server = try await RunningServer()
        try runner.configure(server)
        for method in ["POST", "PUT", "DELETE"] {
            _ = try await server.control(
                "/sim/faults",
                body:
                    "{\"method\":\"\(method)\",\"path\":\"/nodes/*\",\"effect\":\"status\",\"status\":500,\"count\":1000}"
            )
        }
        let script = try runner.home.write(
            "all.lua",
            """
            pve.on_failure(function() pve.vm(103):stop() end)
            pve.vm(103):start()
            pve.snapshot(nil, 101, {})
            pve.vm(102):shutdown()
            pve.vm(101):backup()

            """
        ).path
        let plan = runner.home.url.appendingPathComponent("all.plan.json").path
        let result = try await runner.pvelua("--format", "json", "plan", script, "--out", plan)
        #expect(result.status == 0, "\(result.errors)")
        let operations = try JSONValue(parsing: result.output)["plan"]?["operations"]?.array ?? []
        #expect(operations.count == 5, "\(result.output)")
        #expect(operations.last?["conditional"] == .bool(true) && operations.last?["action"]?.string == "guest.stop")
        let requests = try await server.requests().filter { $0.path.hasPrefix("/api2/") }
        #expect(!requests.isEmpty && requests.allSatisfy { $0.method == "GET" })
    }
}

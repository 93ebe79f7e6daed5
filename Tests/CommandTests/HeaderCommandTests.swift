// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport
import Testing

/// Headers of runbooks with the real binary on the demo cluster.
struct HeaderCommandTests {
    private let runner: CommandLineRunner

    init() throws { runner = try CommandLineRunner() }

    private func write(_ text: String, as name: String = "night.lua") throws -> String {
        try runner.home.write(name, text).path
    }

    private func run(_ arguments: String..., environment: [String: String] = [:]) async throws -> ProcessResult {
        try await runner.pvelua(["--cluster", "demo"] + arguments, environment: environment)
    }

    private static let header = """
        #!/usr/bin/env pvelua
        -- nightly
        runbook{
          name = "night", description = "Shuts down.",
          params = {
            tag = { type = "tag", required = true, help = "Which guests." },
            grace = { type = "duration", default = "60s", max = "1h", help = "How long." },
            pin = { type = "string", secret = true },
          },
          actions = { "guest.start" }, callers = { "human" }, limits = { calls = 50 },
        }

        """

    // MARK: - Parameters

    @Test func parametersAreHandedOverAsTheirTypes() async throws {
        let file = try write(Self.header + "return pve.params.tag, pve.params.grace + 1, pve.params.pin == nil")
        let result = try await run("--param", "tag=web", "--param", "grace=1m30s", "run", file)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output == "web\t91\ttrue\n")
    }

    @Test func allWrongParametersAreToldAtOnce() async throws {
        let file = try write(Self.header + "print('never')")
        let result = try await run("--format", "json", "--param", "grace=2h", "--param", "tga=x", "run", file)
        #expect(result.status == 2)
        #expect(result.output == "")
        let message = try #require(result.jsonError?["message"]?.string)
        for part in [
            "there is no parameter tga; did you mean `tag`?", "tag is missing (tag): Which guests.",
            "grace must be at most 1h, not `2h`",
        ] {
            #expect(message.contains(part), "\(message)")
        }
    }

    @Test func withoutAHeaderParametersAreText() async throws {
        let result = try await run("--param", "grace=60s", "-e", "return pve.params.grace")
        #expect(result.output == "60s\n")
    }

    @Test(arguments: [["-e"], ["eval"]])
    func codeThatIsNoFileMayHaveAHeaderToo(form: [String]) async throws {
        let code = "runbook{ params = { n = { type = 'integer' } }, actions = {} } return pve.params.n + 1"
        let arguments = form == ["-e"] ? ["--param", "n=41", "-e", code] : ["--param", "n=41", "eval", "-"]
        let result = try await runner.pvelua(["--cluster", "demo"] + arguments, input: form == ["-e"] ? nil : code)
        #expect(result.output == "42\n", "\(result.errors)")
    }

    // MARK: - What is wrong in a header

    @Test(arguments: [
        ("runbook{ nam = 'x' }", "night.lua:1:10: a header has no `nam`", "did you mean `name`?"),
        (
            "runbook{\n  actions = { 'guest.shutdwn' },\n}", "night.lua:2:15: no action matches `guest.shutdwn`",
            "did you mean `guest.shutdown`?"
        ),
        ("runbook{ name = 'a' .. 'b' }", "night.lua:1:17: this value is computed", "as one string"),
        ("print(1)\nrunbook{}", "night.lua:2:1: `runbook` must be the first statement", "top of the file"),
        ("runbook{}\nrunbook{}", "night.lua:2:1: `runbook` is called twice", "one header"),
        (
            "runbook{ params = { a = { type = 'strng' } } }", "night.lua:1:34: there is no type `strng`",
            "did you mean `string`?"
        ),
    ])
    func aWrongHeaderIsToldBeforeAnythingRuns(text: String, message: String, hint: String) async throws {
        let file = try write(text + "\nprint('never')")
        for verb in ["run", "plan"] {
            let result = try await run("--format", "json", verb, file)
            #expect(result.status == 1)
            #expect(result.output == "")
            #expect(result.jsonError?["message"]?.string?.hasPrefix(message) == true, "\(result.errors)")
            #expect(result.jsonError?["hint"]?.string?.contains(hint) == true, "\(result.errors)")
        }
    }

    @Test func whomItIsNotForIsRefusedBeforeAnythingRuns() async throws {
        let file = try write(Self.header + "print('never')")
        for verb in ["run", "plan"] {
            let result = try await run("--param", "tag=web", verb, file, environment: ["CI": "true"])
            #expect(result.status == 22 && result.output == "")
            #expect(result.errors.contains("may be run by human, and you are taken for ci"), "\(result.errors)")
        }
    }

    // MARK: - The ceiling

    @Test func aModuleIsBoundedByTheHeaderOfTheFileThatIsRun() async throws {
        _ = try write("return function() pve.vm(101):stop() end", as: "helper.lua")
        let file = try write("runbook{ actions = { 'guest.start' } } require('helper')()")
        let result = try await run("--yes", "run", file)
        #expect(result.status == 22)
        #expect(result.errors.contains("the runbook's header does not declare guest.stop"), "\(result.errors)")
    }

    @Test func aHeaderInAModuleIsAnError() async throws {
        _ = try write("runbook{ actions = {} } return true", as: "helper.lua")
        for header in ["", "runbook{ actions = {} } "] {
            let result = try await run("run", try write(header + "require('helper')"))
            #expect(result.status == 1)
            #expect(result.errors.contains("the header must be the first statement of the file that is run"))
        }
    }

    @Test func otherClustersAreBoundedToo() async throws {
        try runner.write(
            "config.yaml",
            "version: 1\ndefault_cluster: demo\nclusters:\n  lab: { hosts: [127.0.0.1:1], auth: { token_id: automation@pve!runbooks, token_secret: { env: LAB } } }\n"
        )
        let code = "runbook{ actions = {} } pve.cluster('demo').vm(103):start()"
        let result = try await run("-e", code, environment: ["LAB": "00000000-0000-4000-8000-000000000001"])
        #expect(result.status == 22, "\(result.errors)")
    }

    @Test func aPlanNamesTheHeaderAndCannotBeAppliedAroundIt() async throws {
        let file = try write(
            "runbook{ actions = { 'guest.start' } }\npve.vm(103):start() pcall(pve.vm_action, nil, 101, 'stop')")
        let plan = runner.home.url.appendingPathComponent("p.plan.json").path
        let planned = try await run("--format", "json", "plan", file, "--out", plan)
        #expect(planned.status == 0, "\(planned.errors)")
        let operations = try #require(try JSONValue(parsing: planned.output)["plan"]?["operations"]?.array)
        #expect(operations.map { $0["effect"]?.string } == ["allow", "deny"])
        #expect(operations.last?["rule"]?.string == "runbook header")
        let applied = try await run("apply", plan)
        #expect(applied.status == 0, "\(applied.errors)")
        let other = try write(
            "runbook{ actions = { '*' } }\npve.vm(103):start() pcall(pve.vm_action, nil, 101, 'stop')")
        #expect(other == file)
        #expect(try await run("apply", plan).status == 23)
    }

    @Test func explainingNamesTheHeader() async throws {
        let file = try write(Self.header)
        let result = try await run("--format", "json", "policy", "explain", "guest.stop", "101", "--runbook", file)
        let answer = try JSONValue(parsing: result.output)
        #expect(answer["effect"]?.string == "deny" && answer["rule"]?.string == "runbook header", "\(result.errors)")
        #expect(answer["place"]?.string == "night.lua:10:3")
        let start = try await run("--format", "json", "policy", "explain", "guest.start", "103", "--runbook", file)
        #expect(try JSONValue(parsing: start.output)["rule"]?.string == "start")
    }

    @Test func aResumedRunIsHeldToItsHeader() async throws {
        let server = try await RunningServer()
        try runner.configure(server)
        let file = try write(
            "runbook{ params = { n = { type = 'integer', default = 7 } }, actions = { 'guest.start', 'guest.shutdown' } }\n"
                + "pve.vm(103):start() pve.vm(101):shutdown() print(pve.params.n + 1) pve.vm(102):stop()")
        // Nobody is there to say yes to the second change.
        #expect(try await runner.pvelua("run", file).status == 20)
        let list = try await runner.pvelua("--format", "json", "runs", "list")
        let id = try #require(
            try JSONValue(parsing: list.output).array?.first?["id"]?.string
                ?? JSONValue(parsing: list.output)["runs"]?.array?.first?["id"]?.string)
        let resumed = try await runner.pvelua("--yes", "runs", "resume", id)
        #expect(resumed.status == 22, "\(resumed.errors)")
        #expect(resumed.output == "8\n")
        #expect(resumed.errors.contains("header does not declare guest.stop"))
    }

    // MARK: - Secrets

    @Test func aDeclaredSecretIsKeptNowhere() async throws {
        let secret = "correct-horse-battery"
        let file = try write(
            Self.header + "pve.vm(103):start() pve.log('it is ' .. pve.params.pin) error(pve.params.pin)")
        let result = try await run("--param", "tag=web", "--param", "pin=\(secret)", "run", file)
        #expect(result.status == 1)
        #expect(!result.errors.contains(secret) && result.errors.contains("it is [redacted]"), "\(result.errors)")
        let plan = runner.home.url.appendingPathComponent("p.plan.json")
        let other = try write(Self.header + "pve.vm(103):start()", as: "planned.lua")
        let planned = try await run("--param", "tag=web", "--param", "pin=\(secret)", "plan", other, "--out", plan.path)
        #expect(planned.output.contains("pin=@secret:"), "\(planned.output)\(planned.errors)")
        let files = try #require(FileManager.default.enumerator(at: runner.home.url, includingPropertiesForKeys: nil))
        for case let file as URL in files where !file.hasDirectoryPath {
            #expect(try Data(contentsOf: file).range(of: Data(secret.utf8)) == nil, "\(file.path)")
        }
    }

    @Test func aShortSecretIsSealedByItsDeclarationAlone() async throws {
        let file = try write("runbook{ params = { pin = { secret = true } }, actions = {} }")
        let plan = runner.home.url.appendingPathComponent("p.plan.json").path
        #expect(try await run("--param", "pin=1234", "plan", file, "--out", plan).status == 0)
        #expect(try !String(contentsOfFile: plan, encoding: .utf8).contains("\"1234\""))
        let without = try await run("apply", plan)
        #expect(without.status == 2 && without.errors.contains("the parameter pin is a secret"), "\(without.errors)")
        #expect(try await run("--param", "pin=1234", "apply", plan).status == 0)
    }

    // MARK: - Help

    @Test(arguments: ["run", "plan"])
    func helpOfARunbookIsItsOwnPage(verb: String) async throws {
        let file = try write(Self.header + "error('never')")
        let result = try await run(verb, file, "--help")
        #expect(result.status == 0 && result.errors == "", "\(result.errors)")
        for part in [
            "night\nShuts down.\n", "USAGE\n  pvelua \(verb) --param tag=tag [--param NAME=VALUE …] \(file)\n",
            "  tag    tag       required     Which guests.\n", "  grace  duration  default 60s  How long.\n",
            "(at most 1h)", "secret: kept and shown nowhere", "actions  guest.start, and reading", "callers  human",
            "limits   calls 50", "EXAMPLE\n  pvelua \(verb) --param tag=web \(file)\n",
            "pvelua \(verb) --help explains the command",
        ] {
            #expect(result.output.contains(part), "\(part)\n\(result.output)")
        }
    }

    @Test func helpForProgramsIsJSON() async throws {
        let result = try await run("run", try write(Self.header), "--help", "--format", "json")
        let page = try JSONValue(parsing: result.output)
        #expect(page["name"]?.string == "night")
        let parameters = try #require(page["params"]?.array)
        #expect(parameters.map { $0["name"]?.string } == ["tag", "grace", "pin"])
        #expect(parameters.map { $0["required"] } == [.bool(true), .bool(false), .bool(false)])
        #expect(parameters[1]["default"]?.string == "60s" && parameters[1]["max"]?.string == "1h")
        #expect(page["actions"] == .array(["guest.start"]) && page["limits"]?["calls"]?.string == "50")
    }

    @Test func helpOfACommandStaysWhatItWas() async throws {
        #expect(try await run("run", "--help").output.contains("USAGE: pvelua run"))
        let plain = try await run("run", try write("print(1)"), "--help")
        #expect(plain.status == 0 && plain.output.contains("has no header"))
        let missing = try await run("run", "nosuch.lua", "--help")
        #expect(missing.status == 2 && missing.errors.contains("nosuch.lua"), "\(missing.errors)")
        let wrong = try await run("run", try write("runbook{ x = 1 }"), "--help")
        #expect(wrong.status == 1 && wrong.errors.contains("a header has no `x`"))
    }

    @Test func whatAHeaderSaysSteersNoTerminal() async throws {
        let file = try write(
            "runbook{ name = 'n\u{202e}', description = 'a\\27[31m', params = { p = { help = '\\27]0;x\\7' } } }")
        let result = try await run("run", file, "--help")
        #expect(
            !result.output.unicodeScalars.contains { $0 == "\u{1b}" || $0 == "\u{7}" || $0 == "\u{202e}" },
            "\(result.output)")
    }
}

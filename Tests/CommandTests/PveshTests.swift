// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport
import Testing

/// The real binary on a "node": a stand-in for pvesh that asks a simulator.
struct PveshTests {
    let runner: CommandLineRunner
    let server: RunningServer
    let program: URL

    init() async throws {
        runner = try CommandLineRunner()
        server = try await RunningServer()
        let script = Places.repository.appendingPathComponent("Tests/ProxmoxTests/Support/pvesh_standin.py")
        program = try runner.home.write("pvesh", try String(contentsOf: script, encoding: .utf8), mode: 0o755)
        let settings = [
            "url": server.url.absoluteString, "ca_file": server.authorityFile,
            "token": "\(server.tokenID)=\(server.secret)", "node": "pve1",
        ]
        _ = try runner.home.write("pvesh.json", String(decoding: try JSONEncoder().encode(settings), as: UTF8.self))
        try runner.write(
            "config.yaml", "version: 1\nclusters: { here: { hosts: [local], pvesh: \(program.path) } }\n")
    }

    @Test func aLoginSaysThatOneIsRootThere() async throws {
        let result = try await runner.pvelua("cluster", "login", "here", "--format", "json")
        let report = try JSONValue(parsing: result.output)
        #expect(report["identity"]?.string == "root@pam" && report["method"]?.string == "pvesh", "\(result.output)")
        #expect(!(try await runner.pvelua("cluster", "login", "here").output).contains("token"))
        let schema = try await runner.pvelua("--cluster", "here", "cluster", "schema", "sync", "--format", "json")
        #expect(schema.status == 5 && schema.jsonError?["kind"]?.string == "unsupported", "\(schema.errors)")
    }

    @Test func aRunbookWorksOnANodeWithoutAToken() async throws {
        let code = """
            print(#pve.list_vms(), pve.version().release)
            local r = pve.vm_action(nil, 103, "start"); print(r.status, r.verified, r.upid:match("^UPID:") ~= nil)
            print(pve.snapshot(nil, 101).name, pve.vm(101):shutdown{ timeout = 60 }.status)
            print(pve.poll(pve.vm_action(nil, 101, "start", { wait = false })).status)
            """
        let result = try await runner.pvelua("--yes", "-e", code)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output == "6\t8.4\nrunning\ttrue\ttrue\naiagent-snap-0001\tstopped\nok\n")
        let calls = try String(contentsOf: runner.home.url.appendingPathComponent("calls"), encoding: .utf8)
        #expect(calls.split(separator: "\n").filter { $0.contains("[\"create\"") }.count == 4)
    }

    @Test(arguments: [
        ("pve.vm(999)", 5, "not_found"), ("pve.api.get('/nodes/pve1/qemu/101/nonsense')", 5, "unsupported"),
        ("pve.api.get('/version', { ['output-format'] = 'text' })", 1, "parameter"),
        ("pve.snapshot(nil, 101, { name = 'twice' }); pve.snapshot(nil, 101, { name = 'twice' })", 5, "conflict"),
    ])
    func errorsAreThoseOfTheApi(code: String, status: Int32, kind: String) async throws {
        let result = try await runner.pvelua("--format", "json", "-e", code)
        #expect(result.jsonError?["kind"]?.string == kind, "\(result.errors)")
        #expect(result.status == status || result.status == 6, "\(result.errors)")
    }

    @Test func aProgramThatOthersMayWriteIsNeverRun() async throws {
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: program.path)
        let result = try await runner.pvelua("-e", "pve.list_vms()")
        #expect(result.status == 2)
        #expect(result.errors.contains("others can write there"))
        #expect(!FileManager.default.fileExists(atPath: runner.home.url.appendingPathComponent("calls").path))
    }

    @Test func thereIsNothingToPinOnANode() async throws {
        let result = try await runner.pvelua("cluster", "pin", "here")
        #expect(result.status == 2)
        #expect(result.errors.contains("needs no certificates"), "\(result.errors)")
    }

    @Test func theListOfClustersSaysHowItIsReached() async throws {
        let result = try await runner.pvelua("--format", "json", "cluster", "list")
        let rows = try JSONValue(parsing: result.output).array ?? []
        #expect(rows.first?["hosts"] == ["local"])
        #expect(rows.first?["identity"] == "root@pam by pvesh")
    }
}

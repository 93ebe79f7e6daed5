// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport
import Testing

/// The real binary with two real servers whose guests have the same numbers.
struct SeveralClustersTests {
    let runner: CommandLineRunner
    let lab: RunningServer
    let lab2: RunningServer

    init() async throws {
        runner = try CommandLineRunner()
        (lab, lab2) = (try await RunningServer(), try await RunningServer())
        var text = "version: 1\ndefault_cluster: lab\nclusters:\n"
        for (name, server) in [("lab", lab), ("lab2", lab2)] {
            text += """
                  \(name):
                    hosts: ["127.0.0.1:\(server.url.port ?? 0)"]
                    auth: { token_id: "\(server.tokenID)", token_secret: { file: "\(try runner.home.write(name, server.secret).path)" } }
                    tls: { ca_file: "\(server.authorityFile)" }

                """
        }
        text += """
              broken:
                hosts: ["127.0.0.1:1"]
                auth: { token_id: "a@pve!bb", token_secret: { file: "/nonexistent/token" } }
              gone:
                hosts: ["127.0.0.1:1"]
                auth: { token_id: "a@pve!bb", token_secret: { env: HOME } }

            """
        try runner.write("config.yaml", text)
    }

    private func state(_ server: RunningServer, _ path: String = "pve1/qemu/103") async throws -> String? {
        for node in ["pve1", "pve2", "pve3"] {
            let answer = try await JSONValue(
                parsing: server.control("/api2/json/nodes/\(node)/qemu/103/status/current"))
            if let status = answer["data"]?["status"]?.string { return status }
        }
        return nil
    }

    @Test func aStartOnOneLeavesTheOther() async throws {
        let code = """
            local there = pve.cluster("lab2").vm(103); there:start()
            print(pve.name, there.cluster, there:refresh().status, pve.vm(103).status, #pve.cluster("demo").list_vms())
            """
        let result = try await runner.pvelua("-e", code)
        #expect(result.output == "lab\tlab2\trunning\tstopped\t6\n", "\(result.errors)")
        #expect(try await state(lab2) == "running")
        #expect(try await state(lab) == "stopped")
    }

    @Test func aPlanBindsEveryClusterThatItChanges() async throws {
        let script = try runner.home.write("job.lua", "pve.cluster('lab2').snapshot(nil, 103)\n").path
        let plan = runner.home.url.appendingPathComponent("job.plan.json").path
        let planned = try await runner.pvelua("--format", "json", "plan", script, "--out", plan)
        #expect(planned.status == 0, "\(planned.errors)")
        let bound = try JSONValue(parsing: planned.output)["plan"]?["clusters"]?.array
        #expect(bound?.compactMap { $0["name"]?.string } == ["lab2"])
        // The same name stands for another cluster now.
        let file = runner.configuration
        let text = try String(contentsOf: file, encoding: .utf8)
        let other = try await RunningServer("--nodes", "2")
        try runner.write(
            "config.yaml",
            text.replacingOccurrences(of: ":\(lab2.url.port ?? 0)\"", with: ":\(other.url.port ?? 0)\"")
                .replacingOccurrences(of: lab2.authorityFile, with: other.authorityFile))
        let moved = try await runner.pvelua("apply", plan)
        #expect(moved.status == 23 && moved.errors.contains("lab2 is another cluster"), "\(moved.errors)")
        try runner.write("config.yaml", text)
        let applied = try await runner.pvelua("apply", plan)
        #expect(applied.status == 0, "\(applied.errors)")
    }

    @Test func theJournalNamesTheClusterOfEveryStep() async throws {
        let code = "for _, c in ipairs{ 'lab', 'lab2', 'demo' } do pve.cluster(c).snapshot(nil, 103) end"
        #expect(try await runner.pvelua("-e", code).status == 0)
        let query = """
            import sqlite3, sys
            base = sqlite3.connect(sys.argv[1])
            print([row[0] for row in base.execute("SELECT cluster FROM step ORDER BY sequence")],
                [row[0] for row in base.execute("SELECT cluster FROM run")],
                sorted(base.execute("SELECT name, value FROM counter")))
            """
        let file = runner.home.url.appendingPathComponent("state/pvelua/journal.sqlite").path
        let rows = try await run(URL(fileURLWithPath: "/usr/bin/python3"), ["-c", query, file])
        #expect(
            rows.output
                == "['lab', 'lab2', 'demo'] ['lab'] [('snapshot/demo', 1), ('snapshot/lab', 1), ('snapshot/lab2', 1)]\n",
            "\(rows.errors)")
    }

    @Test func aPolicyMayFreezeOneCluster() async throws {
        try runner.write(
            "policy.yaml",
            """
            version: 1
            rules:
              - { id: reads, actions: ["read.*"], effect: allow }
              - { id: free, actions: [guest.start], effect: allow }
              - { id: frozen, actions: ["guest.*"], clusters: [lab2], effect: deny }
            """)
        let code = "pve.vm(103):start(); pve.cluster('lab2').vm(103):start()"
        let result = try await runner.pvelua("--format", "json", "-e", code)
        #expect(result.status == 22, "\(result.errors)")
        #expect(result.jsonError?["cluster"] == "lab2")
        #expect(try await state(lab) == "running")
        #expect(try await state(lab2) == "stopped")
        try runner.write(
            "policy.yaml", "version: 1\nrules: [{ id: a, actions: [\"*\"], clusters: [lba2], effect: deny }]\n")
        let misspelt = try await runner.pvelua("-e", "1")
        #expect(misspelt.status == 2)
        #expect(misspelt.errors.contains("did you mean `lab2`?"), "\(misspelt.errors)")
    }

    @Test(arguments: [
        ("pve.cluster('lab3')", 2, "config", nil), ("pve.cluster('../../etc')", 2, "config", nil),
        ("pve.cluster('broken').list_vms()", 2, "config", "broken"),
        ("pve.cluster('gone').list_vms()", 4, "connection", "gone"),
        ("pve.vm(pve.cluster('lab2').vm(101))", 1, "parameter", nil),
        ("pve.cluster('lab2').vm(101):stop()", 20, "confirmation_required", "lab2"),
    ])
    func whatGoesWrongSaysWhere(code: String, status: Int32, kind: String, cluster: String?) async throws {
        let result = try await runner.pvelua("--format", "json", "-e", "pve.list_nodes(); " + code)
        #expect(result.status == status, "\(result.errors)")
        #expect(result.jsonError?["kind"]?.string == kind, "\(result.errors)")
        #expect(result.jsonError?["cluster"]?.string == cluster)
        let text = try await runner.pvelua("-e", code)
        if let cluster, kind != "confirmation_required" { #expect(text.errors.contains("\n  cluster: \(cluster)\n")) }
    }

    @Test func aRunOnTheEmbeddedClusterChangesNothingElsewhereUnasked() async throws {
        let code = "print(#pve.cluster('lab').list_vms()); pve.cluster('lab').vm(103):start()"
        let asked = try await runner.pvelua("--cluster", "demo", "-e", code)
        #expect(asked.status == 20, "\(asked.errors)")
        #expect(asked.output == "6\n")
        #expect(try await state(lab) == "stopped")
        #expect(try await runner.pvelua("--cluster", "demo", "--yes", "-e", code).status == 0)
        #expect(try await state(lab) == "running")
    }

    @Test func theReplKnowsOtherClusters() async throws {
        let result = try await runner.pvelua(
            ["repl"], input: ":help cluster\nlab2 = pve.cluster('lab2')\nlab2.vm(101).cluster\n")
        #expect(result.output.contains("pve.cluster([name])"))
        #expect(result.output.hasSuffix("lab2\n"), "\(result.output)\(result.errors)")
    }
}

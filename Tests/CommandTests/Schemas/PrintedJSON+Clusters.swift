// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import JSON
import TestSupport

extension PrintedJSON {
    static let ofClusters = [
        PrintedJSON("cluster", "list") { stage in
            try await stage.lab()
            return [Form("cluster-list", try await stage.json("cluster", "list"))]
        },
        PrintedJSON("cluster", "add") { stage in
            let server = stage.keep(try await RunningServer())
            let added = try await stage.json(
                "cluster", "add", "new", "--host", server.address, "--token-id", server.tokenID, "--secret-env", "T",
                "--fingerprint", server.fingerprint, environment: ["T": server.secret])
            return [Form("cluster-add", added)]
        },
        PrintedJSON("cluster", "login") { stage in
            let bench = try await LoginBench()
            stage.keep(bench.server)
            try bench.configure(auth: "{ user: root@pam, password: { env: P } }")
            let signed = try await bench.runner.pvelua(
                "cluster", "login", "lab", "--format", "json", environment: ["P": LoginBench.root])
            try await stage.lab()
            return [Form("cluster-login", signed), Form("cluster-login", try await stage.json("cluster", "login"))]
        },
        PrintedJSON("cluster", "pin") { stage in
            let server = stage.keep(try await RunningServer())
            try stage.runner.configure(server, tls: "{ fingerprints: [\"\(server.wrongFingerprint)\"] }")
            let changed = try await stage.json("cluster", "pin", "lab")
            try stage.runner.configure(
                server, hosts: ["127.0.0.1:1", server.address], tls: "{ fingerprints: [\"\(server.fingerprint)\"] }")
            return [Form("cluster-pin", changed), Form("cluster-pin", try await stage.json("cluster", "pin", "lab"))]
        },
        PrintedJSON("cluster", "doctor") { stage in
            let server = try await stage.lab()
            let sound = try await stage.json("cluster", "doctor")
            try stage.runner.configure(server, hosts: ["127.0.0.1:1"])
            return [
                Form("cluster-doctor", sound), Form("cluster-doctor", try await stage.json("cluster", "doctor")),
                Form("cluster-doctor", try await stage.demo("cluster", "doctor")),
            ]
        },
        PrintedJSON("cluster", "capture") { stage in
            [Form("cluster-capture", try await stage.demo("cluster", "capture"))]
        },
        PrintedJSON("cluster", "token", "plan") { stage in
            [
                Form("cluster-token-plan", try await stage.json("cluster", "token", "plan")),
                Form(
                    "cluster-token-plan",
                    try await stage.json("cluster", "token", "plan", "--for", "vm_action", "--pool", "web")),
            ]
        },
        PrintedJSON("cluster", "token", "create") { stage in
            try await stage.lab()
            let yes = [["type yes to go on", "yes\n"]]
            return [
                Form(
                    "cluster-token", try await stage.typing(yes, "cluster", "token", "create", "--show-secret"),
                    lines: true)
            ]
        },
        PrintedJSON("cluster", "token", "rotate") { stage in
            try await stage.lab()
            let yes = [["type yes to go on", "yes\n"]]
            return [
                Form("cluster-token", try await stage.typing(yes, "cluster", "token", "rotate", "lab"), lines: true)
            ]
        },
        PrintedJSON("cluster", "schema", "sync") { stage in
            [Form("cluster-schema-sync", try await stage.demo("cluster", "schema", "sync"))]
        },
        PrintedJSON("cluster", "schema", "show") { stage in
            _ = try await stage.demo("cluster", "schema", "sync")
            var forms: [Form] = []
            for path in ["/", "/nodes/{node}/qemu", "/nodes/{node}/qemu/{vmid}/config", "/access/acl"] {
                forms.append(Form("cluster-schema-show", try await stage.demo("cluster", "schema", "show", path)))
            }
            return forms
        },
        PrintedJSON("monitor") { stage in
            let server = try await stage.lab(
                "monitor:\n  rules:\n    - \(MonitorBench.nodes)\n    - \(MonitorBench.web)\n  channels:\n"
                    + "    - { id: out, stdout: true }\n    - { id: bad, command: [\"/bin/false\"] }")
            let channels = try await stage.json("monitor", "--test-channels")
            _ = try await server.control("/sim/nodes", body: #"{"node":"pve3","online":false}"#)
            let line = try await stage.firstLine("monitor", "--interval", "1s")
            let once = try await stage.json("monitor", "--once")
            try stage.runner.configure(server, hosts: ["127.0.0.1:1"])
            return [
                Form("monitor-channels", channels), Form("monitor-event", line, lines: true), Form("monitor", once),
                Form("monitor", try await stage.json("monitor", "--once")),
            ]
        },
    ]
}

extension SchemaStage {
    /// The first of what a command prints that does not end by itself.
    fileprivate func firstLine(_ arguments: String...) async throws -> ProcessResult {
        let output = Pipe()
        let process = try ChildProcess(
            Places.products.appendingPathComponent("pvelua"), arguments + ["--format", "json"],
            environment: runner.surroundings, output: output.fileHandleForWriting, errors: .nullDevice)
        let watch = process.end(after: 120)
        defer { watch.cancel() }
        let data = await onThread { output.fileHandleForReading.availableData }
        process.signal(SIGINT)
        return ProcessResult(
            status: await process.ending(), output: String(decoding: data, as: UTF8.self), errors: "")
    }
}

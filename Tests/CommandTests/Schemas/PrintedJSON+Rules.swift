// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport

extension PrintedJSON {
    static let ofRules = [
        PrintedJSON("policy", "check") { stage in [Form("policy-check", try await stage.json("policy", "check"))] },
        PrintedJSON("policy", "show") { stage in [Form("policy-show", try await stage.json("policy", "show"))] },
        PrintedJSON("policy", "explain") { stage in
            [
                Form("policy-explain", try await stage.demo("policy", "explain", "guest.stop", "101")),
                Form(
                    "policy-explain",
                    try await stage.demo(
                        "policy", "explain", "POST /nodes/pve1/qemu/101/status/stop", "--caller", "agent")),
            ]
        },
        PrintedJSON("policy", "test") { stage in
            let text = """
                cases:
                  - { name: agents may stop, action: guest.stop, caller: agent, expect: allow }

                """
            return [
                Form("policy-test", try await stage.json("policy", "test", "examples/policies/small-team.test.yaml")),
                Form("policy-test", try await stage.json("policy", "test", try stage.file("wrong.test.yaml", text))),
            ]
        },
        PrintedJSON("freeze") { stage in
            [
                Form("freeze", try await stage.json("freeze")),
                Form("freeze", try await stage.json("freeze", "--for", "1h", "--reason", "new switch")),
            ]
        },
        PrintedJSON("audit", "show") { stage in
            try await stage.changes()
            return [Form("audit-show", try await stage.json("audit", "show"))]
        },
        PrintedJSON("audit", "export") { stage in
            try await stage.changes()
            return [Form("audit-export", try await stage.json("audit", "export"), lines: true)]
        },
        PrintedJSON("audit", "verify") { stage in
            try await stage.changes()
            let copy = try stage.file("copy.jsonl", try await stage.json("audit", "export").output + "no row\n")
            return [
                Form("audit-verify", try await stage.json("audit", "verify")),
                Form("audit-verify", try await stage.json("audit", "verify", "--against", copy)),
            ]
        },
        PrintedJSON("audit", "reconcile") { stage in
            let server = try await stage.lab()
            _ = try await stage.json("-e", "pve.vm_action(nil, 103, 'start')")
            let fits = try await stage.json("audit", "reconcile")
            _ = try await server.control("/api2/json/nodes/pve1/qemu/101/status/reboot", body: "{}")
            return [Form("audit-reconcile", fits), Form("audit-reconcile", try await stage.json("audit", "reconcile"))]
        },
    ]

    static let ofTexts = [
        PrintedJSON("config", "init") { stage in
            [
                Form("config-init", try await stage.json("config", "init")),
                Form("config-init", try await stage.json("config", "init")),
            ]
        },
        PrintedJSON("config", "check") { stage in
            try await stage.lab()
            return [Form("config-check", try await stage.json("config", "check"))]
        },
        PrintedJSON("config", "path") { stage in [Form("config-path", try await stage.json("config", "path"))] },
        PrintedJSON("check") { stage in
            let wrong = try stage.file("wrong.lua", "pve.vm_acton(101)\nprnt(1)\n")
            return [
                Form("check", try await stage.json("check", "examples")),
                Form("check", try await stage.json("check", wrong)),
            ]
        },
        PrintedJSON("test") { stage in
            let text = """
                it("is wrong", function() expect(1).to_be(2) end)
                it("is to come")
                it("breaks", function() pve.vm(9999) end)

                """
            return [
                Form("test", try await stage.json("test", "--coverage", "examples/nightly-shutdown_test.lua")),
                Form("test", try await stage.json("test", try stage.file("wrong_test.lua", text))),
                Form("test", try await stage.json("test", try stage.file("broken_test.lua", "it(("))),
            ]
        },
        PrintedJSON("docs") { stage in
            [
                Form("operations", try await stage.json("docs")),
                Form("operations", try await stage.json("docs", "vm_action", "locked", "string")),
                Form("entries", try await stage.json("docs", "--list")),
                Form("entries", try await stage.json("docs", "--search", "move a guest")),
            ]
        },
    ]
}

extension SchemaStage {
    /// Something for the audit to tell of.
    fileprivate func changes() async throws {
        _ = try await demo("-e", "pve.vm_action(nil, 103, 'start'); pve.vm_action(nil, 101, 'stop')")
    }
}

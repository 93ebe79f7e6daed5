// SPDX-License-Identifier: Apache-2.0
import Model
import Schema
import Testing

@testable import Commands

struct ReplCompletionTests {
    @Test(arguments: [
        ("pve.clu", ["pve.cluster", "pve.cluster_status"]), ("pve.cluster(\"la", ["lab", "lab2"]),
        ("x = pve.cluster('lab2", ["lab2"]),
        ("pve.cluster(\"lab2\").list_v", [".list_vms"]), ("pve.cluster('lab').api.g", [".api.get"]),
        ("print(\"la", []), ("pve.na", ["pve.name"]), ("vm:sh", ["vm:shutdown"]),
    ])
    func completes(typed: String, expected: [String]) {
        let found = ReplCompletion.candidates(typed, cursor: typed.count, clusters: ["lab", "lab2", "demo"])
        #expect(found.filter { !$0.isEmpty } == expected)
    }

    private static let script = """
        const apiSchema = [
          {"path":"/nodes","text":"nodes","children":[
            {"path":"/nodes/{node}/qemu/{vmid}/config","info":{"PUT":{"parameters":{"additionalProperties":0,"properties":{
              "node":{"type":"string"},"vmid":{"type":"integer"},"memory":{"type":"string","optional":1},
              "meta":{"type":"string","optional":1},"net[n]":{"type":"string","optional":1},
              "allow-move":{"type":"boolean","optional":1}}}}}},
            {"path":"/nodes/{node}/lxc","info":{"GET":{}}}]},
          {"path":"/pools","info":{"GET":{}}}
        ];
        """
    private let schema: APISchema

    init() throws { schema = try APISchema(script: Array(Self.script.utf8), cluster: "c", version: "1") }

    @Test(
        arguments: [
            (#"pve.api.get("#, []), (#"pve.api.get(""#, ["/"]), (#"pve.api.get("/"#, ["/nodes", "/pools"]),
            (#"local x = pve.api.get('/po"#, ["/pools"]),
            (#"pve.api.get("/nodes/pve1/"#, ["/nodes/pve1/lxc", "/nodes/pve1/qemu"]),
            (#"pve.api.put("/nodes/pve1/qemu/101/c"#, ["/nodes/pve1/qemu/101/config"]), (#"pve.api.get("/nodes/"#, []),
            (#"pve.api.put("/nodes/pve1/qemu/101/config", { me"#, ["memory", "meta"]),
            (#"pve.api.put("/nodes/pve1/qemu/101/config", {"#, ["memory", "meta", "net"]),
            (#"pve.api.put("/nodes/pve1/qemu/101/config", { memory = 2, n"#, ["net"]),
            (#"pve.api.put("/nodes/pve1/qemu/101/config", { ["al"#, ["allow-move"]),
            (#"pve.api.put("/nodes/pve1/qemu/101/config", { memory = m"#, []),
            (#"pve.api.put("/nodes/pve1/qemu/101/config", { memory = 2 }, { wa"#, []),
            (#"pve.api.put("/nowhere", { me"#, []), (#"pve.api.patch("/po"#, []), (#"print("/po"#, []),
            ("pve.api.po", ["pve.api.post"]), ("vm:shut", ["vm:shutdown"]), (":he", [":help"]),
            ("pve.snapshot_r", ["pve.snapshot_rollback"]),
        ] as [(String, [String])])
    func offersWhatMayStandThere(typed: String, expected: [String]) {
        #expect(ReplCompletion.candidates(typed + " rest", cursor: typed.utf8.count) { schema } == expected)
    }

    @Test func theSchemaIsReadOnlyForRawCalls() {
        var asked = 0
        for line in ["pve.vm", "x = 1", "pve.api.ge", ":help api", "pve.api.get('/"] {
            _ = ReplCompletion.candidates(line, cursor: line.utf8.count) {
                asked += 1
                return nil
            }
        }
        #expect(asked == 1)
    }

    @Test func theCursorIsCountedInBytes() {
        let line = #"x = "ü" pve.api.get("/po"#
        #expect(ReplCompletion.candidates(line, cursor: line.utf8.count) { schema } == ["/pools"])
    }
}

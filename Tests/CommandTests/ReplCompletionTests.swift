// SPDX-License-Identifier: Apache-2.0
import Model
import Schema
import Testing

@testable import Commands

struct ReplCompletionTests {
    private let variables = [
        ReplVariable(name: "vm", type: "table", keys: ["name", "vmid"], object: .guest),
        ReplVariable(name: "store", type: "table", keys: ["storage"], object: .storage),
        ReplVariable(name: "memo", type: "table", keys: ["memory", "meta", "not a name", "q\u{1b}"]),
    ]

    private var inventory: ReplInventory {
        var result = ReplInventory()
        result.guests = [
            .init(vmid: 101, name: "web-1", kind: "qemu", node: "pve1"),
            .init(vmid: 102, name: "web-2", kind: "lxc", node: "pve2"),
            .init(vmid: 200, name: "ev\u{1b}[2Jil", kind: "qemu", node: "pve1"),
            .init(vmid: 201, name: "a\", os.exit(); (\"", kind: "qemu", node: "pve1"),
            .init(vmid: 202, name: "x\u{202e}y", kind: "qemu", node: "pve1"),
        ]
        (result.statuses, result.tags) = (["running", "stopped"], ["web"])
        (result.nodes, result.storages, result.pools) = (["pve1", "pve2"], ["local", "local-lvm"], ["web"])
        return result
    }

    private func found(_ typed: String) -> [String] {
        var knowledge = ReplCompletion.Knowledge()
        knowledge.clusters = ["lab", "lab2", "demo"]
        knowledge.inventory = { inventory }
        knowledge.snapshots = { $0 == 101 ? ["before", "nightly"] : [] }
        knowledge.variables = variables
        knowledge.files = { ["\($0)ab.lua", "x y.lua"] }
        return ReplCompletion.candidates(typed + " rest", cursor: typed.utf8.count, knowledge)
    }

    @Test(arguments: [
        ("pve.clu", ["pve.cluster", "pve.cluster_status"]), ("pve.cluster(\"la", ["lab", "lab2"]),
        ("x = pve.cluster('lab2", ["lab2"]),
        ("pve.cluster(\"lab2\").list_v", [".list_vms"]), ("pve.cluster('lab').api.g", [".api.get"]),
        ("print(\"la", []), ("pve.na", ["pve.name"]), ("vm:sh", ["vm:shutdown"]),
        (":cl", [":cluster"]), (":cluster la", ["lab", "lab2"]), (":plan o", ["on", "off"]),
        (":load /tmp/", ["ab.lua"]), (":explain vm:sto", ["vm:stop"]), (":nothing x", []),
        (":help snapshot_r", ["snapshot_rollback"]),
    ])
    func completes(typed: String, expected: [String]) {
        #expect(found(typed) == expected)
    }

    @Test(arguments: [
        ("pve.vm(", ["101", "102", "200", "201", "202", "\"web-1\"", "\"web-2\""]), ("pve.vm(10", ["101", "102"]),
        ("pve.vm(\"we", ["web-1", "web-2"]), ("local x = pve.vm('web-2", ["web-2"]),
        ("pve.vm_action(nil, 10", ["101", "102"]), ("pve.vm_action(\"pv", ["pve1", "pve2"]),
        ("pve.vm_action(nil, 101, \"sto", ["stop"]), ("pve.vm_action(nil, 101, sto", ["store"]),
        ("pve.vm_action(nil, 101, \"stop\", { f", ["force"]),
        ("pve.vm_action(nil, 101, 'stop', { force = t", ["true", "table", "then", "tonumber", "tostring", "type"]),
        ("pve.list_vms{ status = \"r", ["running"]), ("pve.list_vms({ status = 's", ["stopped"]),
        ("pve.list_vms{ node = \"pve2", ["pve2"]), ("vm:action(\"res", ["reset", "resume"]),
        ("pve.vm(\"a\"):shutd", [":shutdown"]), ("memo.", ["memo.memory", "memo.meta"]), ("memo.mem", ["memo.memory"]),
        ("me", ["memo"]), ("store:st", []), ("unknown:shutd", ["unknown:shutdown"]), ("print(1) -- pve.vm(", []),
        ("", []), ("whi", ["while"]), ("tos", ["tostring"]), ("pve.vm(\"ev", []), ("pve.vm(\"a", []),
    ])
    func offersWhatTheTableAndTheClusterKnow(typed: String, expected: [String]) {
        #expect(found(typed) == expected)
    }

    @Test(arguments: [
        ("pve.api.get(\"/nodes/", ["/nodes/pve1", "/nodes/pve2"]),
        ("pve.api.get(\"/nodes/pve1/qemu/1", ["/nodes/pve1/qemu/101"]),
        ("pve.api.get('/nodes/pve2/lxc/", ["/nodes/pve2/lxc/102"]), ("pve.api.get('/pools/w", ["/pools/web"]),
        ("pve.api.get('/storage/local-", ["/storage/local-lvm"]),
    ])
    func pathsHoldTheNamesThatTheClusterHas(typed: String, expected: [String]) {
        #expect(found(typed) == expected)
    }

    @Test func onlyACallOfTheTableAsksTheCluster() {
        for line in ["x = 1 + vm", "print(", "pve.vm_action(nil, 101, ", "vm:sh", ":help vm", "{ a = "] {
            var knowledge = ReplCompletion.Knowledge()
            knowledge.inventory = {
                Issue.record("asked for \(line)")
                return ReplInventory()
            }
            _ = ReplCompletion.candidates(line, cursor: line.utf8.count, knowledge)
        }
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
            (#"pve.api.put("/nodes/pve1/qemu/101/config", { memory = m"#, ["math"]),
            (#"pve.api.put("/nodes/pve1/qemu/101/config", { memory = 2 }, { wa"#, ["wait"]),
            (#"pve.api.put("/nowhere", { me"#, []), (#"pve.api.patch("/po"#, []), (#"print("/po"#, []),
            ("pve.api.po", ["pve.api.post"]), ("vm:shut", ["vm:shutdown"]), (":he", [":help"]),
            ("pve.snapshot_r", ["pve.snapshot_rollback"]),
        ] as [(String, [String])])
    func offersWhatMayStandThere(typed: String, expected: [String]) {
        #expect(
            ReplCompletion.candidates(typed + " rest", cursor: typed.utf8.count, .init(schema: { schema })) == expected)
    }

    @Test func theSchemaIsReadOnlyForRawCalls() {
        var asked = 0
        for line in ["pve.vm", "x = 1", "pve.api.ge", ":help api", "pve.api.get('/"] {
            let knowledge = ReplCompletion.Knowledge(schema: {
                asked += 1
                return nil
            })
            _ = ReplCompletion.candidates(line, cursor: line.utf8.count, knowledge)
        }
        #expect(asked == 1)
    }

    @Test func theCursorIsCountedInBytes() {
        let line = #"x = "ü" pve.api.get("/po"#
        #expect(ReplCompletion.candidates(line, cursor: line.utf8.count, .init(schema: { schema })) == ["/pools"])
    }
}

// SPDX-License-Identifier: Apache-2.0
import Model
import Proxmox
import TestSupport
import Testing

/// What a changing call leaves behind, by its path and parameters.
struct CallTraceTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var method: HTTPMethod
        var path: String
        var parameters: [String: String] = [:]
        var types: Set<String> = []
        var id: String?
        var effect: ExpectedEffect = .none
        var isKnown = true
        var testDescription: String { "\(method.rawValue) \(path) \(parameters)" }

        init(
            _ method: HTTPMethod, _ path: String, _ types: Set<String>, id: String? = "101",
            _ effect: ExpectedEffect = .none, with parameters: [String: String] = [:], isKnown: Bool = true
        ) {
            (self.method, self.path, self.parameters, self.types) = (method, "/nodes/pve1/" + path, parameters, types)
            (self.id, self.effect, self.isKnown) = (id, effect, isKnown)
        }
    }

    static let cases: [Case] = [
        Case(.post, "qemu/101/status/start", ["qmstart", "hastart"], ExpectedEffect(.running)),
        Case(.post, "lxc/101/status/start", ["vzstart", "hastart"], ExpectedEffect(.running)),
        Case(.post, "qemu/101/status/stop", ["qmstop", "hastop"], ExpectedEffect(.stopped)),
        Case(.post, "lxc/101/status/shutdown", ["vzshutdown", "hastop"], ExpectedEffect(.stopped)),
        Case(.post, "qemu/101/status/reboot", ["qmreboot"], ExpectedEffect(.restarted)),
        Case(.post, "qemu/101/status/reset", ["qmreset"]),
        Case(.post, "qemu/101/status/suspend", ["qmpause", "qmsuspend"], ExpectedEffect(.paused)),
        Case(
            .post, "qemu/101/status/suspend", ["qmpause", "qmsuspend"], ExpectedEffect(.stopped), with: ["todisk": "1"]),
        Case(
            .post, "qemu/101/snapshot", ["qmsnapshot"], ExpectedEffect(.snapshotExists, snapshot: "s1"),
            with: ["snapname": "s1"]),
        Case(.delete, "qemu/101/snapshot/s1", ["qmdelsnapshot"], ExpectedEffect(.snapshotGone, snapshot: "s1")),
        Case(.post, "lxc/101/snapshot/s1/rollback", ["vzrollback"], ExpectedEffect(.rolledBack, snapshot: "s1")),
        Case(
            .post, "qemu/101/migrate", ["qmigrate", "hamigrate"], ExpectedEffect(.onTarget, node: NodeName("pve2")),
            with: ["target": "pve2"]),
        Case(.post, "lxc/101/template", ["vztemplate"], ExpectedEffect(.template)),
        Case(.delete, "qemu/101", ["qmdestroy"], ExpectedEffect(.gone)),
        Case(.post, "qemu/101/clone", ["qmclone"], ExpectedEffect(.exists), with: ["newid": "105"]),
        Case(.post, "qemu", ["qmcreate", "qmrestore"], id: "105", ExpectedEffect(.exists), with: ["vmid": "105"]),
        Case(.post, "lxc", ["vzcreate", "vzrestore"], id: "105", ExpectedEffect(.exists), with: ["vmid": "105"]),
        Case(.put, "qemu/101/config", [], ExpectedEffect(.configured), with: ["memory": "512"]),
        Case(.post, "vzdump", ["vzdump"], id: "101", with: ["vmid": "101"]),
        Case(.post, "vzdump", ["vzdump"], id: nil, with: ["vmid": "101,102"]),
        Case(.delete, "storage/local/content/local:backup/a.zst", ["imgdel"], id: nil),
        Case(.post, "qemu/101/unheard/of", [], isKnown: false),
        Case(.post, "lxc/101/status/reset", []),
        Case(.post, "qemu/99/status/start", ["qmstart", "hastart"], id: nil, ExpectedEffect(.running)),
    ]

    @Test(arguments: cases) func callsAreKnownByTheirTraces(_ row: Case) throws {
        let call = APICall(
            row.method, try APIPath(parsing: row.path), row.parameters.map { ($0.key, .text($0.value)) })
        let trace = try #require(CallTrace(call))
        #expect(trace.node.rawValue == "pve1")
        #expect(trace.types == row.types)
        #expect(trace.taskID == row.id)
        #expect(trace.effect.condition == row.effect.condition)
        #expect(trace.effect.snapshot == row.effect.snapshot && trace.effect.node == row.effect.node)
        #expect(trace.isKnown == row.isKnown)
    }

    @Test(arguments: [
        (HTTPMethod.get, "/nodes/pve1/qemu/101/config"), (.post, "/pools"), (.post, "/nodes/-/qemu"),
        (.put, "/access/acl"),
    ])
    func readsAndCallsAboutNoNodeLeaveNone(_ method: HTTPMethod, _ path: String) throws {
        #expect(CallTrace(APICall(method, try APIPath(parsing: path))) == nil)
    }

    /// The operation table says what each of its calls is checked against; what is known of the call itself must agree.
    @Test func theOperationTablesConditionsAgree() throws {
        for endpoint in OperationTable.all.flatMap(\.endpoints) where endpoint.method != "GET" {
            let kind = endpoint.kinds.contains(.qemu) ? "qemu" : "lxc"
            guard !endpoint.dependsOnPath, let method = HTTPMethod(rawValue: endpoint.method),
                let trace = CallTrace(APICall(method, try APIPath(parsing: filledPath(endpoint.path, kind: kind))))
            else { continue }
            #expect(trace.effect.condition == endpoint.postCondition, "\(endpoint.path)")
        }
    }
}

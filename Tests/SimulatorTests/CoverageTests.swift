// SPDX-License-Identifier: Apache-2.0
import Model
import Testing

@testable import Simulator

/// What the simulator says about itself.
struct CoverageTests {
    @Test(arguments: [
        ("GET", "/version", true), ("POST", "/nodes/{node}/{kind}/{vmid}/status/start", true),
        ("GET", "/nodes/pve1/storage/local/content/local:iso/x.iso", true), ("GET", "/cluster/nextid?vmid=100", true),
        ("GET", "/nodes/{node}/{kind}/{vmid}/agent/ping", false), ("PATCH", "/version", false),
        ("GET", "/no/such/path", false),
    ])
    func itSaysWhichCallsItAnswers(method: String, path: String, answered: Bool) {
        #expect(SimulatedCluster.serves(method: method, path: path) == answered)
    }

    @Test func aCallThatOnlyOneKindHasIsServedForThatKind() {
        let path = "/nodes/{node}/{kind}/{vmid}/agent/ping"
        #expect(SimulatedCluster.serves(method: "POST", path: path, kind: .qemu))
        #expect(!SimulatedCluster.serves(method: "POST", path: path, kind: .lxc))
    }

    @Test func everyCallOfTheOperationTableIsServed() {
        for operation in OperationTable.all {
            for endpoint in operation.endpoints where !endpoint.dependsOnPath {
                for kind in endpoint.kinds {
                    #expect(
                        SimulatedCluster.serves(method: endpoint.method, path: endpoint.path, kind: kind),
                        "\(operation.name): \(endpoint.method) \(endpoint.path)")
                }
            }
        }
    }

    @Test func theListNamesEachCallOnce() {
        let calls = SimulatedCluster.servedCalls
        #expect(Dictionary(grouping: calls) { $0 }.filter { $1.count > 1 }.keys.isEmpty)
        #expect(calls.contains(.init(method: "GET", path: "/nodes/{node}/storage/{storage}/content/{volume}")))
    }
}

// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing
import YAML

@testable import Simulator

struct SeedTests {
    @Test func theDemoClusterHoldsWhatTheDesignPromises() throws {
        let file = Places.repository.appendingPathComponent("assets/clusters/demo.yaml")
        let seed = try ClusterSeed(yaml: String(contentsOf: file, encoding: .utf8), file: "demo.yaml")
        #expect(seed == .demo())
        #expect(seed.nodes.map(\.name) == ["pve1", "pve2", "pve3"])
        #expect(seed.guests.map(\.vmid) == [100, 101, 102, 103, 110, 111, 9000])
        #expect(Set(seed.guests.filter { [100, 101, 102].contains($0.vmid) }.map(\.node)).count == 3)
        #expect(seed.guests.first { $0.vmid == 9000 }?.isTemplate == true)
        #expect(seed.token == "root@pam!demo=00000000-0000-4000-8000-000000000001")
        #expect(seed.volumes.contains { $0.content == "backup" && $0.protected })
    }

    @Test(arguments: [
        ("version: 2\nnodes: [{ name: a1 }]", "f:1:10: expected version 1"),
        ("version: 1\nnodes: [{ name: a1, colour: red }]", "f:2:21:"),
        ("version: 1\nnodes: [{ name: a1 }]\nguests: [{ vmid: 100, name: x, node: b }]", "f:3:38: there is no node b"),
        ("version: 1\nnodes: [{ name: a1 }]\nguests: [{ vmid: 9, name: x, node: a1 }]", "f:3:18:"),
    ])
    func aWrongDescriptionIsRefusedWithItsPlace(text: String, complaint: String) {
        #expect(performing: { _ = try ClusterSeed(yaml: text, file: "f") }, throws: { "\($0)".hasPrefix(complaint) })
    }

    @Test func generatedClustersAreTheSameForTheSameSeed() {
        #expect(ClusterSeed.generated(nodes: 4, guests: 50, seed: 7) == .generated(nodes: 4, guests: 50, seed: 7))
        #expect(ClusterSeed.generated(nodes: 4, guests: 50, seed: 7) != .generated(nodes: 4, guests: 50, seed: 8))
    }

    @Test(arguments: [(0.0, "Thu, 01 Jan 1970 00:00:00 GMT"), (1_795_342_969, "Sun, 22 Nov 2026 10:22:49 GMT")])
    func datesAreWrittenAsHTTPWritesThem(time: Double, text: String) { #expect(HTTPDate.text(time) == text) }
}

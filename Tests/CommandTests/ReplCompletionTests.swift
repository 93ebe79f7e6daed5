// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Commands

struct ReplCompletionTests {
    @Test(arguments: [
        ("pve.clu", ["pve.cluster"]), ("pve.cluster(\"la", ["lab", "lab2"]), ("x = pve.cluster('lab2", ["lab2"]),
        ("pve.cluster(\"lab2\").list_v", [".list_vms"]), ("pve.cluster('lab').api.g", [".api.get"]),
        ("print(\"la", []), ("pve.na", ["pve.name"]), ("vm:sh", ["vm:shutdown"]),
    ])
    func completes(typed: String, expected: [String]) {
        let found = ReplCompletion.candidates(typed, cursor: typed.count, clusters: ["lab", "lab2", "demo"])
        #expect(found.filter { !$0.isEmpty } == expected)
    }
}

// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Plan
import Testing

struct PlanFileTests {
    /// A plan with something in every field.
    static func full() -> Plan {
        var plan = Plan(
            id: "20261122-210000-abcd", created: 1_795_000_000, expires: 1_795_003_600, nonce: "00ff", caller: .agent,
            requester: "alice", cluster: .init(name: "lab", fingerprint: "aa"),
            script: .init(name: "n.lua", sha256: "bb"),
            policy: .init(sha256: "cc", demand: "approve", approvals: 1), seed: "-42")
        var operation = PlannedOperation(
            number: 1, operation: "vm_action", cluster: "lab", action: "guest.stop", actions: ["guest.stop"],
            method: "POST", path: "/nodes/pve1/qemu/101/status/stop",
            parameters: ["archive": ResultReference(operation: 1, field: "volume").json], effect: "approve")
        operation.place = "n.lua:3"
        operation.targets = [
            PlannedTarget(
                vmid: 101, kind: "qemu", name: "wéb", node: "pve1", facts: ["uuid": "x", "status": "running"])
        ]
        operation.differences = [PlannedDifference("status", before: "running", after: nil)]
        operation.seconds = 3
        operation.rule = "hard"
        plan.operations = [operation]
        plan.modules = [.init(name: "m", sha256: "dd")]
        plan.parameters = [.init(name: "tag", value: "web")]
        plan.reads = [PlannedRead(request: "GET /cluster/resources", count: 2)]
        plan.unknowns = [PlannedUnknown(what: "output", place: nil)]
        plan.partial = PlannedUnknown(what: "output", place: "n.lua:4")
        plan.failure = "no"
        plan.limits = [.init(name: "run.changes", used: 1, most: 50)]
        return plan
    }

    @Test func aPlanComesBackFromItsFileAsItWas() throws {
        let file = PlanFile(Self.full())
        #expect(try PlanFile(reading: file.bytes, name: "p") == file)
    }

    @Test func everyChangedByteIsNoticed() {
        let bytes = PlanFile(Self.full()).bytes
        for index in bytes.indices {
            for change in [UInt8(1), 0x20, 0x80] {
                var tampered = bytes
                tampered[index] ^= change
                #expect(throws: Failure.self) { try PlanFile(reading: tampered, name: "p") }
            }
        }
    }
}

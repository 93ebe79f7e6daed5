// SPDX-License-Identifier: Apache-2.0
import Journal
import JSON
import Model
import Testing
import Wire

@testable import Runbook

struct CallKeyTests {
    private func key(_ name: String = "vm", _ cluster: String = "lab", _ arguments: [PackedValue]) -> String {
        CallKey.of(name, on: cluster, arguments, OperationTable.named(name))
    }

    @Test func theOrderInWhichATableWasWalkedDoesNotMatter() {
        let one: PackedValue = ["a": 1.packed, "b": ["x": 1.packed, "y": .null]]
        let other: PackedValue = ["b": ["y": .null, "x": 1.packed], "a": 1.packed]
        #expect(key("configure", "lab", [one]) == key("configure", "lab", [other]))
    }

    @Test(arguments: [
        (PackedValue.integer(1), PackedValue.number(1)), (.number(0.1), .number(0.2)), (.number(0), .number(-0.0)),
        (.string([0x31]), .integer(1)), (.null, .bool(false)), (.array([.null]), .array([])),
        (.array(["ab", "c"]), .array(["a", "bc"])), (.map([.init("a", "b")]), .map([.init("ab", "")])),
        (.string([0xff]), .string([0xfe])), (.array([.array([]), "a"]), .array([.array(["a"])])),
    ])
    func otherArgumentsAreAnotherCall(one: PackedValue, other: PackedValue) {
        #expect(key("vm", "lab", [one]) != key("vm", "lab", [other]))
    }

    @Test func theSameIsTheSame() {
        #expect(key("vm", "lab", [.number(.nan)]) == key("vm", "lab", [.number(-.nan)]))
        #expect(key("vm", "lab", [.map([])]) == key("vm", "lab", [.array([])]), "Lua cannot tell them apart")
    }

    @Test func nameAndClusterCount() {
        #expect(key("vm", "lab", [1.packed]) != key("vm", "lab2", [1.packed]))
        #expect(key("vm", "lab", [1.packed]) != key("config", "lab", [1.packed]))
        var counter = CallCounter()
        func id(_ name: String) -> CallID? {
            let payload = PackedValue.array([PackedValue(name), .null, 101.packed]).encoded()
            return NumberedCall(payload).numbered(&counter, own: "lab").id
        }
        #expect(id("vm") == CallID(key: key("vm", "lab", [101.packed]), occurrence: 1))
        #expect(id("vm@lab")?.occurrence == 2, "the own cluster by its name is the same call")
        #expect(id("vm@lab2")?.occurrence == 1)
        #expect(id("fail") == nil && id("table") == nil && id("@require") == nil)
    }

    @Test func secretsAreNoPartOfIt() {
        let one: PackedValue = ["set": ["cipassword": "hunter2"]]
        let other: PackedValue = ["set": ["cipassword": "swordfish"]]
        #expect(
            key("configure", "lab", [.null, 101.packed, one]) == key("configure", "lab", [.null, 101.packed, other]))
    }

    @Test(arguments: ErrorKind.allCases)
    func aFailureComesOutAsItWentIn(kind: ErrorKind) throws {
        var failure = Failure(kind, "a \"message\"\n", hint: "do this", status: 596, raw: "raw\u{1b}")
        failure.fields = [.init("vmid", "is wrong"), .init("a", "")]
        (failure.action, failure.cluster, failure.vmid) = ("guest.stop", "lab2", 101)
        (failure.node, failure.upid, failure.log) = ("pve1", "UPID:x", ["one", "", "two"])
        let text = failure.json.text
        #expect(Failure(json: try JSONValue(parsing: text)) == failure)
        let bare = Failure(kind, "m")
        #expect(Failure(json: try JSONValue(parsing: bare.json.text)) == bare)
    }
}

extension Int {
    fileprivate var packed: PackedValue { .integer(Int64(self)) }
}

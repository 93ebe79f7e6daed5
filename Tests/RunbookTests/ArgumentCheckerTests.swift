// SPDX-License-Identifier: Apache-2.0
import Model
import Testing
import Wire

@testable import Runbook

private func check(_ operation: String, _ values: [PackedValue]) throws -> Arguments {
    let row = try #require(OperationTable.named(operation))
    return try ArgumentChecker.check(values, for: row)
}

/// One bad call: the operation, its arguments, and what the error must name.
private struct BadCall: CustomTestStringConvertible, Sendable {
    let operation: String
    let values: [PackedValue]
    let parameter: String
    let words: String

    init(_ operation: String, _ values: [PackedValue], _ parameter: String, _ words: String) {
        self.operation = operation
        self.values = values
        self.parameter = parameter
        self.words = words
    }

    var testDescription: String { "\(operation): \(parameter) \(words)" }
}

private let badCalls: [BadCall] = [
    BadCall("vm_action", [], "guest", "is missing"),
    BadCall("vm_action", [.null, .integer(101)], "action", "is missing"),
    BadCall("vm_action", [.null, "101", "start"], "guest", "not \"101\""),
    BadCall("vm_action", [.null, .number(.nan), "start"], "guest", "not nan"),
    BadCall("vm_action", [.null, .number(.infinity), "start"], "guest", "not inf"),
    BadCall("vm_action", [.null, .number(1e300), "start"], "guest", "must be a vmid"),
    BadCall("vm_action", [.null, .number(101.5), "start"], "guest", "not 101.5"),
    BadCall("vm_action", [.null, .integer(-1), "start"], "guest", "from 100 to 999999999"),
    BadCall("vm_action", [.null, .integer(99), "start"], "guest", "from 100 to 999999999"),
    BadCall("vm_action", [.null, .integer(.max), "start"], "guest", "from 100 to 999999999"),
    BadCall("vm_action", [.null, .integer(101), "explode"], "action", "\"shutdown\""),
    BadCall("vm_action", [.null, .integer(101), .integer(1)], "action", "not 1"),
    BadCall("vm_action", ["../pve1", .integer(101), "start"], "node", "not \"../pve1\""),
    BadCall("vm_action", ["pve1\r\nX: y", .integer(101), "start"], "node", "\\u{d}\\u{a}"),
    BadCall("vm_action", ["pve1\u{0}", .integer(101), "start"], "node", "\\u{0}"),
    BadCall("vm_action", [.string([0xff, 0xfe]), .integer(101), "start"], "node", "must be a node name"),
    BadCall("vm_action", [.string([UInt8](repeating: 0x61, count: 10_000_000)), .integer(101), "start"], "node", "…"),
    BadCall(
        "vm_action", [.null, .integer(101), "start", ["timeuot": .integer(3)]], "options.timeuot", "is not an option"),
    BadCall("vm_action", [.null, .integer(101), "start", ["timeout": "3"]], "options.timeout", "not \"3\""),
    BadCall("vm_action", [.null, .integer(101), "start", ["timeout": .integer(-3)]], "options.timeout", "not -3"),
    BadCall("vm_action", [.null, .integer(101), "start", ["timeout": .number(.nan)]], "options.timeout", "not nan"),
    BadCall("vm_action", [.null, .integer(101), "start", ["wait": .integer(1)]], "options.wait", "true or false"),
    BadCall("vm_action", [.null, .integer(101), "start", "fast"], "options", "a table of options"),
    BadCall("vm_action", [.null, .opaque("a function"), "start"], "guest", "not a function"),
    BadCall("vm_action", [.null, .integer(101), "start", .null, .integer(1)], "arguments", "at most 4"),
    BadCall("snapshot", [.null, .integer(101), ["name": "../x"]], "options.name", "snapshot name"),
    BadCall("snapshot", [.null, .integer(101), ["name": "x"]], "options.name", "snapshot name"),
    BadCall("snapshot", [.null, .integer(101), ["name": "current"]], "options.name", "snapshot name"),
    BadCall("snapshot", [.null, .integer(101), ["name": "a\nb"]], "options.name", "\\u{a}"),
    BadCall(
        "snapshot", [.null, .integer(101), ["change_number": .integer(-1)]], "options.change_number", "whole number"),
    BadCall("snapshot", [.null, .integer(101), ["description": "a\u{1b}[31m"]], "options.description", "control"),
    BadCall("poll", ["UPID:pve1"], "task", "a task or a UPID"),
    BadCall("poll", [.integer(3)], "node", "a node name"),
    BadCall("list_vms", [["statsu": "running"]], "filters.statsu", "is not an option"),
    BadCall("list_vms", [["node": .integer(1)]], "filters.node", "a node name"),
    BadCall("list_vms", [["kind": "docker"]], "filters.kind", "\"qemu\", \"lxc\""),
    BadCall("table", [.opaque("a table that contains itself")], "rows", "contains itself"),
    BadCall("table", [[["x": .opaque("a function")]]], "rows[1].x", "cannot leave the script"),
    BadCall("sleep", [.number(-1)], "seconds", "not -1"),
    BadCall("sleep", [.number(1e9)], "seconds", "at most 86400"),
    BadCall("log", [.integer(1)], "message", "must be a string"),
    BadCall("api.get", [.null], "path", "is missing"),
    BadCall("api.get", ["/version", ["a b": "x"]], "parameters.a b", "no parameter name"),
    BadCall("api.get", ["/version", ["x": ["y": "z"]]], "parameters.x", "a number, a boolean"),
]

struct ArgumentCheckerTests {
    @Test(arguments: badCalls)
    private func refusesBadArgumentsByName(call: BadCall) throws {
        let failure = try #require(throws: Failure.self) { try check(call.operation, call.values) }
        #expect(failure.kind == .parameter)
        #expect(failure.fields.first?.name == call.parameter)
        #expect(failure.message.contains(call.words), "\(failure.message)")
        #expect(failure.message.utf8.count < 1000, "an error must not repeat a huge argument")
    }

    @Test func suggestsTheOptionThatWasMeant() throws {
        let failure = try #require(throws: Failure.self) {
            try check("vm_action", [.null, .integer(101), "start", ["timeuot": .integer(3)]])
        }
        #expect(failure.hint?.contains("timeout") == true)
    }

    @Test func suggestsTheActionThatWasMeant() throws {
        let failure = try #require(throws: Failure.self) { try check("vm_action", [.null, .integer(101), "sotp"]) }
        #expect(failure.hint == "did you mean `stop`?")
    }

    @Test func takesAGuestRecordForAVmid() throws {
        let arguments = try check("vm_action", ["pve1", ["vmid": .integer(101), "name": "web-1"], "start"])
        #expect(try arguments.guest() == VMID(101))
        #expect(arguments.node() == NodeName("pve1"))
        #expect(arguments.text("action") == "start")
    }

    @Test func takesAFloatWithoutFractionForAWholeNumber() throws {
        #expect(try check("vm", [.number(101)]).guest() == VMID(101))
    }

    @Test func pollTakesATaskAUPIDOrANodeAndAUPID() throws {
        let upid = "UPID:pve1:0000C530:001C9BEC:677E934A:qmstart:100:root@pam:"
        let expected = try #require(UPID(upid))
        #expect(try check("poll", [PackedValue(upid)]).task() == expected)
        #expect(try check("poll", [["upid": PackedValue(upid)], ["timeout": .integer(5)]]).task() == expected)
        let three = try check("poll", ["pve1", PackedValue(upid), ["timeout": .number(2.5)]])
        #expect(try three.task() == expected)
        #expect(three.options().seconds("timeout") == .milliseconds(2500))
    }

    @Test func emptyTablesCountAsNoOptions() throws {
        #expect(try check("list_vms", [.map([])]).options("filters") == Arguments())
        #expect(try check("list_vms", [.array([])]).options("filters") == Arguments())
    }
}

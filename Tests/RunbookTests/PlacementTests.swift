// SPDX-License-Identifier: Apache-2.0
import Model
import Testing

@testable import Runbook

/// Where `pve.placement` puts guests; memory in whole units.
struct PlacementTests {
    struct Row: Sendable, CustomStringConvertible {
        var note: String
        var guests: String
        var nodes: String
        var places: String
        var description: String { note }
    }

    private static let rows: [Row] = [
        Row(
            note: "nothing to place", guests: "", nodes: #"{ node = "a", free = 1 }"#, places: ""),
        Row(
            note: "the node with the most memory left", guests: "{ vmid = 1, memory = 2 }",
            nodes: #"{ node = "a", free = 4 }, { node = "b", free = 9 }"#, places: "1>b"),
        Row(
            note: "the largest first, then evenly",
            guests: "{ vmid = 1, memory = 1 }, { vmid = 2, memory = 4 }, { vmid = 3, memory = 4 }",
            nodes: #"{ node = "a", free = 8 }, { node = "b", free = 8 }"#, places: "2>a 3>b 1>a"),
        Row(
            note: "of equal nodes the first by name", guests: "{ vmid = 1, memory = 1 }",
            nodes: #"{ node = "b", free = 8 }, { node = "a", free = 8 }"#, places: "1>a"),
        Row(
            note: "exactly full is not too full", guests: "{ vmid = 1, memory = 8 }",
            nodes: #"{ node = "a", free = 8 }"#, places: "1>a"),
        Row(
            note: "too large for every node", guests: "{ vmid = 1, memory = 9 }, { vmid = 2, memory = 1 }",
            nodes: #"{ node = "a", free = 8 }"#, places: "2>a | 1"),
        Row(
            note: "tightly where evenly leaves one out",
            guests: "{ vmid = 1, memory = 3 }, { vmid = 2, memory = 2, nodes = { 'a' } }, { vmid = 3, memory = 2 }",
            nodes: #"{ node = "a", free = 4 }, { node = "b", free = 3 }"#, places: "1>b 2>a 3>a"),
        Row(
            note: "only where it may go", guests: "{ vmid = 1, memory = 1, nodes = { 'a' } }",
            nodes: #"{ node = "a", free = 2 }, { node = "b", free = 9 }"#, places: "1>a"),
        Row(
            note: "nowhere it may go", guests: "{ vmid = 1, memory = 1, nodes = {} }",
            nodes: #"{ node = "a", free = 2 }"#, places: "| 1"),
        Row(
            note: "stopped guests need none, and are spread by what they may need",
            guests: "{ vmid = 1, memory = 0, weight = 9 }, { vmid = 2, memory = 0, weight = 9 }",
            nodes: #"{ node = "a", free = 4 }, { node = "b", free = 3 }"#, places: "1>a 2>b"),
        Row(
            note: "room on a storage is used up",
            guests: "{ vmid = 1, memory = 0, space = { lvm = 6 } }, { vmid = 2, memory = 0, space = { lvm = 6 } }",
            nodes: #"{ node = "a", free = 9, space = { lvm = 10 } }, { node = "b", free = 1, space = { lvm = 7 } }"#,
            places: "1>a 2>b"),
        Row(
            note: "no room on any storage", guests: "{ vmid = 1, memory = 0, space = { lvm = 6 } }",
            nodes: #"{ node = "a", free = 9, space = { lvm = 5 } }"#, places: "| 1"),
        Row(
            note: "memory that may not be seen is no obstacle", guests: "{ vmid = 1, memory = 5 }",
            nodes: #"{ node = "a" }"#, places: "1>a"),
    ]

    @Test(arguments: rows)
    func `each guest goes where there is room for it`(_ row: Row) async throws {
        let bench = try Bench()
        let code = """
            local plan = pve.placement({ \(row.guests) }, { \(row.nodes) })
            local words = {}
            for _, move in ipairs(plan.moves) do words[#words + 1] = move.vmid .. ">" .. move.to end
            if #plan.unplaced > 0 then words[#words + 1] = "|" end
            for _, guest in ipairs(plan.unplaced) do
              assert(#guest.reasons > 0)
              words[#words + 1] = tostring(guest.vmid)
            end
            print(table.concat(words, " "))
            """
        #expect(try await bench.failure(of: code) == nil)
        #expect(bench.output.text == row.places + "\n")
    }

    @Test func `what is left on each node is told`() async throws {
        let bench = try Bench()
        let code = """
            local plan = pve.placement({ { vmid = 1, memory = 3 } }, { { node = "a", free = 8 }, { node = "b", free = 5 } })
            print(plan.nodes[1].node, plan.nodes[1].free, plan.nodes[2].node, plan.nodes[2].free)
            """
        #expect(try await bench.failure(of: code) == nil)
        #expect(bench.output.text == "a\t5\tb\t5\n")
    }
}

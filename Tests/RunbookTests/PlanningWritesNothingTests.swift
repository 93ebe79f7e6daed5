// SPDX-License-Identifier: Apache-2.0
import Model
import Plan
import Policy
import Runbook
import Testing

/// Every operation that changes something, as its own example calls it, planned where policy lets everything pass.
struct PlanningWritesNothingTests {
    private static let changing = OperationTable.all.filter { $0.reach == .change }

    @Test func noExampleOfAChangeSendsAnything() async throws {
        let policy = try PolicySet.load(
            yaml: "version: 1\nrules: [{ id: all, actions: [\"*\"], effect: allow }]\n", file: "test")
        var planned = 0
        for operation in Self.changing {
            let bench = try PlanBench(policy: policy)
            let plan = try await bench.plan(operation.example)
            planned += plan.operations.count
            #expect(bench.bench.writes.isEmpty, "\(operation.name): \(bench.bench.writes)")
        }
        #expect(planned >= Self.changing.count / 2, "\(planned) of \(Self.changing.count)")
    }
}

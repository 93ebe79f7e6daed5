// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Journal
import TestSupport
import Testing

/// A host that is killed at any point leaves a journal that knows of everything that happened.
struct AgreementTests {
    @Test(arguments: CrashRunbook.all)
    func reconcile(_ runbook: CrashRunbook) async throws {
        let reference = try await CrashReference.of(runbook)
        var doubts: [String: Int] = [:]
        for point in stride(from: 1, through: reference.labels.count, by: 1) {
            let world = try CrashWorld(runbook)
            var test = CrashCase(points: [point])
            test.flight = point % 2 == 0 ? 12.5 : nil
            let label = reference.labels[point - 1]
            guard ["after intent", "before sent", "in flight", "after sent", "before accepted", "POST", "PUT", "DELETE", "accepted"].contains(where: label.contains) else { continue }
            let result = try await world.play(test, against: reference)
            if !result.problems.isEmpty { Issue.record("\(runbook.name) point \(point) \(label) \(test.flight as Any): \(result.problems)") }
            if result.inDoubt > 0 { doubts[label, default: 0] += 1
                let step = try world.journal().steps(of: "run-1").first { $0.state == .inDoubt }
                print("DOUBT", runbook.name, label, test.flight as Any, step?.outcome?["message"]?.string as Any)
            }
        }
        print("SUM", runbook.name, doubts)
    }
}

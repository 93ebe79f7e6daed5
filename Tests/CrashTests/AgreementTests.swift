// SPDX-License-Identifier: Apache-2.0
import Foundation
import Journal
import TestSupport
import Testing

/// A host that is killed at any point leaves a journal that knows of everything that happened.
struct AgreementTests {
    @Test(arguments: CrashRunbook.all)
    func aKilledHostLeavesNoEffectWithoutAnIntent(_ runbook: CrashRunbook) async throws {
        let reference = try CrashWorld(runbook)
        let whole = try reference.process(endingAt: nil)
        let outcome = try await reference.run(whole)
        let (problems, _, _) = try reference.disagreements()
        #expect(problems.isEmpty, "\(problems)")
        print(runbook.name, whole.crash.labels.count, whole.output.text, outcome as Any)
        for point in stride(from: 1, through: whole.crash.labels.count, by: 3) {
            let world = try CrashWorld(runbook)
            let process = try world.process(endingAt: point)
            #expect(try await world.run(process) == nil)
            guard process.crash.labels.contains("before intent") else { continue }
            let (problems, _, _) = try world.disagreements()
            #expect(problems.isEmpty, "\(runbook.name), point \(point) \(process.crash.labels.last ?? ""): \(problems)")
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Model
import Proxmox
import TestSupport
import Testing

@testable import Simulator

/// A situation that a sound host comes out of, and one way of being unsound that it must show.
struct Trial: Sendable, CustomStringConvertible {
    var mutant: Mutant
    var runbook: CrashRunbook
    /// The host ends at the first point whose label holds this; nil for one that lives.
    var end: String?
    var mishaps = Mishaps.none
    /// What others do while nobody is at work.
    var meanwhile: @Sendable (CrashWorld) -> Void = { _ in }
    /// What the harness says of the mutant.
    var notice: String

    var description: String { mutant.name }

    static func named(_ name: String) -> CrashRunbook {
        CrashRunbook.all.first { $0.name == name } ?? CrashRunbook.all[0]
    }

    static let all: [Trial] = [
        Trial(
            mutant: .intentAfterSend, runbook: named("one change"), end: "after demo POST",
            notice: "without an intent"),
        Trial(
            mutant: .resend, runbook: named("raw calls"), mishaps: Mishaps(byChange: [2: .status596]),
            notice: "without an intent"),
        Trial(
            mutant: .resend, runbook: named("raw calls"), mishaps: Mishaps(byChange: [2: .dropAfter]),
            notice: "without an intent"),
        Trial(
            mutant: .withoutCoverage,
            runbook: CrashRunbook(name: "reset", source: #"print(pve.vm_action(nil, 101, "reset").changed)"#),
            end: "after demo POST",
            meanwhile: { world in
                world.demo.cluster.update { state in
                    for upid in state.taskOrder where state.tasks[upid]?.type == "qmreset" { state.tasks[upid] = nil }
                    state.taskOrder.removeAll { state.tasks[$0] == nil }
                    for _ in 0..<1200 { state.spawn("aptupdate", id: "", node: "pve1", by: "root@pam") }
                }
            }, notice: "is not_happened and took effect"),
        Trial(
            mutant: .withoutUser, runbook: named("one change"), end: "in flight demo POST",
            meanwhile: { world in
                world.demo.cluster.update {
                    $0.spawn("qmstart", id: "103", node: "pve1", vmid: 103, by: OneUser.other)
                }
            }, notice: "which it did not start"),
        Trial(
            mutant: .withoutOccurrence, runbook: named("the same again and again"), end: "before end",
            notice: "printed:"),
    ]

    func problems(_ mutant: Mutant) async throws -> [String] {
        let reference = try await CrashReference.of(runbook)
        var points: [Int] = []
        if let end {
            guard let index = reference.labels.firstIndex(where: { $0.contains(end) }) else {
                throw NeverHappened("a point \(end)")
            }
            points = [index + 1]
        }
        let world = try CrashWorld(runbook)
        var test = CrashCase(points: points)
        test.mishaps = mishaps
        let meanwhile = meanwhile
        return try await world.play(test, against: reference, mutant: mutant) { meanwhile($0) }.problems
    }
}

/// The harness itself is tried: hosts that are broken on purpose must not pass.
struct MutantTests {
    @Test(arguments: Trial.all) func aBrokenProtocolIsNoticed(_ trial: Trial) async throws {
        let sound = try await trial.problems(.none)
        #expect(sound.isEmpty, "\(sound)")
        let broken = try await trial.problems(trial.mutant)
        #expect(broken.contains { $0.contains(trial.notice) }, "\(broken)")
    }
}

// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Journal
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
    /// A change that must not take effect, whoever lives.
    var forbidden: String?
    /// What the harness says of the mutant.
    var notice: String

    var description: String { mutant.name }

    static func named(_ name: String) -> CrashRunbook {
        CrashRunbook.all.first { $0.name == name } ?? CrashRunbook.all[0]
    }

    /// The node forgets its resets, and others are so busy that its list does not reach back to them.
    private static let forgetResets: @Sendable (CrashWorld) -> Void = { world in
        world.demo.cluster.update { state in
            for upid in state.taskOrder where state.tasks[upid]?.type == "qmreset" { state.tasks[upid] = nil }
            state.taskOrder.removeAll { state.tasks[$0] == nil }
            for _ in 0..<1200 { state.spawn("aptupdate", id: "", node: "pve1", by: "root@pam") }
        }
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
            meanwhile: forgetResets, notice: "is not_happened and took effect"),
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
        Trial(
            mutant: .withoutGuestLock,
            runbook: CrashRunbook(
                name: "start, and tag meanwhile",
                source: """
                    pve.vm_action(nil, 103, "start", { wait = false })
                    pve.tag(103, "started")
                    """),
            notice: "step 1 is still accepted"),
        Trial(
            mutant: .doubtIsFailure,
            runbook: CrashRunbook(
                name: "doubt, and something to undo",
                source: """
                    pve.tag(102, "done")
                    pve.on_failure(function() pve.tag(102, "undone") end)
                    print(pve.vm_action(nil, 101, "reset").changed)
                    """),
            end: "after demo POST", meanwhile: forgetResets, forbidden: "undone",
            notice: "took effect though it must not"),
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
        let result = try await world.play(test, against: reference, mutant: mutant) { meanwhile($0) }
        guard let forbidden else { return result.problems }
        // Whoever met a doubt went no further; the next one goes by what was written down of it.
        _ = try await world.resume(try world.process(endingAt: nil, mutant: mutant), boot: MachineBoot.id())
        return result.problems
            + world.effects.filter { $0.contains(forbidden) }.map { "\($0) took effect though it must not" }
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

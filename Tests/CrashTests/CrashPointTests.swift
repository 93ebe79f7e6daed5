// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// Hosts that are killed at points of their lives, and others that go on for them.
struct CrashPointTests {
    /// Every so manieth point is tried; `PVELUA_CRASHES` tries all.
    static let isWhole = ProcessInfo.processInfo.environment["PVELUA_CRASHES"] != nil

    @Test(.timeLimit(.minutes(30)), arguments: CrashRunbook.all)
    func aRunThatIsKilledAtAnyPointIsResumed(_ runbook: CrashRunbook) async throws {
        let reference = try await CrashReference.of(runbook)
        let count = reference.labels.count
        let step = Self.isWhole ? 1 : max(1, count / 16)
        for point in stride(from: 1, through: count, by: step) {
            var test = CrashCase(points: [point])
            test.flight = point % 2 == 0 ? 12.5 : nil
            try await play(runbook, test, reference, "point \(point)")
        }
    }

    @Test(.timeLimit(.minutes(30)), arguments: CrashRunbook.all)
    func aResumeThatIsKilledAsWellIsResumed(_ runbook: CrashRunbook) async throws {
        let reference = try await CrashReference.of(runbook)
        var random = SplitMix(seed: 3)
        for _ in 0..<(Self.isWhole ? 40 : 3) {
            let points = (0..<(2 + random.below(3))).map { _ in 1 + random.below(reference.labels.count) }
            var test = CrashCase(points: points)
            test.pause = Double(random.below(60))
            test.flight = random.below(2) == 0 ? nil : Double(1 + random.below(25))
            try await play(runbook, test, reference, "points \(points)")
        }
    }

    @Test(.timeLimit(.minutes(30)), arguments: 0..<10)
    func aRunThatIsKilledAtAnInstantWithMishapsIsResumed(_ group: Int) async throws {
        for number in 0..<(Self.isWhole ? 30 : 10) {
            let seed = UInt64(group * 1000 + number)
            var random = SplitMix(seed: seed)
            let runbook = random.pick(CrashRunbook.all)
            let reference = try await CrashReference.of(runbook)
            var test = CrashCase(points: [1 + random.below(reference.labels.count)])
            if random.below(3) == 0 { test.points.append(1 + random.below(reference.labels.count)) }
            for _ in 0..<random.below(3) {
                test.mishaps.byChange[1 + random.below(6)] = random.pick(Mishap.allCases)
            }
            test.pause = Double(random.below(90))
            test.flight = random.below(2) == 0 ? nil : Double(1 + random.below(25))
            test.losesPower = random.below(4) == 0
            try await play(runbook, test, reference, "seed \(seed)")
        }
    }

    @Test(.timeLimit(.minutes(30)), arguments: CrashRunbook.all)
    func aRunThatLosesItsPowerIsResumed(_ runbook: CrashRunbook) async throws {
        let reference = try await CrashReference.of(runbook)
        let count = reference.labels.count
        for point in stride(from: 1, through: count, by: Self.isWhole ? 1 : max(1, count / 6)) {
            var test = CrashCase(points: [point])
            test.losesPower = true
            test.pause = 30
            test.flight = 3
            try await play(runbook, test, reference, "power at point \(point)")
        }
    }

    /// What was read and drawn is kept with the first intent; before it nothing is, so the time may be another one.
    @Test func aRunThatIsKilledBeforeItsFirstIntentIsBegunAnewLater() async throws {
        let runbook = try #require(CrashRunbook.all.first { $0.name == "time and chance" })
        let reference = try await CrashReference.of(runbook)
        let first = try #require(reference.labels.firstIndex(of: "after intent"))
        for point in 1...(first + 1) {
            var test = CrashCase(points: [point])
            test.pause = 53
            try await play(runbook, test, reference, "a minute after point \(point)")
        }
    }

    /// Two processes died over the same step, a third one made it: it is what the fourth goes on from.
    @Test func whatWasTriedAgainIsNotTriedOnceMore() async throws {
        let runbook = try #require(CrashRunbook.all.first { $0.name == "create and start" })
        let reference = try await CrashReference.of(runbook)
        for (first, third) in [(90, 46), (92, 46), (94, 44), (94, 46), (94, 48), (96, 46)] {
            try await play(
                runbook, CrashCase(points: [first, 40, third]), reference, "three times, \(first) and \(third)")
        }
    }

    /// All of the above in one, so that the page tells of all; only for `make crash`.
    @Test(
        .timeLimit(.minutes(60)),
        .enabled(if: ProcessInfo.processInfo.environment["PVELUA_RECORD"] == "1"))
    func whatBecameOfKilledRunsIsRecorded() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for runbook in CrashRunbook.all {
                group.addTask {
                    try await aRunThatIsKilledAtAnyPointIsResumed(runbook)
                    try await aResumeThatIsKilledAsWellIsResumed(runbook)
                    try await aRunThatLosesItsPowerIsResumed(runbook)
                }
            }
            for number in 0..<10 {
                group.addTask { try await aRunThatIsKilledAtAnInstantWithMishapsIsResumed(number) }
            }
            try await group.waitForAll()
        }
        let (text, share) = await CrashTable.shared.page
        print(text)
        #expect(share >= 0.95, "\(text)")
        try CrashPage.write(text, share: share)
    }

    private func play(
        _ runbook: CrashRunbook, _ test: CrashCase, _ reference: CrashReference, _ what: String
    ) async throws {
        let world = try CrashWorld(runbook)
        let result = try await world.play(test, against: reference)
        await CrashTable.shared.add(result, of: runbook.name)
        guard !result.problems.isEmpty else { return }
        let labels = result.labels.map { $0.last ?? "" }
        let text = "\(runbook.name), \(what), \(test.mishaps.byChange), ended at \(labels):\n"
        let note = Comment(rawValue: text + result.problems.joined(separator: "\n"))
        Issue.record(note)
    }
}

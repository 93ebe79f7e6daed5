// SPDX-License-Identifier: Apache-2.0
import Model
import Testing

@testable import Policy

/// Changes one after another, each counted as the journal counts it.
private struct LimitLog {
    var judge: LimitJudge
    var run: [CountedChange] = []
    /// Changes of other runs within the hour.
    var hour: [CountedChange] = []

    init(_ limits: PolicyLimits, caller: Caller = .human, pools: [CountedChange.Guest: String] = [:]) {
        judge = LimitJudge(limits.holding(for: caller), census: PoolCensus(pools))
    }

    mutating func admit(
        actions: Set<Action>, guests: [Int], isWhole: Bool = true, of cluster: String = "lab",
        ending: CountedChange.Ending = .well
    ) throws(Failure) {
        var change = CountedChange(
            actions: actions, guests: Set(guests.map { .init(cluster: cluster, vmid: $0) }), isWhole: isWhole)
        try judge.admit(change, run: run, hour: hour + run)
        change.ending = ending
        run.append(change)
    }
}

private func limits(_ text: String) throws -> PolicyLimits {
    try PolicySet.load(yaml: "version: 1\nrules: []\nlimits: \(text)", file: "p").limits
}

struct LimitTests {
    @Test func countsChangesGuestsAndActions() throws {
        var counter = LimitLog(try PolicySet.shipped().limits)
        for _ in 0..<100 { try counter.admit(actions: ["read.guest"], guests: [999], of: "lab") }
        try counter.admit(actions: ["guest.destroy"], guests: [100], of: "lab")
        let destroy = #expect(throws: Failure.self) {
            try counter.admit(actions: ["guest.destroy"], guests: [100], of: "lab")
        }
        #expect(destroy?.kind == .limit && destroy?.message.contains("limits.run.guest.destroy is 1") == true)
        for vmid in 101..<110 { try counter.admit(actions: ["guest.start"], guests: [vmid], of: "lab") }
        let guests = #expect(throws: Failure.self) {
            try counter.admit(actions: ["guest.start"], guests: [110], of: "lab")
        }
        #expect(guests?.message.contains("limits.run.guests is 10") == true)
        for _ in 0..<40 { try counter.admit(actions: ["guest.start"], guests: [105], of: "lab") }
        let changes = #expect(throws: Failure.self) {
            try counter.admit(actions: ["guest.start"], guests: [105], of: "lab")
        }
        #expect(changes?.message.hasSuffix("limits.run.changes is 50, and 50 are used") == true)
        try counter.admit(actions: ["read.guest"], guests: [110], of: "lab")
    }

    @Test func aVmidOfAnotherClusterIsAnotherGuest() throws {
        let policy = try PolicySet.load(
            yaml: "version: 1\nrules: [{ id: a, actions: [\"*\"], effect: allow }]\nlimits: { run: { guests: 2 } }",
            file: "p")
        var counter = LimitLog(policy.limits)
        for cluster in ["lab", "lab2", "lab"] {
            try counter.admit(actions: ["guest.start"], guests: [101], of: cluster)
        }
        #expect(throws: Failure.self) { try counter.admit(actions: ["guest.start"], guests: [101], of: "lab3") }
    }

    @Test func anActionOnManyGuestsCountsForEach() throws {
        let policy = try PolicySet.load(
            yaml: "version: 1\nrules: []\nlimits:\n  run: { changes: 50, guests: 10, \"guest.stop\": 2 }\n", file: "p")
        var counter = LimitLog(policy.limits)
        #expect(throws: Failure.self) {
            try counter.admit(actions: ["guest.stop"], guests: [1, 2, 3], of: "lab")
        }
        try counter.admit(actions: ["guest.stop"], guests: [1, 2], of: "lab")
        #expect(throws: Failure.self) { try counter.admit(actions: ["guest.stop"], guests: [1], of: "lab") }
        let failure = #expect(throws: Failure.self) {
            try counter.admit(actions: ["guest.start"], guests: [], isWhole: false, of: "lab")
        }
        #expect(failure?.kind == .limit)
    }

    @Test func anHourCountsWhatOtherRunsDid() throws {
        var log = LimitLog(try limits("{ hour: { changes: 3, guests: 2 } }"))
        log.hour = [CountedChange(actions: ["guest.start"], guests: [.init(cluster: "lab", vmid: 1)], ending: .well)]
        try log.admit(actions: ["guest.start"], guests: [2])
        let guests = #expect(throws: Failure.self) { try log.admit(actions: ["guest.start"], guests: [3]) }
        #expect(
            guests?.message
                == "no more may be made within the hour: the policy's limits.hour.guests is 2, and 2 are used")
        try log.admit(actions: ["guest.stop"], guests: [1])
        let changes = #expect(throws: Failure.self) { try log.admit(actions: ["guest.stop"], guests: [1]) }
        #expect(changes?.message.contains("limits.hour.changes is 3") == true)
    }

    @Test func aCallersLimitsHoldForThatCallerBesidesTheOthers() throws {
        let limits = try limits(
            "{ run: { changes: 2 }, callers: { agent: { run: { changes: 1 }, hour: { guests: 5 } } } }")
        var human = LimitLog(limits)
        for _ in 0..<2 { try human.admit(actions: ["guest.start"], guests: [1]) }
        #expect(throws: Failure.self) { try human.admit(actions: ["guest.start"], guests: [1]) }
        var agent = LimitLog(limits, caller: .agent)
        try agent.admit(actions: ["guest.start"], guests: [1])
        let failure = #expect(throws: Failure.self) { try agent.admit(actions: ["guest.start"], guests: [1]) }
        #expect(failure?.message.contains("limits.callers.agent.run.changes is 1") == true)
    }

    @Test(arguments: [(1, 1), (2, 1), (3, 2), (4, 2), (5, 3)])
    func aShareOfAPoolIsRoundedUp(size: Int, most: Int) throws {
        let pools = Dictionary(
            uniqueKeysWithValues: (1...size).map { (CountedChange.Guest(cluster: "lab", vmid: $0), "web") })
        var log = LimitLog(try limits("{ run: { pool: 50% } }"), pools: pools)
        for vmid in 1...most { try log.admit(actions: ["guest.stop"], guests: [vmid]) }
        try log.admit(actions: ["guest.start"], guests: [1])
        try log.admit(actions: ["guest.stop"], guests: [900])
        guard size > most else { return }
        let failure = #expect(throws: Failure.self) { try log.admit(actions: ["guest.stop"], guests: [most + 1]) }
        #expect(failure?.message.contains("guest \(most + 1) of the \(size) that pool web had") == true)
        #expect(throws: Failure.self) { try log.admit(actions: ["guest.stop"], guests: [], isWhole: false) }
    }

    @Test func nothingButTheCanaryIsChangedUntilItHasComeOutWell() throws {
        var log = LimitLog(try limits("{ run: { canary: 2 } }"))
        try log.admit(actions: ["guest.stop"], guests: [1], ending: .open)
        try log.admit(actions: ["guest.stop"], guests: [2])
        let open = #expect(throws: Failure.self) { try log.admit(actions: ["guest.stop"], guests: [3]) }
        #expect(open?.message.hasSuffix("guest 1 has not come out yet") == true)
        log.run[0].ending = .badly
        let bad = #expect(throws: Failure.self) { try log.admit(actions: ["guest.stop"], guests: [3]) }
        #expect(bad?.message.hasSuffix("guest 1 did not come out well") == true)
        try log.admit(actions: ["guest.stop"], guests: [1])
        try log.admit(actions: ["guest.stop"], guests: [3, 4, 5])
    }

    @Test func manyAtOnceAreNoCanary() throws {
        var log = LimitLog(try limits("{ run: { canary: 2 } }"))
        #expect(throws: Failure.self) { try log.admit(actions: ["guest.stop"], guests: [1, 2, 3]) }
        for guests in [[1], []] {
            #expect(throws: Failure.self) { try log.admit(actions: ["guest.stop"], guests: guests, isWhole: false) }
        }
        try log.admit(actions: ["guest.stop"], guests: [1])
        #expect(throws: Failure.self) { try log.admit(actions: ["guest.stop"], guests: [2, 3]) }
        try log.admit(actions: ["guest.stop"], guests: [2])
        try log.admit(actions: ["guest.stop"], guests: [3, 4])
    }

    @Test(arguments: [
        ("{ }", "p:3:9: limits must hold at least one limit"),
        ("{ run: { pool: 50 } }", "p:3:24: expected a share from 1% to 100%, found `50`"),
        ("{ run: { pool: 0% } }", "p:3:24: expected a share from 1% to 100%, found `0%`"),
        ("{ hour: { canary: 1 } }", "p:3:19: this limit is one of a run, not of an hour"),
        ("{ run: { chnges: 1 } }", "p:3:18: no limit and no action is called `chnges`; did you mean `changes`?"),
        (
            "{ callers: { robot: { run: { changes: 1 } } } }",
            "p:3:22: unknown value `robot`; expected one of human, ci, agent"
        ),
    ])
    func refusesLimitsThatAreNone(_ text: String, _ expected: String) {
        #expect(throws: Failure(.config, expected)) { try limits(text) }
    }
}

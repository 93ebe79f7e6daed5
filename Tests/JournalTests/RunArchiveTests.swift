// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Model
import TestSupport
import Testing

@testable import Journal

struct RunArchiveTests {
    private let folder: TemporaryFolder
    private var path: String { folder.url.appendingPathComponent("state/journal.sqlite").path }

    init() throws { folder = try TemporaryFolder() }

    private static func run(_ id: String, cluster: String = "lab", started: Double = 100) -> RunRecord {
        RunRecord(
            id: id, cluster: cluster, script: "@a.lua", scriptSHA256: "", caller: .human, started: started,
            account: "alice@ws1")
    }

    private static let intent = StepIntent(actions: ["guest.stop"], method: "POST", path: "/x", vmid: 101)

    private func ids(_ journal: SQLiteJournal, _ change: (inout RunFilter) -> Void) throws -> [String] {
        var filter = RunFilter()
        change(&filter)
        return try journal.summaries(filter).map(\.id)
    }

    @Test func eachRunTellsHowItsChangesStand() throws {
        defer { folder.remove() }
        let journal = try SQLiteJournal(path: path)
        try journal.beginRun(Self.run("aa1"))
        for state in [StepState.done, .doneWithWarnings, .failed, .inDoubt] {
            let step = try journal.recordIntent(run: "aa1", Self.intent, at: 101)
            try journal.recordOutcome(run: "aa1", step: step, state, outcome: [:], at: 104)
        }
        _ = try journal.recordIntent(run: "aa1", Self.intent, at: 107)
        let run = try #require(try journal.summaries(RunFilter()).first)
        #expect(run.changes == [.done: 1, .doneWithWarnings: 1, .failed: 1, .inDoubt: 1, .intent: 1])
        #expect(run.lastActivity == 107)
        #expect(run.isHeld)
        #expect(run.account == "alice@ws1")
    }

    @Test func aRunWithoutChangesIsListedToo() throws {
        defer { folder.remove() }
        let journal = try SQLiteJournal(path: path)
        try journal.beginRun(Self.run("aa1"))
        #expect(try journal.summaries(RunFilter()).map(\.changes) == [[:]])
    }

    @Test func filtersTellRunsApart() throws {
        defer { folder.remove() }
        do {
            let gone = try SQLiteJournal(path: path)
            try gone.beginRun(Self.run("dead", started: 10))
        }
        let journal = try SQLiteJournal(path: path)
        for (index, id) in ["live", "good", "bad", "odd"].enumerated() {
            try journal.beginRun(Self.run(id, cluster: id == "odd" ? "other" : "lab", started: Double(20 + index)))
        }
        try journal.endRun("good", outcome: ["status": 0], at: 30)
        try journal.endRun("bad", outcome: ["status": 6], at: 30)
        let step = try journal.recordIntent(run: "odd", Self.intent, at: 25)
        try journal.recordOutcome(run: "odd", step: step, .inDoubt, outcome: [:], at: 26)
        try journal.endRun("odd", outcome: "not what it should be", at: 30)

        #expect(try ids(journal) { _ in } == ["odd", "bad", "good", "live", "dead"])
        #expect(try ids(journal) { $0.limit = 2 } == ["odd", "bad"])
        #expect(try ids(journal) { $0.standing = .running } == ["live"])
        #expect(try ids(journal) { $0.standing = .dead } == ["dead"])
        #expect(try ids(journal) { $0.standing = .ended } == ["good"])
        #expect(try ids(journal) { $0.standing = .failed } == ["odd", "bad"])
        #expect(try ids(journal) { $0.standing = .inDoubt } == ["odd"])
        #expect(try ids(journal) { $0.cluster = "other" } == ["odd"])
        #expect(try ids(journal) { $0.since = 22 } == ["odd", "bad"])
        #expect(try journal.runs(beginning: "b", limit: 5).map(\.id) == ["bad"])
        #expect(try journal.runs(beginning: "%", limit: 5).isEmpty)
    }

    @Test func theShortNameTellsNeighboursApart() throws {
        defer { folder.remove() }
        let journal = try SQLiteJournal(path: path)
        for (index, id) in ["abcd1", "abce1", "xyz"].enumerated() {
            try journal.beginRun(Self.run(id, started: Double(index)))
        }
        let lengths = try journal.summaries(RunFilter()).reduce(into: [:]) { $0[$1.id] = $1.distinctLength }
        #expect(lengths == ["abcd1": 4, "abce1": 4, "xyz": 1])
    }

    @Test func lookingNeedsNoLockOfWriters() throws {
        defer { folder.remove() }
        let journal = try SQLiteJournal(path: path)
        try journal.beginRun(Self.run("aa1"))
        let writer = try SQLiteConnection(path: path)
        try writer.execute("BEGIN IMMEDIATE")
        try writer.execute("UPDATE run SET script = 'b'")
        defer { try? writer.execute("ROLLBACK") }
        let start = ContinuousClock.now
        let reader = try SQLiteJournal(path: path)
        #expect(try reader.summaries(RunFilter()).map(\.script) == ["@a.lua"])
        #expect(try reader.summaries(RunFilter()).first?.isHeld == true)
        #expect(ContinuousClock.now - start < .seconds(4), "it waited for the writer")
    }

    @Test func tenThousandRunsAreListedAtOnce() throws {
        defer { folder.remove() }
        let journal = try SQLiteJournal(path: path)
        try journal.beginRun(Self.run("first"))
        let writer = try SQLiteConnection(path: path)
        try writer.execute(
            """
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
            INSERT INTO run (id, cluster, script, script_sha256, caller, started, ended, outcome)
            SELECT printf('r%08d', i), 'lab', '@a.lua', '', 'human', 1000 + i, 2000 + i, '{"status":0}' FROM n;
            WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99999)
            INSERT INTO step (run, sequence, actions, method, path, parameters, state, intended, cluster)
            SELECT printf('r%08d', i / 10 + 1), i % 10 + 1, 'guest.stop', 'POST', '/x', '{}', 'done', i, 'lab' FROM n
            """)
        var failed = RunFilter()
        failed.standing = .inDoubt
        let start = ContinuousClock.now
        let runs = try journal.summaries(RunFilter())
        let listed = ContinuousClock.now - start
        #expect(try journal.summaries(failed).isEmpty)
        let took = ContinuousClock.now - start
        print("runs list among 10,000 runs and 100,000 steps: \(listed); those in doubt: \(took - listed)")
        #expect(runs.count == 20 && runs.allSatisfy { $0.changes == [.done: 10] })
        #expect(took < .seconds(1))
    }
}

// SPDX-License-Identifier: Apache-2.0
import Foundation
import Model
import Synchronization
import TestSupport
import Testing

@testable import Journal

/// What limits are counted from, in the transaction that writes the intent.
struct StepAdmissionTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.url.appendingPathComponent("state/journal.sqlite").path
    }

    private func begin(_ run: String, _ journal: SQLiteJournal, caller: Caller = .human) throws {
        try journal.beginRun(
            RunRecord(id: run, cluster: "lab", script: "s", scriptSHA256: "", caller: caller, started: 1))
    }

    private func intent(_ vmid: Int = 101) -> StepIntent {
        // Without a cluster, so that none waits for another one of its guests.
        StepIntent(actions: ["guest.stop"], method: "POST", path: "/p", vmid: vmid, guests: [vmid, vmid + 1])
    }

    /// Leaves room for so many steps in the hour.
    private func room(for most: Int) -> StepAdmission {
        StepAdmission { (history) throws(Failure) in
            if history.hour.count >= most { throw Failure(.limit, "full") }
        }
    }

    /// What an admission is told.
    private func history(
        _ journal: SQLiteJournal, _ run: String, at time: Double = 100, replacing: Int? = nil
    ) throws -> StepHistory {
        let seen = Mutex<StepHistory?>(nil)
        #expect(throws: Failure.self) {
            try journal.recordIntent(
                run: run, intent(), at: time, replacing: replacing,
                admission: StepAdmission { (history) throws(Failure) in
                    seen.withLock { $0 = history }
                    throw Failure(.limit, "only looking")
                })
        }
        return try #require(seen.withLock { $0 })
    }

    @Test func ofManyThatRaceForTheLastPlacesExactlySoManyGetOne() async throws {
        defer { folder.remove() }
        let path = path
        let admitted = try await withThrowingTaskGroup(of: Int.self) { group in
            for racer in 0..<6 {
                group.addTask {
                    let journal = try SQLiteJournal(path: path)
                    try begin("run-\(racer)", journal)
                    return (0..<5).count { _ in
                        (try? journal.recordIntent(
                            run: "run-\(racer)", intent(), at: 100, admission: room(for: 7))) != nil
                    }
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(admitted == 7)
    }

    @Test func whatIsRefusedLeavesNothing() throws {
        defer { folder.remove() }
        let journal = try SQLiteJournal(path: path)
        try begin("a", journal)
        #expect(try journal.recordIntent(run: "a", intent(), at: 1) == 1)
        _ = try history(journal, "a", at: 2, replacing: 1)
        #expect(try journal.steps(of: "a").count == 1)
        #expect(try history(journal, "a", at: 3).run.count == 1, "it counts on, as nothing took its place")
    }

    @Test func aSecondAttemptTakesTheFirstOnesPlace() throws {
        defer { folder.remove() }
        let journal = try SQLiteJournal(path: path)
        try begin("a", journal)
        _ = try journal.recordIntent(run: "a", intent(101), at: 1)
        _ = try journal.recordIntent(run: "a", intent(102), at: 2)
        let before = try history(journal, "a", at: 3, replacing: 1)
        #expect(before.run.map(\.guests) == [[102, 103]] && before.hour == before.run)
        _ = try journal.recordIntent(run: "a", intent(101), at: 3, replacing: 1, admission: room(for: 2))
        let after = try history(journal, "a", at: 4)
        #expect(after.run.map(\.guests) == [[102, 103], [101, 102]] && after.hour == after.run)
    }

    @Test func onlyWhatTheAnswerHangsOnIsRead() throws {
        defer { folder.remove() }
        let journal = try SQLiteJournal(path: path)
        try begin("a", journal)
        _ = try journal.recordIntent(run: "a", intent(), at: 1)
        for (run, hour) in [(true, false), (false, true), (false, false)] {
            _ = try journal.recordIntent(
                run: "a", intent(), at: 2,
                admission: StepAdmission(looksAtRun: run, looksAtHour: hour) { history in
                    #expect(history.run.isEmpty != run && history.hour.isEmpty != hour)
                })
        }
    }

    @Test(arguments: 1...3)
    func stepsOfAnOlderFileCountWithTheGuestTheyName(version: Int) throws {
        let path = try folder.write("journal.sqlite", "").path
        defer { folder.remove() }
        do {
            let connection = try SQLiteConnection(path: path)
            for migration in JournalSchema.migrations[..<version] { try connection.execute(migration) }
            try connection.execute(
                """
                INSERT INTO run (id, cluster, script, script_sha256, caller, started)
                    VALUES ('old', 'lab', 's', '', 'human', 1);
                INSERT INTO step (run, sequence, actions, method, path, parameters, vmid, state, intended)
                    VALUES ('old', 1, 'guest.destroy guest.stop', 'POST', '/p', '{}', 101, 'done', 20),
                           ('old', 2, 'node.power', 'POST', '/p', '{}', NULL, 'in_doubt', 21),
                           ('old', 3, 'guest.stop', 'POST', '/p', '{}', 102, 'not_happened', 22);
                PRAGMA user_version = \(version);
                """)
            if version > 1 { try connection.execute("UPDATE step SET cluster = 'lab'") }
        }
        let journal = try SQLiteJournal(path: path)
        try begin("new", journal)
        let history = try history(journal, "new")
        #expect(history.run.isEmpty)
        #expect(history.hour.map(\.guests) == [[101], []])
        #expect(history.hour.map(\.cluster) == ["lab", "lab"])
        #expect(history.hour.map(\.state) == [.done, .inDoubt])
        #expect(history.hour.first?.actions == ["guest.destroy", "guest.stop"])
    }

    /// However long the journal is, only the run's own steps and those of the hour are looked at.
    @Test func noLongJournalIsReadThrough() throws {
        let connection = try SQLiteConnection(path: ":memory:")
        try JournalSchema.migrate(connection)
        for query in [StepHistory.runQuery, StepHistory.hourQuery] {
            let plan = try connection.query(
                "EXPLAIN QUERY PLAN \(query)",
                [.real(1), .text("a"), .integer(0)].prefix(query == StepHistory.runQuery ? 2 : 3).map { $0 }
            ).compactMap { $0.text(3) }
            #expect(plan.contains { $0.hasPrefix("SEARCH step USING INDEX") }, "\(plan)")
            #expect(!plan.contains { $0.hasPrefix("SCAN") || $0.contains("TEMP B-TREE") }, "\(plan)")
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Model
import Synchronization
import TestSupport
import Testing

@testable import Journal

/// What is on disk when, and what is left when the machine goes down.
struct DurabilityTests {
    private static let run = RunRecord(
        id: "r", cluster: "lab", script: "a.lua", scriptSHA256: "aa", caller: .human, started: 1)

    private static func intent(_ vmid: Int) -> StepIntent {
        StepIntent(
            actions: ["guest.stop"], method: "POST", path: "/p",
            parameters: ["note": .string(String(repeating: "x", count: 3000))], vmid: vmid, guests: [vmid],
            cluster: "lab")
    }

    @Test func aChangeWaitsTwiceForTheDisk() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let path = folder.url.appendingPathComponent("journal.sqlite").path
        let synced = Mutex<[String]>([])
        WatchedFiles.watch(path) { name, isSync in if isSync { synced.withLock { $0.append(name) } } }
        let journal = try SQLiteJournal(path: path)
        try journal.beginRun(Self.run)
        func syncs(_ body: () throws -> Void) rethrows -> [String] {
            synced.withLock { $0 = [] }
            try body()
            return synced.withLock(\.self).map { $0 == path + "-wal" ? "wal" : $0 }
        }
        // The first frame of a new log costs another one, for its head.
        _ = try journal.recordIntent(run: "r", Self.intent(100), at: 1)
        var batch = JournalBatch()
        batch.calls = (1...50).map {
            CallRecord(
                id: CallID(key: "k", occurrence: $0), name: "list_vms", place: nil,
                answer: .value(Array("[\($0)]".utf8)), answered: 1)
        }
        #expect(
            try syncs { _ = try journal.recordIntent(run: "r", Self.intent(101), at: 1, carrying: batch) } == ["wal"])
        #expect(try syncs { try journal.recordSent(run: "r", step: 2, at: 2) } == [])
        #expect(try syncs { try journal.recordAccepted(run: "r", step: 2, upid: "U", at: 3) } == [])
        #expect(try syncs { try journal.appendOutput("r", stream: 1, [65]) } == [])
        #expect(try syncs { try journal.recordOutcome(run: "r", step: 2, .done, outcome: .null, at: 4) } == ["wal"])
        #expect(try syncs { _ = try journal.steps(of: "r") } == [])
    }

    private struct Moment: Sendable {
        var file: Data
        var log: Data?
        var syncedLog: Data?
        var durable: [Int: StepState]
    }

    @Test func powerMayFailAtEveryWrite() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let path = folder.url.appendingPathComponent("journal.sqlite").path
        _ = try folder.write("journal.sqlite", "")
        let durable = Mutex<[Int: StepState]>([:])
        let syncedLog = Mutex<Data?>(nil)
        let moments = Mutex<[Moment]>([])
        let isWatching = Mutex(false)
        @Sendable func content(_ suffix: String) -> Data? { FileManager.default.contents(atPath: path + suffix) }
        WatchedFiles.watch(path) { name, isSync in
            if isSync, name.hasSuffix("-wal") { syncedLog.withLock { $0 = content("-wal") } }
            guard isWatching.withLock(\.self), let file = content("") else { return }
            let moment = Moment(
                file: file, log: content("-wal"), syncedLog: syncedLog.withLock(\.self),
                durable: durable.withLock(\.self))
            moments.withLock { $0.append(moment) }
        }
        let connection = try SQLiteConnection(path: path)
        // So that the log is copied into the file, and begun anew, while we watch.
        try connection.execute("PRAGMA wal_autocheckpoint = 15")
        let journal = try SQLiteJournal(adopting: connection, place: path)
        try journal.beginRun(Self.run)
        isWatching.withLock { $0 = true }
        for step in 1...6 {
            _ = try journal.recordIntent(run: "r", Self.intent(100 + step), at: 1)
            durable.withLock { $0[step] = .intent }
            try journal.recordSent(run: "r", step: step, at: 2)
            try journal.recordAccepted(run: "r", step: step, upid: "U\(step)", at: 3)
            try journal.recordOutcome(run: "r", step: step, .done, outcome: .null, at: 4)
            durable.withLock { $0[step] = .done }
        }
        isWatching.withLock { $0 = false }
        let all = moments.withLock(\.self)
        #expect(all.count > 60)
        for (number, moment) in all.enumerated() {
            for (kind, log) in [("as written", moment.log), ("as synced", moment.syncedLog)] {
                let copy = try folder.write("copy-\(number)-\(kind.count)", "")
                try moment.file.write(to: copy)
                if let log { try log.write(to: URL(fileURLWithPath: copy.path + "-wal")) }
                let opened = try SQLiteConnection(path: copy.path)
                #expect(try opened.query("PRAGMA integrity_check").first?.text(0) == "ok", "\(number) \(kind)")
                let found = try SQLiteJournal(adopting: opened, place: copy.path)
                let states = Dictionary(
                    uniqueKeysWithValues: try found.steps(of: "r").map { ($0.sequence, $0.state) })
                for (step, state) in moment.durable {
                    #expect(state == .done ? states[step] == .done : states[step] != nil, "\(number) \(kind) \(step)")
                }
                var last = AuditRow.origin
                for row in try found.auditRows(after: 0, limit: 1000) {
                    #expect(row.hash == row.expectedHash(after: last))
                    last = row.hash
                }
            }
        }
    }

    /// Frames that were not synced are gone, but what came after a later sync is there with all before it.
    @Test func aDiskThatFillsUpAfterSendingLosesNoWords() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let path = folder.url.appendingPathComponent("journal.sqlite").path
        let journal = try SQLiteJournal(path: path)
        try journal.beginRun(Self.run)
        _ = try journal.recordIntent(run: "r", Self.intent(101), at: 1)
        try journal.recordSent(run: "r", step: 1, at: 2)
        _ = try journal.write(.config, "test") { connection throws(SQLiteError) in
            let pages = try connection.query("PRAGMA page_count").first?.integer(0) ?? 0
            try connection.query("PRAGMA max_page_count = \(pages)")
        }
        let long: JSONValue = .string(String(repeating: "y", count: 300_000))
        let failure = #expect(throws: Failure.self) {
            try journal.recordOutcome(run: "r", step: 1, .done, outcome: long, at: 4)
        }
        #expect(failure?.kind == .inDoubt)
        #expect(
            failure?.message == "the journal cannot be written: database or disk is full; the call came out as done")
        #expect(failure?.hint?.contains(path) == true)
        #expect(try journal.steps(of: "r").map(\.state) == [.sent], "it is open, and is looked for by a resumed run")
        let next = #expect(throws: Failure.self) { try journal.recordIntent(run: "r", Self.intent(101), at: 5) }
        #expect(next?.kind == .locked)
    }
}

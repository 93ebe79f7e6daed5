// SPDX-License-Identifier: Apache-2.0
import Foundation
import Hashing
import JSON
import Model
import TestSupport
import Testing

@testable import Journal

struct SQLiteJournalTests {
    private let folder: TemporaryFolder
    private var path: String { folder.url.appendingPathComponent("state/pvelua/journal.sqlite").path }

    init() throws { folder = try TemporaryFolder() }

    private func begin(_ journal: SQLiteJournal, _ id: String = "01A", started: Double = 100) throws {
        try journal.beginRun(
            RunRecord(
                id: id, cluster: "demo", script: "a.lua", scriptSHA256: ContentHash.sha256([]), caller: .agent,
                started: started))
    }

    private let intent = StepIntent(
        actions: ["guest.stop", "guest.force"], method: "POST", path: "nodes/pve1/qemu/101/status/stop",
        parameters: ["skiplock": 1], vmid: 101, node: "pve1", identity: ["name": "web-1"])

    @Test func keepsEveryStateAcrossReopening() throws {
        defer { folder.remove() }
        do {
            let journal = try SQLiteJournal(path: path)
            try begin(journal)
            for _ in 1...4 { _ = try journal.recordIntent(run: "01A", intent, at: 101) }
            for step in 2...4 { try journal.recordSent(run: "01A", step: step, at: 102) }
            for step in 3...4 { try journal.recordAccepted(run: "01A", step: step, upid: "UPID:x", at: 103) }
            try journal.recordOutcome(run: "01A", step: 4, .doneWithWarnings, outcome: ["w": 1], at: 104)
        }
        let journal = try SQLiteJournal(path: path)
        let steps = try journal.steps(of: "01A")
        #expect(steps.map(\.state) == [.intent, .sent, .accepted, .doneWithWarnings])
        #expect(steps.map(\.sequence) == [1, 2, 3, 4])
        #expect(steps.allSatisfy { $0.intent == intent })
        let last = try #require(steps.last)
        #expect(last.upid == "UPID:x" && last.outcome == ["w": 1])
        #expect([last.intended, last.sent, last.accepted, last.ended] == [101, 102, 103, 104])
        try journal.endRun("01A", outcome: ["status": 0], at: 105)
        let run = try #require(try journal.run("01A"))
        #expect(run.ended == 105 && run.outcome == ["status": 0] && run.caller == .agent)
    }

    @Test func listsTheLatestRunsFirst() throws {
        let journal = try SQLiteJournal.inMemory()
        for (id, time) in [("01A", 1.0), ("01C", 3), ("01B", 2)] { try begin(journal, id, started: time) }
        #expect(try journal.runs(limit: 2).map(\.id) == ["01C", "01B"])
        #expect(try journal.runs(limit: -1).isEmpty)
        #expect(try journal.run("01Z") == nil)
        #expect(throws: Failure.self) { try begin(journal, "01A") }
    }

    @Test func aSettledStepStaysAsItIs() throws {
        let journal = try SQLiteJournal.inMemory()
        try begin(journal)
        let step = try journal.recordIntent(run: "01A", intent, at: 1)
        try journal.recordOutcome(run: "01A", step: step, .inDoubt, outcome: nil, at: 2)
        try journal.recordOutcome(run: "01A", step: step, .done, outcome: nil, at: 3)
        for state in StepState.allCases {
            let failure = #expect(throws: Failure.self) {
                try journal.recordOutcome(run: "01A", step: step, state, outcome: nil, at: 4)
            }
            #expect(failure?.message.contains("step 1 of run 01A cannot become \(state.rawValue)") == true)
        }
        #expect(throws: Failure.self) { try journal.recordSent(run: "01A", step: step, at: 4) }
        #expect(throws: Failure.self) { try journal.recordSent(run: "01A", step: 7, at: 4) }
        #expect(try journal.steps(of: "01A").map(\.state) == [.done])
    }

    @Test func aStepNeedsItsRun() throws {
        let journal = try SQLiteJournal.inMemory()
        let failure = #expect(throws: Failure.self) { try journal.recordIntent(run: "none", intent, at: 1) }
        #expect(failure?.kind == .config && failure?.message.hasSuffix("nothing was sent") == true)
    }

    @Test func writesNoSecretDown() throws {
        defer { folder.remove() }
        let journal = try SQLiteJournal(path: path)
        try begin(journal)
        let parameters: JSONValue = [
            "cipassword": "hunter2", "sshkeys": "hunter2", "net0": ["Password": "hunter2"], "name": "web",
            "list": [["token_secret": "hunter2"]],
        ]
        _ = try journal.recordIntent(
            run: "01A", StepIntent(actions: ["guest.config"], method: "PUT", path: "p", parameters: parameters), at: 1)
        try journal.recordOutcome(run: "01A", step: 1, .done, outcome: ["ticket": "hunter2"], at: 2)
        let stored = try #require(try journal.steps(of: "01A").first).intent.parameters
        #expect(stored["name"] == "web")
        #expect(stored["cipassword"] == .string(Redaction.mark))
        for file in try FileManager.default.contentsOfDirectory(atPath: PrivateStorage.folder(of: path)) {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: PrivateStorage.folder(of: path) + "/" + file))
            #expect(bytes.range(of: Data("hunter2".utf8)) == nil, "\(file)")
        }
    }

    @Test func connectionsCountTogether() async throws {
        defer { folder.remove() }
        let path = path
        let numbers = try await withThrowingTaskGroup(of: [Int].self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let journal = try SQLiteJournal(path: path)
                    return try (0..<25).map { _ in try journal.nextNumber(counter: "snapshot", first: 7) }
                }
            }
            return try await group.reduce(into: [Int]()) { $0 += $1 }
        }
        #expect(numbers.sorted() == Array(7..<107))
        let journal = try SQLiteJournal(path: path)
        #expect(try journal.nextNumber(counter: "other", first: 1) == 1)
        #expect(try journal.nextNumber(counter: "snapshot", first: 1000) == 1000)
        #expect(try journal.nextNumber(counter: "snapshot", first: 1) == 1001)
    }

    @Test func twoProcessesShareOneRunWithoutSharingNumbers() throws {
        defer { folder.remove() }
        let first = try SQLiteJournal(path: path)
        let second = try SQLiteJournal(path: path)
        try begin(first)
        #expect(try first.recordIntent(run: "01A", intent, at: 1) == 1)
        #expect(try second.recordIntent(run: "01A", intent, at: 1) == 2)
        #expect(try first.recordIntent(run: "01A", intent, at: 1) == 3)
    }
}

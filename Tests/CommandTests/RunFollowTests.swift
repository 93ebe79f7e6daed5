// SPDX-License-Identifier: Apache-2.0
import JSON
import Journal
import Model
import Proxmox
import Synchronization
import Testing

@testable import Commands

/// Following a run in time that only sleeping moves; between two looks the run makes its next move.
struct RunFollowTests {
    private final class Sink: FollowSink {
        let lines = Mutex<[String]>([])
        private func add(_ line: String) { lines.withLock { $0.append(line) } }
        func begins(_ detail: RunDetail) { add("begins with \(detail.steps.count)") }
        func moved(_ steps: [StepRecord], in detail: RunDetail) {
            for step in steps { add("\(step.sequence) \(step.state.rawValue)") }
        }
        func wrote(_ piece: OutputPiece) { add("\(piece.stream): \(String(decoding: piece.bytes, as: UTF8.self))") }
        func ends(_ detail: RunDetail) { add("\(detail.standing.rawValue)") }
    }

    /// Each sleep is one move; after the last nothing happens any more.
    private final class Moves: ClientClock {
        private let state: Mutex<(time: Duration, moves: [@Sendable () throws -> Void])>
        init(_ moves: [@Sendable () throws -> Void]) { state = Mutex((.zero, moves)) }
        func now() -> Duration { state.withLock { $0.time } }
        func sleep(for duration: Duration) async throws(CancellationError) {
            let move = state.withLock { state in
                state.time += duration
                return state.moves.isEmpty ? nil : state.moves.removeFirst()
            }
            do { try move?() } catch { Issue.record(error) }
            if now() > .seconds(60) { throw CancellationError() }
        }
    }

    private let journal: SQLiteJournal
    private let sink = Sink()
    private static let intent = StepIntent(actions: ["guest.stop"], method: "POST", path: "/x", vmid: 101)

    init() throws {
        journal = try SQLiteJournal.inMemory()
        try journal.beginRun(
            RunRecord(id: "r", cluster: "lab", script: "@a", scriptSHA256: "", caller: .human, started: 1))
    }

    private func follow(_ moves: [@Sendable () throws -> Void]) async throws -> Commands.ExitStatus {
        try await RunFollow(id: "r", archive: journal, clock: Moves(moves), sink: sink).follow()
    }

    @Test(arguments: [0, 6, 27])
    func whatHappensIsToldUntilTheRunEndsWithItsStatus(status: Int) async throws {
        let journal = journal
        let ended = try await follow([
            { _ = try journal.recordIntent(run: "r", Self.intent, at: 2) },
            { try journal.recordSent(run: "r", step: 1, at: 3) },
            { try journal.appendOutput("r", stream: 1, Array("hello".utf8)) },
            { try journal.recordAccepted(run: "r", step: 1, upid: "UPID:x", at: 4) },
            { try journal.recordOutcome(run: "r", step: 1, .done, outcome: [:], at: 5) },
            {
                try journal.appendOutput("r", stream: 2, Array("bye".utf8))
                try journal.endRun("r", outcome: ["status": JSONValue(status)], at: 6)
            },
        ])
        #expect(ended.rawValue == Int32(status))
        let end = status == 0 ? "ended" : status == 27 ? "in_doubt" : "failed"
        #expect(sink.lines.withLock { $0 } == ["begins with 0", "1: hello", "1 accepted", "1 done", "2: bye", end])
    }

    @Test(arguments: [true, false])
    func aRunWhoseProcessDiesIsToldOf(isOpen: Bool) async throws {
        let journal = journal
        let ended = try await follow([
            { if isOpen { _ = try journal.recordIntent(run: "r", Self.intent, at: 2) } },
            { try journal.releaseRun("r") },
        ])
        #expect(ended == (isOpen ? .inDoubt : .interrupted))
        #expect(sink.lines.withLock { $0.last } == "left_behind")
    }

    /// Between one process and the next there is a moment in which nobody holds the run.
    @Test func aHandOverIsNoDeath() async throws {
        let journal = journal
        let ended = try await follow([
            { try journal.releaseRun("r") }, {}, { try journal.takeRun("r") },
            { try journal.endRun("r", outcome: ["status": 0], at: 6) },
        ])
        #expect(ended == .done)
    }

    @Test func oneThatHasEndedIsToldAtOnce() async throws {
        try journal.endRun("r", outcome: ["status": 7], at: 6)
        #expect(try await follow([]) == .timedOut)
        #expect(sink.lines.withLock { $0 } == ["begins with 0", "failed"])
    }

    @Test func leavingIsNoEnd() async throws {
        do {
            _ = try await follow([])
            Issue.record("it ended")
        } catch {
            #expect((error as? Failure)?.kind == .cancelled)
        }
        #expect(try journal.run("r")?.ended == nil)
    }
}

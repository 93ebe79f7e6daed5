// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Model
import Secrets
import TestSupport
import Testing

@testable import Journal

/// A journal that is handed secrets everywhere, and where they are afterwards.
struct SecretJournalTests {
    private static let secret = "c4nary/+ \"word"
    private let folder: TemporaryFolder
    private let book = SecretBook()
    private var path: String { folder.url.appendingPathComponent("state/journal.sqlite").path }

    init() throws {
        folder = try TemporaryFolder()
        book.register(Self.secret)
    }

    private var text: String { "error: value '\(Self.secret)' is wrong" }
    private var json: JSONValue { ["message": .string(text), "n": [.string(text)], Self.key: 1] }
    private static var key: String { secret }

    private func open(_ copies: (any AuditCopy)? = nil) throws -> SQLiteJournal {
        try SQLiteJournal(path: path, account: "alice", now: { 7 }, copies: copies, secrets: book)
    }

    private func record(_ source: String = "pve.list_vms()", plan: [UInt8]? = nil) -> RunRecord {
        var origin = RunOrigin(source: Array(source.utf8), chunk: "@a.lua")
        origin.parameters = [.init("why", Self.secret), .init("n", "1")]
        origin.path = "/home/x/a.lua"
        origin.plan = plan
        return RunRecord(
            id: "aa1", cluster: "lab", script: "@\(text)", scriptSHA256: "", caller: .human, started: 1,
            account: "alice", origin: origin)
    }

    /// Every byte of every file beside the journal.
    private func expectClean(_ place: Comment? = nil) throws {
        let files =
            FileManager.default.enumerator(at: folder.url, includingPropertiesForKeys: nil)?.allObjects as? [URL] ?? []
        var count = 0
        for file in files where !file.hasDirectoryPath {
            count += 1
            #expect(!book.holds(Array(try Data(contentsOf: file))), "\(file.lastPathComponent) \(place ?? "")")
        }
        #expect(count >= 2)
    }

    private final class Copies: AuditCopy {
        let book: SecretBook
        init(_ book: SecretBook) { self.book = book }
        func copy(_ rows: [AuditRow]) {
            for row in rows { #expect(!book.holds(row.body) && !book.holds(row.cluster ?? "")) }
        }
    }

    @Test func nothingThatIsWrittenHoldsASecret() throws {
        defer { folder.remove() }
        let journal = try open(Copies(book))
        try journal.beginRun(record())
        var intent = StepIntent(
            actions: ["guest.config"], method: "PUT", path: "/\(Self.secret)/config", parameters: json, vmid: 101,
            node: text, identity: json, guests: [101], cluster: "lab")
        intent.evidence = json
        intent.place = text
        intent.call = CallID(key: "k", occurrence: 1)
        var batch = JournalBatch()
        let call = CallID(key: "c", occurrence: 1)
        batch.calls = [
            CallRecord(id: call, name: "a", place: text, answer: .value(json.encoded()), answered: 1),
            CallRecord(
                id: CallID(key: "c", occurrence: 2), name: "a", place: nil, answer: .failure(json.encoded()),
                answered: 1),
            CallRecord(id: CallID(key: "c", occurrence: 3), name: "a", place: nil, answer: .value([0x31]), answered: 1),
        ]
        batch.memos = [MemoRecord(call: call, name: "m", value: json)]
        batch.modules = [
            ModuleRecord(name: "@m.lua", source: Array(text.utf8)), ModuleRecord(name: "@n.lua", source: [0x20]),
        ]
        batch.starts = [StartRecord(cluster: "lab", part: 0, body: json)]
        batch.events = [AuditEvent(.consent, cluster: text, body: json)]
        batch.undoing = json
        let step = try journal.recordIntent(run: "aa1", intent, at: 2, carrying: batch)
        try journal.recordSent(run: "aa1", step: step, at: 3)
        try journal.recordAccepted(run: "aa1", step: step, upid: text, at: 4)
        try journal.recordOutcome(run: "aa1", step: step, .done, outcome: json, at: 5)
        try journal.audit(AuditEvent(.login, body: json), at: 5)
        _ = try journal.freeze(FreezeRecord(began: 1, until: 2, reason: text, account: text))
        try journal.recordVerdict(
            PlanVerdict(digest: "d", person: "bob", isDenial: true, given: 1, expires: 2, reason: text))
        try journal.changeAlerts(of: "lab", at: 1) { _ in
            AlertChange(
                alerts: [AlertRow(fingerprint: text, state: text, body: json)],
                messages: [.init(channel: "c", body: json)])
        }
        for byte in text.utf8 { try journal.appendOutput("aa1", stream: 1, [byte]) }
        try journal.endRun("aa1", outcome: json, at: 6)
        try expectClean()

        // Blobs are compressed: what comes out of them is looked at as well.
        let run = try #require(try journal.run("aa1"))
        let memory = try journal.memory(of: "aa1")
        let steps = try journal.steps(of: "aa1")
        #expect(!book.holds("\(run) \(memory) \(steps)"))
        #expect(run.origin?.parameters == [.init("why", nil), .init("n", "1")])
        #expect(
            memory.calls.sorted { $0.id.occurrence < $1.id.occurrence }.map(\.answer)
                == [.withheld, .withheld, .value([0x31])])
        #expect(memory.modules.map(\.name) == ["@n.lua"])
        #expect(memory.starts.first?.body["message"] == "error: value '[redacted]' is wrong")
        #expect(steps.first?.intent.parameters["message"] == "error: value '[redacted]' is wrong")
        #expect(steps.first?.outcome?["withheld"] == true, "whoever goes on must know")
        let output = try journal.output(of: "aa1", after: 0, limit: 1000).flatMap(\.bytes)
        #expect(String(decoding: output, as: UTF8.self) == "error: value '[redacted]' is wrong")
        let report = try journal.checkAudit()
        #expect(report.faultCount == 0 && report.steps == 1, "\(report)")
    }

    @Test func whatIsWrittenAfterTheEndDoesNotWait() throws {
        defer { folder.remove() }
        let journal = try open()
        try journal.beginRun(record())
        let secret = Array(Self.secret.utf8)
        try journal.appendOutput("aa1", stream: 2, [0x3e] + secret.prefix(4))
        #expect(try journal.output(of: "aa1", after: 0, limit: 9).flatMap(\.bytes) == [0x3e], "the rest may become one")
        try journal.endRun("aa1", outcome: [:], at: 2)
        try journal.appendOutput("aa1", stream: 2, Array(text.utf8) + secret.prefix(3))
        let output = try journal.output(of: "aa1", after: 0, limit: 9).flatMap(\.bytes)
        let words = "error: value '[redacted]' is wrong"
        #expect(output == [0x3e] + secret.prefix(4) + Array(words.utf8) + secret.prefix(3))
    }

    @Test(arguments: [false, true])
    func aScriptOrPlanThatHoldsASecretIsNotKept(_ inPlan: Bool) throws {
        defer { folder.remove() }
        let journal = try open()
        try journal.beginRun(
            inPlan ? record(plan: Array(text.utf8)) : record("x = '\(Self.secret.dropLast(6))' " + text))
        let run = try #require(try journal.run("aa1"))
        #expect(run.origin == nil, "such a run cannot be resumed")
        try expectClean()
    }

    @Test func withoutSecretsEverythingIsKeptAsItIs() throws {
        defer { folder.remove() }
        let journal = try SQLiteJournal(path: path)
        try journal.beginRun(record(text))
        try journal.appendOutput("aa1", stream: 1, Array(text.utf8))
        let run = try #require(try journal.run("aa1"))
        #expect(run.origin?.source == Array(text.utf8) && run.origin?.parameters.first?.value == Self.secret)
        #expect(try journal.output(of: "aa1", after: 0, limit: 9).map(\.bytes) == [Array(text.utf8)])
    }

    @Test func aNumberThatIsASecretStaysReadableJSON() throws {
        defer { folder.remove() }
        book.register("1234567890")
        let journal = try open()
        try journal.beginRun(record())
        let intent = StepIntent(
            actions: ["guest.config"], method: "PUT", path: "/x", parameters: ["n": 1_234_567_890, "m": 2],
            cluster: "lab")
        _ = try journal.recordIntent(run: "aa1", intent, at: 2)
        #expect(try journal.steps(of: "aa1").first?.intent.parameters == ["n": "[redacted]", "m": 2])
        try expectClean()
    }
}

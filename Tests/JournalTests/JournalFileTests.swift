// SPDX-License-Identifier: Apache-2.0
import Foundation
import Hashing
import JSON
import Model
import TestSupport
import Testing

@testable import Journal

struct JournalFileTests {
    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return (attributes[.posixPermissions] as? Int) ?? -1
    }

    @Test func onlyTheOwnerCanReadIt() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let path = folder.url.appendingPathComponent("pvelua/journal.sqlite").path
        let journal = try SQLiteJournal(path: path)
        _ = try journal.nextNumber(counter: "c", first: 1)
        #expect(try mode(PrivateStorage.folder(of: path)) == 0o700)
        for suffix in ["", "-wal", "-shm"] { #expect(try mode(path + suffix) == 0o600, "\(suffix)") }
    }

    @Test func tightensAFileThatOthersCouldRead() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let file = try folder.write("journal.sqlite", "", mode: 0o644)
        _ = try SQLiteJournal(path: file.path)
        #expect(try mode(file.path) == 0o600)
    }

    @Test func refusesAFolderThatOthersMayWriteTo() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: folder.url.path)
        let failure = #expect(throws: Failure.self) {
            try SQLiteJournal(path: folder.url.appendingPathComponent("journal.sqlite").path)
        }
        #expect(failure?.kind == .config && failure?.message.hasSuffix("others may write there") == true)
    }

    @Test func refusesALinkInItsPlace() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let file = try folder.write("elsewhere", "")
        let link = folder.url.appendingPathComponent("journal.sqlite")
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: file)
        #expect(throws: Failure.self) { try SQLiteJournal(path: link.path) }
    }

    @Test(arguments: ["/proc/pvelua/journal.sqlite", "/dev/null/journal.sqlite"])
    func saysWhereItCannotBeMade(_ path: String) {
        let failure = #expect(throws: Failure.self) { try SQLiteJournal(path: path) }
        #expect(failure?.kind == .config && failure?.message.hasPrefix(PrivateStorage.folder(of: path)) == true)
    }

    @Test func refusesAFileThatIsNoDatabase() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let file = try folder.write("journal.sqlite", String(repeating: "not a database. ", count: 100))
        let failure = #expect(throws: Failure.self) { try SQLiteJournal(path: file.path) }
        #expect(failure?.kind == .config && failure?.message.contains("file is not a database") == true)
    }

    @Test func aFullDiskStopsTheRunBeforeAnythingIsSent() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let path = folder.url.appendingPathComponent("journal.sqlite").path
        let connection = try SQLiteConnection(path: path)
        // 400 KiB: room for the tables and one long step.
        try connection.execute("PRAGMA max_page_count = 100")
        let journal = try SQLiteJournal(adopting: connection, place: path)
        try journal.beginRun(
            RunRecord(id: "01A", cluster: "c", script: "s", scriptSHA256: "", caller: .human, started: 1))
        let intent = StepIntent(
            actions: ["guest.config"], method: "PUT", path: "p",
            parameters: ["description": .string(String(repeating: "x", count: 200_000))])
        #expect(try journal.recordIntent(run: "01A", intent, at: 1) == 1)
        let failure = #expect(throws: Failure.self) { try journal.recordIntent(run: "01A", intent, at: 1) }
        #expect(failure?.kind == .config)
        #expect(
            failure?.message == "the journal cannot be written: database or disk is full; nothing was sent")
        #expect(try journal.steps(of: "01A").count == 1)
        #expect(try journal.nextNumber(counter: "c", first: 1) == 1, "the connection still works")
    }

    @Test(arguments: [true, false])
    func aFileThatIsGoneMeanwhileStopsTheRunBeforeAnythingIsSent(isReplaced: Bool) throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let path = folder.url.appendingPathComponent("journal.sqlite").path
        let journal = try SQLiteJournal(path: path)
        try journal.beginRun(
            RunRecord(id: "01A", cluster: "c", script: "s", scriptSHA256: "", caller: .human, started: 1))
        let intent = StepIntent(actions: ["guest.config"], method: "PUT", path: "p")
        #expect(try journal.recordIntent(run: "01A", intent, at: 1) == 1)
        try journal.recordSent(run: "01A", step: 1, at: 1)
        try FileManager.default.removeItem(atPath: path)
        if isReplaced { _ = try SQLiteJournal(path: path) }
        let failure = #expect(throws: Failure.self) { try journal.recordIntent(run: "01A", intent, at: 2) }
        #expect(failure?.kind == .config)
        #expect(
            failure?.message
                == "the journal cannot be written: its file was deleted or replaced meanwhile; nothing was sent")
        // What is on its way is told as what it is: nobody has written down what came of it.
        let late = #expect(throws: Failure.self) {
            try journal.recordOutcome(run: "01A", step: 1, .done, outcome: .null, at: 2)
        }
        #expect(late?.kind == .inDoubt)
    }

    @Test func bringsAnEmptyFileUpToDateAndRefusesANewerOne() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let path = folder.url.appendingPathComponent("journal.sqlite").path
        do {
            let connection = try SQLiteConnection(path: path)
            #expect(try connection.query("PRAGMA user_version").first?.integer(0) == 0)
        }
        _ = try SQLiteJournal(path: path)
        _ = try SQLiteJournal(path: path)
        do {
            let connection = try SQLiteConnection(path: path)
            #expect(try connection.query("PRAGMA user_version").first?.integer(0) == 5)
            #expect(try connection.query("PRAGMA journal_mode").first?.text(0) == "wal")
            #expect(try connection.query("PRAGMA synchronous").first?.integer(0) == 2)
            try connection.execute("PRAGMA user_version = 99")
        }
        let failure = #expect(throws: Failure.self) { try SQLiteJournal(path: path) }
        #expect(failure?.message.contains("written by a newer pvelua (version 99)") == true)
    }

    @Test func stepsOfAnOlderFileLearnTheirCluster() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let path = try folder.write("journal.sqlite", "").path
        do {
            let connection = try SQLiteConnection(path: path)
            try connection.execute(JournalSchema.migrations[0])
            try connection.execute(
                """
                INSERT INTO run (id, cluster, script, script_sha256, caller, started)
                    VALUES ('old', 'lab', 's', '', 'human', 1);
                INSERT INTO step (run, sequence, actions, method, path, parameters, state, intended)
                    VALUES ('old', 1, 'guest.stop', 'POST', '/p', '{}', 'done', 2);
                PRAGMA user_version = 1;
                """)
        }
        let journal = try SQLiteJournal(path: path)
        #expect(try journal.steps(of: "old").map(\.intent.cluster) == ["lab"])
        let step = StepIntent(actions: ["guest.stop"], method: "POST", path: "/p", cluster: "lab2")
        #expect(try journal.recordIntent(run: "old", step, at: 3) == 2)
        #expect(try journal.steps(of: "old").map(\.intent.cluster) == ["lab", "lab2"])
    }

    @Test func aFailedTransactionLeavesNothing() throws {
        let connection = try SQLiteConnection(path: ":memory:")
        try connection.execute("CREATE TABLE t (a INTEGER NOT NULL) STRICT")
        #expect(throws: SQLiteError.self) {
            try connection.transaction { () throws(SQLiteError) in
                try connection.query("INSERT INTO t VALUES (?)", [.integer(1)])
                try connection.query("INSERT INTO t VALUES (?)", [.null])
            }
        }
        #expect(try connection.query("SELECT count(*) FROM t").first?.integer(0) == 0)
        #expect(throws: SQLiteError.self) { try connection.query("INSERT INTO t VALUES (?)", []) }
        try connection.query("INSERT INTO t VALUES (?)", [.integer(2)])
        #expect(try connection.query("SELECT a FROM t") == [SQLiteRow(values: [.integer(2)])])
    }

    @Test func keepsTextAsItIs() throws {
        let connection = try SQLiteConnection(path: ":memory:")
        for text in ["", "ü\u{0}x", "a'b", String(repeating: "y", count: 1_000_000)] {
            #expect(try connection.query("SELECT ?", [.text(text)]).first?.text(0) == text)
        }
    }

    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ])
    func hashesContent(_ text: String, _ expected: String) {
        #expect(ContentHash.sha256(Array(text.utf8)) == expected)
    }

    @Test(arguments: [
        ("password", true), ("cipassword", true), ("sshkeys", true), ("token_secret", true), ("OTP", true),
        ("CSRFPreventionToken", true), ("name", false), ("memory", false), ("snapname", false), ("keyboard", false),
    ])
    func knowsTheNamesOfSecrets(_ name: String, _ expected: Bool) {
        #expect(Redaction.isSecret(name) == expected)
    }
}

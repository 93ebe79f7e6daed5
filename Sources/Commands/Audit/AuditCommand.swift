// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Configuration
internal import JSON
internal import Journal
internal import Model
internal import Terminal
internal import Text

/// The command `pvelua audit …`.
struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Show, check and export what was decided, asked, sent and came of it.",
        subcommands: [AuditShow.self, AuditVerify.self, AuditExport.self, AuditReconcile.self])
}

extension Workplace {
    /// The journal, to be read; one that is not there is not made for that.
    func journalToRead() throws(Failure) -> any WholeJournal {
        let journal = journal
        guard journal.exists else {
            throw Failure(
                .config, "there is no journal yet: \(journal.path)",
                hint: "it begins with the first change, and holds its audit")
        }
        return try journal.open()
    }
}

extension JournalStore {
    /// Goes through all rows behind one, in order.
    func eachAuditRow(
        after sequence: Int = 0, _ body: (AuditRow) throws(Failure) -> Void
    ) async throws(Failure) {
        var after = sequence
        while true {
            let page = try await auditRows(after: after, limit: 2000)
            for row in page { try body(row) }
            guard page.count == 2000, let last = page.last else { return }
            after = last.sequence
        }
    }
}

/// Times as these commands take them.
enum AuditTime {
    /// Seconds since 1970 of a moment, or of so long ago.
    static func since(_ text: String, now: Double) throws(Failure) -> Double {
        if let seconds = TimeSpan.seconds(text) { return now - seconds }
        if let moment = UTCTime.seconds(text) ?? UTCTime.seconds(text + "T00:00:00Z") { return moment }
        throw Failure(
            .usage, "--since \(text) is no time", hint: "such as 2h, 7d, 2026-11-23 or 2026-11-23T08:00:00Z")
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import Configuration
internal import Glibc
internal import Journal
internal import Model

/// Where the journal is and how it is opened: the one place that knows which store is behind it.
struct JournalPlace: Sendable {
    /// The file.
    let path: String
    /// Who writes.
    let account: String

    /// Whether there is one yet; looking into it must not make it.
    var exists: Bool { access(path, F_OK) == 0 }

    /// Opens it, and makes it where it is missing.
    func open() throws(Failure) -> any WholeJournal { try SQLiteJournal(path: path, account: account) }

    /// A journal that is gone with this process and goes on where this one stands.
    func rehearsal(at time: Double) throws(Failure) -> any WholeJournal {
        try SQLiteJournal.rehearsal(of: path, at: time)
    }
}

extension Workplace {
    /// Where the journal is.
    var journal: JournalPlace { JournalPlace(path: locations.journal, account: context.account) }

    /// Opens the journal.
    func openJournal() throws(Failure) -> any WholeJournal { try journal.open() }
}

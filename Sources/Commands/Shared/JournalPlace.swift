// SPDX-License-Identifier: Apache-2.0
internal import Configuration
internal import Glibc
internal import Journal
internal import Model
internal import Secrets
internal import Text

/// Where the journal is and how it is opened: the one place that knows which store is behind it.
struct JournalPlace: Sendable {
    /// The file.
    let path: String
    /// Who writes.
    let account: String
    /// Where copies of the audit go.
    let audit: AuditConfiguration
    /// What is not written down.
    var secrets = SecretBook()
    /// Clusters that are gone with the process that they are in.
    var passing: Set<String> = []
    /// Told where a copy cannot be made.
    let warn: @Sendable (String) -> Void

    /// Whether there is one yet; looking into it must not make it.
    var exists: Bool { access(path, F_OK) == 0 }

    /// Opens it, and makes it where it is missing.
    func open() throws(Failure) -> any WholeJournal {
        try SQLiteJournal(
            path: path, account: account, copies: AuditCopies.configured(audit, warn: warn), secrets: secrets,
            passing: passing)
    }

    /// A journal that is gone with its last user and begins with nothing.
    ///
    /// - Parameter now: The time that it goes by.
    static func passing(now: @escaping @Sendable () -> Double) throws(Failure) -> any JournalStore {
        try SQLiteJournal.inMemory(now: now)
    }

    /// A journal that is gone with this process and goes on where this one stands.
    func rehearsal(at time: Double) throws(Failure) -> any WholeJournal {
        try SQLiteJournal.rehearsal(of: path, at: time)
    }
}

extension Workplace {
    /// Where the journal is, with the copies that the configuration asks for.
    func journal(_ configuration: ConfigurationFile) -> JournalPlace {
        JournalPlace(
            path: locations.journal, account: context.identity, audit: configuration.audit, secrets: context.secrets,
            passing: configuration.hasEmbedded ? [Workplace.demo] : [], warn: warn)
    }

    /// The same for commands that must work whatever is wrong with the configuration.
    var journal: JournalPlace {
        do throws(Failure) {
            return journal(try configuration())
        } catch {
            warn("the audit is not copied: \(error.message)")
            return journal(.none)
        }
    }

    /// Opens the journal.
    func openJournal() throws(Failure) -> any WholeJournal { try journal.open() }

    /// Warns on standard error, unless that is to be quiet.
    var warn: @Sendable (String) -> Void {
        let isQuiet = options.quiet
        return { [secrets = context.secrets] in
            if !isQuiet { writeError("warning: \(TextCleaner.clean(secrets.scrub($0)))\n") }
        }
    }
}

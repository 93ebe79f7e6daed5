// SPDX-License-Identifier: Apache-2.0
internal import Configuration
internal import Journal
internal import Model
internal import Proxmox
internal import Runbook
internal import Signatures
internal import Text

extension Workplace {
    /// Opens the journal for this account, with the copies that the configuration asks for.
    func openJournal(_ configuration: ConfigurationFile) throws(Failure) -> SQLiteJournal {
        try context.journal(at: locations.journal, configuration.audit, warn: warn)
    }

    /// The same for commands that must work whatever is wrong with the configuration.
    func openJournal() throws(Failure) -> SQLiteJournal {
        let configuration: ConfigurationFile
        do throws(Failure) { configuration = try self.configuration() } catch {
            warn("the audit is not copied: \(error.message)")
            configuration = .none
        }
        return try openJournal(configuration)
    }

    /// What signs the audit at the end of a run; nil where no key is configured.
    func auditSigner(_ audit: AuditConfiguration) -> AuditSigner? {
        audit.key.map { key in
            AuditSigner(key: key, keygen: keygen, now: WallTime.seconds, warn: warn)
        }
    }

    /// The way to sign and verify checkpoints.
    var keygen: SSHKeygen { SSHKeygen(namespace: AuditCheckpoint.namespace, environment: context.environment) }

    private var warn: @Sendable (String) -> Void {
        let isQuiet = options.quiet
        return { if !isQuiet { writeError("warning: \(TextCleaner.clean($0))\n") } }
    }
}

extension CommandContext {
    fileprivate func journal(
        at path: String, _ audit: AuditConfiguration, warn: @escaping @Sendable (String) -> Void
    ) throws(Failure) -> SQLiteJournal {
        try SQLiteJournal(path: path, account: account, copies: AuditCopies.configured(audit, warn: warn))
    }

    /// What hears of logins to a cluster: one that succeeds is audited with the next change, one that fails at once.
    func loginWitness(of cluster: String, _ audit: AuditConfiguration) -> @Sendable (LoginOutcome) -> Void {
        let path = Locations(environment: environment, home: home).journal
        return { [self] report in
            var event = AuditEvent(.login, cluster: cluster, body: report.audited)
            event.time = WallTime.seconds()
            guard report.failure != nil else { return logins.note(event) }
            // A login that failed is told of by its error; that it could not be audited as well changes nothing.
            do throws(Failure) {
                try journal(at: path, audit) { _ in }.audit(event, at: WallTime.seconds())
            } catch {}
        }
    }
}

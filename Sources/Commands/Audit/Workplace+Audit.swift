// SPDX-License-Identifier: Apache-2.0
internal import Configuration
internal import Journal
internal import Model
internal import Proxmox
internal import Runbook
internal import Signatures
internal import Text

extension Workplace {
    /// What signs the audit at the end of a run; nil where no key is configured.
    func auditSigner(_ audit: AuditConfiguration) -> AuditSigner? {
        audit.key.map { key in
            AuditSigner(key: key, keygen: keygen, now: WallTime.seconds, warn: warn)
        }
    }

    /// The way to sign and verify checkpoints.
    var keygen: SSHKeygen { SSHKeygen(namespace: AuditCheckpoint.namespace, environment: context.environment) }
}

extension CommandContext {
    /// What hears of logins to a cluster: one that succeeds is audited with the next change, one that fails at once.
    func loginWitness(of cluster: String, _ audit: AuditConfiguration) -> @Sendable (LoginOutcome) async -> Void {
        let place = JournalPlace(
            path: Locations(environment: environment, home: home).journal, account: account, audit: audit,
            secrets: secrets, warn: { _ in })
        return { [self] report in
            var event = AuditEvent(.login, cluster: cluster, body: report.audited)
            event.time = WallTime.seconds()
            guard report.failure != nil else { return logins.note(event) }
            // A login that failed is told of by its error; that it could not be audited as well changes nothing.
            try? await place.open().audit(event, at: WallTime.seconds())
        }
    }
}

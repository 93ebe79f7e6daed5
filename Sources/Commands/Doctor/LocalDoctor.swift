// SPDX-License-Identifier: Apache-2.0
internal import Configuration
internal import Glibc
internal import Journal
internal import Model

/// Looks at what is on this machine: files, their modes, the worker, the journal.
struct LocalDoctor {
    let locations: Locations
    let worker: String

    func checks(hasConfiguration: Bool) -> [DoctorCheck] {
        var checks = [configuration(hasConfiguration)]
        checks.append(
            access(worker, X_OK) == 0
                ? .ok("worker", worker)
                : .problem(
                    "worker", "\(worker) is missing or cannot be run: no script can run",
                    next: "install pvelua-worker beside pvelua", kind: .config))
        checks.append(journal())
        return checks
    }

    private func configuration(_ isThere: Bool) -> DoctorCheck {
        let topic = "configuration"
        guard isThere else {
            return .ok(topic, "\(locations.config): there is none; only the embedded cluster is known")
        }
        var status = stat()
        guard stat(locations.config, &status) == 0 else { return .unknown(topic, "\(locations.config) cannot be seen") }
        guard status.st_mode & 0o077 != 0 else { return .ok(topic, locations.config) }
        return .warning(
            topic, "\(locations.config) can be read by others: it holds no secret, but it says where yours are",
            next: "chmod 600 \(locations.config)")
    }

    /// The journal is opened as a run would, which makes it where it is missing.
    private func journal() -> DoctorCheck {
        do throws(Failure) {
            _ = try JournalPlace(
                path: locations.journal, account: "unknown", audit: AuditConfiguration(), warn: { _ in }
            ).open()
            return .ok("journal", "\(locations.journal) can be written")
        } catch {
            return .problem(
                "journal", "\(error.message): nothing can be changed while the intent cannot be recorded",
                next: error.hint, kind: .config)
        }
    }
}

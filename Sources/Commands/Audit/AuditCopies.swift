// SPDX-License-Identifier: Apache-2.0
internal import Configuration
internal import Journal
internal import Model
internal import Synchronization

/// The copies that the configuration asks for; each that fails is told of once and then tried again with the next rows.
final class AuditCopies: AuditCopy {
    /// One place that copies go to.
    struct Place: Sendable {
        var name: String
        var put: @Sendable ([AuditRow]) throws(Failure) -> Void
    }

    private let places: [Place]
    private let warn: @Sendable (String) -> Void
    private let told = Mutex<Set<String>>([])

    init(_ places: [Place], warn: @escaping @Sendable (String) -> Void) {
        self.places = places
        self.warn = warn
    }

    /// The places of the configuration; nil where it names none.
    static func configured(
        _ audit: AuditConfiguration, warn: @escaping @Sendable (String) -> Void
    ) -> AuditCopies? {
        var places: [Place] = []
        if let path = audit.file {
            places.append(
                Place(name: path) { (rows) throws(Failure) in try AppendOnlyFile(path: path).append(rows) })
        }
        if audit.syslog {
            places.append(
                Place(name: "the system's log") { (rows) throws(Failure) in try SystemLog().send(rows) })
        }
        return places.isEmpty ? nil : AuditCopies(places, warn: warn)
    }

    func copy(_ rows: [AuditRow]) {
        for place in places {
            do throws(Failure) {
                try place.put(rows)
            } catch {
                guard told.withLock({ $0.insert(place.name).inserted }) else { continue }
                warn("the audit is not copied to \(place.name): \(error.message); the run goes on")
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
public import Journal
internal import Synchronization

/// Logins to clusters that the audit is yet to be told of: they are written with a run's next step, so that a run that only
/// looks writes nothing.
public final class LoginBook: Sendable {
    private let events = Mutex<[AuditEvent]>([])

    /// Makes an empty book.
    public init() {}

    /// Notes a login.
    public func note(_ event: AuditEvent) { events.withLock { $0.append(event) } }

    /// What was noted, once.
    public func take() -> [AuditEvent] {
        events.withLock { events in
            defer { events.removeAll() }
            return events
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Where rows of the audit go besides the journal: out of reach of whoever can write the journal's file.
public protocol AuditCopy: Sendable {
    /// Takes rows that are on disk in the journal, in their order.
    ///
    /// What goes wrong with them is this one's to tell; the run that wrote them goes on.
    func copy(_ rows: [AuditRow])
}

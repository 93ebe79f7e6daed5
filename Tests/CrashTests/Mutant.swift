// SPDX-License-Identifier: Apache-2.0
import Journal
import Proxmox

/// A host whose protocol is broken in one way; the harness must notice each.
struct Mutant: Sendable {
    var name: String
    var journal: @Sendable (any JournalStore) -> any JournalStore = { $0 }
    var transport: @Sendable (any Transport) -> any Transport = { $0 }

    /// The host as it is.
    static let none = Mutant(name: "none")

    func around(_ store: any JournalStore) -> any JournalStore { journal(store) }
    func around(_ way: any Transport) -> any Transport { transport(way) }
}

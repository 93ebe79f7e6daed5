// SPDX-License-Identifier: Apache-2.0

/// How many requests each open connection has carried.
///
/// libcurl bounds how long a connection may be idle, not how many requests it may carry; pveproxy closes after the hundredth
/// (PVE/APIServer/AnyEvent.pm), and whoever sends another one at that moment finds a dead connection.
struct ConnectionLedger {
    private struct Entry {
        var requests: Int
        var isBusy: Bool
        var lastUse: Duration
    }

    /// By the connection's own end, `address:port`; a port is used again only after its connection is gone.
    private var entries: [String: Entry] = [:]
    private let idleLimit: Duration

    /// Makes an empty ledger for connections that are not used again after this time.
    init(idleLimit: Duration) { self.idleLimit = idleLimit }

    /// Notes that a request is about to go out on a connection.
    ///
    /// - Returns: How many requests the connection has carried, this one included.
    mutating func begin(on connection: String, isNew: Bool, now: Duration) -> Int {
        // Those that have been idle too long are never used again, so their count is of no use.
        if entries.count > 128 {
            entries = entries.filter { $0.value.isBusy || now - $0.value.lastUse < idleLimit + .seconds(1) }
        }
        let requests = isNew ? 1 : (entries[connection]?.requests ?? 0) + 1
        entries[connection] = Entry(requests: requests, isBusy: true, lastUse: now)
        return requests
    }

    /// Notes that the request on a connection has ended.
    mutating func end(on connection: String, now: Duration) {
        entries[connection]?.isBusy = false
        entries[connection]?.lastUse = now
    }

    /// How many connections are remembered.
    var count: Int { entries.count }
}

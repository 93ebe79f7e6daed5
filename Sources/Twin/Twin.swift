// SPDX-License-Identifier: Apache-2.0
public import Proxmox
internal import Synchronization

/// A cluster that may be changed without anything happening: it reads like the real one, and what is written to it
/// stays in it.
///
/// Reads come from the live cluster until something is written. From then on a simulated cluster takes the writes, and each
/// answer of the live cluster shows what they would have changed. Nothing but GET requests ever goes to the live cluster.
/// Time is virtual: whoever waits for a task of the twin waits no time at all.
public final class Twin: Sendable {
    /// A request that was made of the twin, and how often.
    public struct Read: Sendable, Hashable {
        /// `GET` and the path below `/api2/json` with its query.
        public var request: String
        /// How often it was made.
        public var count: Int
    }

    /// The client that sees the twin: pass it where a live one is wanted.
    public let client: ProxmoxClient
    /// The twin's time, which the client goes by.
    public let clock: TwinClock
    private let door: Door

    /// Makes a twin; nothing is sent until its client is asked something.
    ///
    /// - Parameters:
    ///   - live: The real cluster. It is asked with its own proof of identity, and only ever read.
    ///   - seed: What made-up things follow from: network addresses, identifiers, names of volumes.
    ///   - start: The time at which the twin begins, in seconds since 1970.
    public init(of live: ProxmoxClient, seed: UInt64 = 1, start: Double) {
        let clock = TwinClock(start: start)
        let reads = ReadLog()
        let reader = live.fronted(clock: live.clock) { ReadOnlyTransport($0, reads: reads) }
        let door = Door(
            hydration: Hydration(LiveReader(client: reader), clock: clock, seed: seed, reads: reads),
            owner: live.identity ?? "root@pam", clock: clock, patience: live.clock, reads: reads)
        self.clock = clock
        self.door = door
        client = live.fronted(clock: clock) { TwinTransport(live: ReadOnlyTransport($0, reads: reads), door: door) }
    }

    /// What was read through ``client``, in the order of the first time.
    public var reads: [Read] { door.reads.asked }
    /// How many requests went to the live cluster, those included that the twin itself needed.
    public var liveRequests: Int { door.reads.sent }
    /// How many changes the twin has taken.
    public var writes: Int { door.reads.writes }
    /// What the twin could not read of the live cluster and goes on without, such as `GET /pools: Permission check failed`.
    public var gaps: [String] { door.reads.gaps }
    /// Reads that only a cluster with the changes could answer, such as what runs inside a guest that the plan starts: the twin
    /// made these answers up.
    public var guesses: [String] { door.reads.guesses }
    /// How much time has passed in the twin.
    public var elapsed: Duration { clock.now() }
    /// The twin's time in seconds since 1970.
    public var now: Double { clock.wallTime }
}

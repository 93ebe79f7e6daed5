// SPDX-License-Identifier: Apache-2.0
public import Proxmox
public import Simulator

/// Time that only sleeping moves, for client and simulator alike.
public struct VirtualTime: ClientClock {
    private let clock: VirtualClock

    /// Makes a clock for a client that moves the simulator's.
    public init(clock: VirtualClock) { self.clock = clock }

    /// The simulator's time.
    public func now() -> Duration { .seconds(clock.now) }

    /// Moves the simulator's time.
    public func sleep(for duration: Duration) async throws(CancellationError) {
        if Task.isCancelled { throw CancellationError() }
        let parts = duration.components
        clock.advance(by: Double(parts.seconds) + Double(parts.attoseconds) / 1e18)
        await Task.yield()
    }
}

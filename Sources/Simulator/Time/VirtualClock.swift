// SPDX-License-Identifier: Apache-2.0
internal import Synchronization

/// Time that stands still until somebody advances it; whoever sleeps advances it.
public final class VirtualClock: SimulatorClock {
    /// The factor on everything that takes time in the cluster.
    public let scale: Double
    private let time: Mutex<Double>
    private let step: Double

    /// Makes a clock.
    ///
    /// - Parameters:
    ///   - start: The first reading, in seconds since 1970.
    ///   - scale: The factor on durations.
    ///   - step: How far every reading advances the clock by itself.
    public init(start: Double = 1_795_342_000, scale: Double = 1, step: Double = 0) {
        time = Mutex(start)
        self.scale = scale
        self.step = step
    }

    /// Seconds since 1970.
    public var now: Double {
        time.withLock {
            $0 += step
            return $0
        }
    }

    /// Moves the clock on.
    public func advance(by seconds: Double) { time.withLock { $0 += max(0, seconds) } }

    /// Advances the clock instead of waiting.
    public func sleep(seconds: Double) async { advance(by: seconds) }
}

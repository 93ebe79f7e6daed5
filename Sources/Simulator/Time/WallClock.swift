// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// Real time; tasks may still be made quicker by a factor.
public struct WallClock: SimulatorClock {
    /// The factor on everything that takes time in the cluster: 1 is as in life, 0 is at once.
    public let scale: Double

    /// Makes a clock.
    public init(scale: Double = 1) { self.scale = scale.isFinite && scale >= 0 ? scale : 1 }

    /// Seconds since 1970.
    public var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Waits in real time.
    public func sleep(seconds: Double) async {
        guard seconds > 0, seconds < 1e9 else { return }
        try? await Task.sleep(for: .milliseconds(Int64(seconds * 1000)))
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// The time by this machine's clock.
enum WallTime {
    /// Seconds since 1970.
    static let seconds: @Sendable () -> Double = {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

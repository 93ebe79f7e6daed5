// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// Looks again and again for what is about to come, before somebody sleeps until it comes.
///
/// Going to sleep and being woken takes longer than most calls take to be answered. Who looked in vain does not look for a
/// while, so that waiting for a cluster costs next to nothing.
public struct ShortWait: Sendable {
    /// How long to look, in nanoseconds.
    private static let span: UInt64 = 50_000
    private var missed = 0
    private var skips = 0

    /// Makes one that hopes.
    public init() {}

    /// What was looked for, if it came at once or almost; nil where it is time to sleep.
    public mutating func look<T>(for wanted: () -> T?) -> T? {
        if skips > 0 {
            skips -= 1
            return nil
        }
        let end = Self.now + Self.span
        repeat {
            if let found = wanted() {
                missed = 0
                return found
            }
            // On one processor the other side can only speak while this one does not run.
            sched_yield()
        } while Self.now < end
        missed = min(missed + 1, 6)
        skips = 1 << missed
        return nil
    }

    private static var now: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(truncatingIfNeeded: time.tv_sec) &* 1_000_000_000 &+ UInt64(truncatingIfNeeded: time.tv_nsec)
    }
}

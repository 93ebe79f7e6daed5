// SPDX-License-Identifier: Apache-2.0

/// When to look next: early at first, since most tasks are short, then more and more seldom.
///
/// A pure value; whoever waits asks for the next pause and sleeps.
public struct PollSchedule: Sendable, Hashable {
    private var next: Duration
    private let longest: Duration
    private let deadline: Duration

    /// What to do next.
    public enum Step: Sendable, Hashable {
        /// Sleep so long, then look.
        case wait(Duration)
        /// The time is up.
        case giveUp
    }

    /// Makes a schedule that begins now.
    ///
    /// - Parameters:
    ///   - now: The present by the caller's clock.
    ///   - timeout: How long to wait in all.
    ///   - first: The first pause.
    ///   - longest: The pause that the doubling ends at.
    public init(
        now: Duration, timeout: Duration, first: Duration = .milliseconds(50), longest: Duration = .seconds(1)
    ) {
        self.longest = max(longest, .milliseconds(10))
        next = min(max(first, .milliseconds(10)), self.longest)
        deadline = now + min(max(timeout, .zero), .seconds(366 * 86_400))
    }

    /// The next step; the last pause is cut short so that the last look comes when the time is up.
    public mutating func step(now: Duration) -> Step {
        guard now < deadline else { return .giveUp }
        let pause = min(next, deadline - now)
        next = min(next * 2, longest)
        return .wait(pause)
    }

    /// The pause that would come next; what is known may be half as old.
    public var freshness: Duration { next / 2 }
}

// SPDX-License-Identifier: Apache-2.0

/// When to look next: early at first, since most tasks are short, then more and more seldom.
///
/// Either each pause is twice the one before, or it is a part of the time waited so far, so that an end is noticed late in
/// proportion only: with a 24th, what took three seconds an eighth of a second late.
///
/// A pure value; whoever waits asks for the next pause and sleeps.
public struct PollSchedule: Sendable, Hashable {
    private var next: Duration
    private let start: Duration
    private let second: Duration
    private let longest: Duration
    private let part: Int?
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
    ///   - longest: The longest pause.
    ///   - part: Which part of the time waited a pause is, 24 for a 24th, though never less than twice the first; nil for doubling.
    public init(
        now: Duration, timeout: Duration, first: Duration = .milliseconds(50), longest: Duration = .seconds(1),
        part: Int? = nil
    ) {
        self.longest = max(longest, .milliseconds(10))
        next = min(max(first, .milliseconds(10)), self.longest)
        start = now
        second = next * 2
        self.part = part.map { max($0, 1) }
        deadline = now + min(max(timeout, .zero), .seconds(366 * 86_400))
    }

    /// The next step; the last pause is cut short so that the last look comes when the time is up.
    public mutating func step(now: Duration) -> Step {
        guard now < deadline else { return .giveUp }
        let pause = min(next, deadline - now)
        next = min(part.map { max(second, (now + pause - start) / $0) } ?? next * 2, longest)
        return .wait(pause)
    }

    /// A pause, cut short so that it ends when the time is up.
    func shortened(_ pause: Duration, now: Duration) -> Duration { max(min(pause, deadline - now), .milliseconds(1)) }

    /// The pause that would come next; what is known may be half as old.
    public var freshness: Duration { next / 2 }
}

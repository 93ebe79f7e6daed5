// SPDX-License-Identifier: Apache-2.0

/// The time as a client sees it; tests and plans bring their own.
public protocol ClientClock: Sendable {
    /// The time since some moment that stays the same; it never runs backwards.
    func now() -> Duration
    /// Lets time pass.
    ///
    /// - Throws: `CancellationError` where the task was cancelled meanwhile.
    func sleep(for duration: Duration) async throws(CancellationError)
    /// Whether this is a time of its own, which passes only while everybody waits.
    var isVirtual: Bool { get }
    /// Has a virtual time stand still until ``release()``: somebody is at work that the clock cannot see.
    func hold()
    /// Ends one ``hold()``.
    func release()
    /// A script waits for one more answer; where that does not sleep, somebody is at work on it.
    func callBegins()
    /// A script waits for one answer less.
    func callEnds()
}

extension ClientClock {
    /// The time is the world's.
    public var isVirtual: Bool { false }
    /// Nothing stops the world's time.
    public func hold() {}
    /// Nothing stops the world's time.
    public func release() {}
    /// The world's time does not care.
    public func callBegins() {}
    /// The world's time does not care.
    public func callEnds() {}
}

/// The time of the system.
public struct SystemClock: ClientClock {
    private let start = ContinuousClock.now

    /// Makes a clock that begins at zero.
    public init() {}

    /// The time since this clock was made.
    public func now() -> Duration { ContinuousClock.now - start }

    /// Lets time pass.
    public func sleep(for duration: Duration) async throws(CancellationError) {
        do { try await ContinuousClock().sleep(for: duration) } catch { throw CancellationError() }
    }
}

// SPDX-License-Identifier: Apache-2.0

/// The time as a client sees it; tests and plans bring their own.
public protocol ClientClock: Sendable {
    /// The time since some moment that stays the same; it never runs backwards.
    func now() -> Duration
    /// Lets time pass.
    ///
    /// - Throws: `CancellationError` where the task was cancelled meanwhile.
    func sleep(for duration: Duration) async throws(CancellationError)
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

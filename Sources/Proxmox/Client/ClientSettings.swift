// SPDX-License-Identifier: Apache-2.0

/// How patient a client is.
public struct ClientSettings: Sendable {
    /// How long one request may take.
    public var requestTimeout: Duration
    /// How often a read is tried in all, the first time included.
    public var readAttempts: Int
    /// How long a read may take in all, its repetitions and the pauses between them included.
    public var readBudget: Duration
    /// The pause before a read's second attempt; each further pause is twice as long.
    public var firstPause: Duration
    /// The longest pause.
    public var longestPause: Duration
    /// A number from 0 up to 1, other every time, that keeps clients from trying again in step.
    public var jitter: @Sendable () -> Double

    /// Makes settings.
    ///
    /// - Parameter readBudget: How long a read may take in all; nil for twice the time of one request.
    public init(
        requestTimeout: Duration = .seconds(30), readAttempts: Int = 4, readBudget: Duration? = nil,
        firstPause: Duration = .milliseconds(200), longestPause: Duration = .seconds(2),
        jitter: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        self.requestTimeout = requestTimeout
        self.readAttempts = max(1, readAttempts)
        self.readBudget = readBudget ?? requestTimeout * 2
        self.firstPause = firstPause
        self.longestPause = longestPause
        self.jitter = jitter
    }

    /// The pause before the attempt of this number, counted from 1 for the second attempt: half fixed, half by chance.
    public func pause(before attempt: Int) -> Duration {
        let doubled = firstPause * (1 << (min(max(attempt, 1), 17) - 1))
        let full = min(doubled, longestPause)
        return full / 2 + full / 2 * min(max(jitter(), 0), 1)
    }
}

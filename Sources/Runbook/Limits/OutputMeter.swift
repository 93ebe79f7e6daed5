// SPDX-License-Identifier: Apache-2.0

/// Counts what a worker prints, so that one which no longer holds itself to its limit is ended by the host.
///
/// A leaky bucket like the worker's own (`lib_output.c`), twice as deep: what is delayed on its way comes in heaps.
struct OutputMeter {
    private let rate: Double
    private var ahead = 0.0
    private var last: ContinuousClock.Instant?

    /// How many seconds' worth may come at once.
    private static let burst = 16.0

    /// - Parameter limits: Whose `output` are bytes a second.
    init(limits: WorkerLimits) { rate = Double(max(1, limits.output)) }

    /// Counts a frame's bytes; false where the worker is beyond its limit.
    mutating func takes(_ count: Int, now: ContinuousClock.Instant) -> Bool {
        let gone = last.map { $0.duration(to: now) / .seconds(1) } ?? 0
        ahead = max(0, ahead - gone * rate) + Double(count)
        last = now
        return ahead <= Self.burst * rate + 65_536
    }
}

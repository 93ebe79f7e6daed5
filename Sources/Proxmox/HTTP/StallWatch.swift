// SPDX-License-Identifier: Apache-2.0

/// Tells when an answer that has begun comes too slowly.
///
/// A server that thinks for a long time before it says anything is only bound by the request's own time limit. Once it has
/// begun, each stretch of ``chunk`` bytes must come within the limit: one byte now and then does not keep a request alive.
struct StallWatch {
    /// How many bytes must come within the limit, or the end.
    static let chunk = 1024

    private let limit: Duration
    private var received = 0
    /// When the present stretch began, or nil before the first byte.
    private var begun: Duration?

    /// Makes a watch that waits for the first byte.
    init(limit: Duration) { self.limit = limit }

    /// Notes that bytes have come.
    mutating func note(_ count: Int, now: Duration) {
        received += count
        if begun == nil || received >= Self.chunk {
            begun = now
            received = 0
        }
    }

    /// When the answer will have stalled unless more comes; nil before the first byte.
    var deadline: Duration? { begun.map { $0 + limit } }
}

// SPDX-License-Identifier: Apache-2.0
public import Model

/// A change that another process was about to send, and never said what became of it.
public struct PastCall: Sendable {
    /// The change; secrets in it may have been taken out.
    public var call: APICall
    /// What was true before.
    public var evidence: CallEvidence
    /// When it was about to be sent by our clock of then, in seconds since 1970.
    public var intended: Double
    /// When it was sent; nil where that was not written down.
    public var sent: Double?
    /// Our time, in seconds since 1970.
    public var now: @Sendable () -> Double
    /// Which of these tasks belong to another change that is known.
    public var taken: @Sendable (Set<UPID>) async throws(Failure) -> Set<UPID>

    /// Makes one.
    public init(
        _ call: APICall, _ evidence: CallEvidence, intended: Double, sent: Double?,
        now: @escaping @Sendable () -> Double,
        taken: @escaping @Sendable (Set<UPID>) async throws(Failure) -> Set<UPID>
    ) {
        self.call = call
        self.evidence = evidence
        self.intended = intended
        self.sent = sent
        self.now = now
        self.taken = taken
    }
}

/// When a task of a past change may have begun, by the cluster's clock.
struct PastWindow: Hashable, Sendable {
    /// How far clocks within a cluster may lie apart, in seconds.
    static let slop = 10.0
    /// Around the window a task that fits otherwise is neither taken nor passed over.
    static let twilight = 900.0

    /// From when.
    let begin: Double
    /// Until when.
    let end: Double

    /// - Parameters:
    ///   - offset: How far the cluster's clock was ahead of ours.
    ///   - limit: How long the cluster may work on a request before it begins a task or refuses.
    init(_ past: PastCall, offset: Double, limit: Double) {
        begin = past.intended + offset - Self.slop
        // Where the sending itself was not written down it came right after the intent, or not at all.
        end = max(past.intended, past.sent ?? past.intended + 5) + offset + limit + Self.slop
    }

    func holds(_ time: Double) -> Bool { (begin...max(begin, end)).contains(time) }
    func isNear(_ time: Double) -> Bool { time >= begin - Self.twilight && time <= end + Self.twilight }
}

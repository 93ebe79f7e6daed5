// SPDX-License-Identifier: Apache-2.0

/// A way that alerts take to those who shall hear of them.
public protocol AlertChannel: Sendable {
    /// Tells of one event, once.
    func deliver(_ event: AlertEvent) async throws(DeliveryFailure)
}

/// Why an event could not be told.
public struct DeliveryFailure: Error, Hashable, Sendable {
    /// What went wrong, in one line and without secrets.
    public var text: String
    /// Whether this very event was refused: others may fare better, and it will hardly be taken later.
    public var isRefusal: Bool

    /// Makes a failure.
    public init(_ text: String, isRefusal: Bool = false) {
        self.text = Finding.line(text)
        self.isRefusal = isRefusal
    }
}

// SPDX-License-Identifier: Apache-2.0

/// A token's secret or a password; it shows itself to nobody who does not ask.
public struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let bytes: [UInt8]

    /// Keeps a secret.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }
    /// Keeps a secret.
    public init(_ text: String) { bytes = Array(text.utf8) }

    /// Whether there is nothing in it.
    public var isEmpty: Bool { bytes.isEmpty }

    /// Lends the bytes for the length of the call.
    public func reveal<Result>(_ body: ([UInt8]) throws -> Result) rethrows -> Result { try body(bytes) }

    /// `***`.
    public var description: String { "***" }
    /// `***`.
    public var debugDescription: String { "***" }
    /// Nothing: `dump` shows what a mirror shows.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

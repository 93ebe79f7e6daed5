// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// A token's secret, a password or a ticket; it shows itself to nobody who does not ask.
///
/// The bytes lie in one place of their own, whatever copies of the value there are, and are overwritten when the last of
/// them goes. Texts that were made of them on the way to the network are out of its reach.
public struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let storage: SecretStorage

    /// Keeps a secret.
    public init(_ bytes: some Collection<UInt8>) { storage = SecretStorage(bytes) }
    /// Keeps a secret.
    public init(_ text: String) { storage = SecretStorage(text.utf8) }

    /// Whether there is nothing in it.
    public var isEmpty: Bool { storage.bytes.isEmpty }

    /// Lends the bytes for the length of the call; they must not be kept beyond it.
    public func reveal<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try withExtendedLifetime(storage) { try body(UnsafeRawBufferPointer(storage.bytes)) }
    }

    /// The secret as text, to be put into a request and forgotten.
    var text: String { reveal { String(decoding: $0, as: UTF8.self) } }

    /// `***`.
    public var description: String { "***" }
    /// `***`.
    public var debugDescription: String { "***" }
    /// Nothing: `dump` shows what a mirror shows.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Where a secret's bytes lie; written once, before anybody else can see them.
private final class SecretStorage: @unchecked Sendable {
    let bytes: UnsafeMutableRawBufferPointer

    init(_ content: some Collection<UInt8>) {
        bytes = .allocate(byteCount: content.count, alignment: 1)
        bytes.copyBytes(from: content)
    }

    deinit {
        // A plain loop could be optimised away, since nobody reads the bytes again.
        if let start = bytes.baseAddress { explicit_bzero(start, bytes.count) }
        bytes.deallocate()
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Takes secrets out of what comes in pieces: one that is cut in two by the end of a piece is found as well.
///
/// What may be the beginning of a secret is held back until the next piece tells.
public struct SecretStream: Sendable {
    private let book: SecretBook
    private var held: [UInt8] = []

    /// Begins with nothing.
    public init(_ book: SecretBook) { self.book = book }

    /// What may be written of all that has come in so far.
    public mutating func push(_ piece: [UInt8]) -> [UInt8] {
        guard let search = book.search else {
            defer { held = [] }
            return held.isEmpty ? piece : held + piece
        }
        let bytes = held + piece
        var cut = bytes.count - search.openEnd(of: bytes)
        // What is whole and may yet turn out to be the beginning of something longer waits too.
        let found = bytes.withUnsafeBufferPointer { search.all(in: $0) }
        if let crossed = found.first(where: { $0.lowerBound < cut && $0.upperBound > cut }) { cut = crossed.lowerBound }
        held = Array(bytes[cut...])
        return book.scrub(Array(bytes[..<cut]))
    }

    /// What was held back, once nothing comes any more.
    public mutating func finish() -> [UInt8] {
        defer { held = [] }
        return book.scrub(held)
    }
}

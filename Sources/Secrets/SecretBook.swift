// SPDX-License-Identifier: Apache-2.0
public import JSON
internal import Synchronization

/// All secrets that this process knows, so that none of them is written down anywhere.
///
/// One book is made at the start and passed to whoever learns a secret and to whoever writes something down. It looks for each
/// secret in every form that programs write it in; see ``SecretForms``. While nothing is in it, asking costs nothing.
public final class SecretBook: Sendable {
    /// What stands in a secret's place.
    public static let mark = "[redacted]"

    /// The fewest bytes that a secret is looked for by.
    ///
    /// A shorter one, such as `root` or `1234`, would be found in names and numbers that have nothing to do with it, and what is
    /// written down would no longer tell what happened. Proxmox itself takes no password of fewer than eight characters for
    /// its own users.
    public static let leastLength = 8
    /// The most bytes that are looked for as one; longer secrets are looked for in pieces.
    static let mostLength = 16_384
    /// How many passing secrets are remembered: tickets hold for two hours and are renewed every hour.
    static let mostPassing = 64

    private let shelf = Mutex(Shelf())

    private struct Shelf {
        var known: Set<[UInt8]> = []
        var lasting: Set<[UInt8]> = []
        var passing: [(secret: [UInt8], forms: Set<[UInt8]>)] = []
        /// Made anew when somebody looks after something came in.
        var search: SecretSearch?
        var isEmpty: Bool { lasting.isEmpty && passing.isEmpty }
    }

    /// Makes an empty book.
    public init() {}

    /// Writes down a secret; one that is too short to be looked for is passed over.
    ///
    /// - Parameter isPassing: Whether it will be worth nothing in some hours, as a ticket; of these only the latest are kept.
    public func register(_ secret: some Collection<UInt8>, isPassing: Bool = false) {
        let secret = Array(secret)
        guard secret.count >= Self.leastLength, !shelf.withLock({ $0.known.contains(secret) }) else { return }
        let forms = Self.parts(of: secret).reduce(into: Set<[UInt8]>()) { $0.formUnion(SecretForms.of($1)) }
        shelf.withLock { shelf in
            guard shelf.known.insert(secret).inserted else { return }
            if isPassing {
                shelf.passing.append((secret, forms))
                if shelf.passing.count > Self.mostPassing { shelf.known.remove(shelf.passing.removeFirst().secret) }
            } else {
                shelf.lasting.formUnion(forms)
            }
            shelf.search = nil
        }
    }

    /// What is looked for of a secret: pieces of a very long one, and each line of one that has several, such as a key.
    private static func parts(of secret: [UInt8]) -> [[UInt8]] {
        let pieces = stride(from: 0, to: secret.count, by: mostLength).map {
            Array(secret[$0..<min($0 + mostLength, secret.count)])
        }
        let lines = secret.split(separator: UInt8(ascii: "\n")).map(Array.init)
        let long = lines.count < 2 ? [] : lines.filter { $0.count >= 16 && !$0.starts(with: "-----".utf8) }
        return (pieces + long).filter { $0.count >= leastLength }
    }

    /// Writes down a secret; one that is too short to be looked for is passed over.
    public func register(_ secret: String, isPassing: Bool = false) { register(secret.utf8, isPassing: isPassing) }

    /// What looks for all that is in the book; nil where nothing is.
    var search: SecretSearch? {
        shelf.withLock { shelf in
            if shelf.isEmpty { return nil }
            if let search = shelf.search { return search }
            let search = SecretSearch(shelf.passing.reduce(into: shelf.lasting) { $0.formUnion($1.forms) })
            shelf.search = search
            return search
        }
    }
}

extension SecretBook {
    /// Whether a secret is in there, in whatever form.
    public func holds(_ bytes: [UInt8]) -> Bool {
        guard let search else { return false }
        return bytes.withUnsafeBufferPointer { search.first(in: $0) != nil }
    }

    /// Whether a secret is in there, in whatever form.
    public func holds(_ text: String) -> Bool {
        guard let search else { return false }
        var text = text
        return text.withUTF8 { search.first(in: $0) != nil }
    }

    /// The bytes with each secret replaced by ``mark``.
    public func scrub(_ bytes: [UInt8]) -> [UInt8] {
        guard let search else { return bytes }
        return bytes.withUnsafeBufferPointer { search.scrubbed($0, mark: Array(Self.mark.utf8)) } ?? bytes
    }

    /// The text with each secret replaced by ``mark``.
    public func scrub(_ text: String) -> String {
        guard let search else { return text }
        var copy = text
        let scrubbed = copy.withUTF8 { search.scrubbed($0, mark: Array(Self.mark.utf8)) }
        return scrubbed.map { String(decoding: $0, as: UTF8.self) } ?? text
    }

    /// The value with each secret replaced by ``mark``, in names as well as in values, at any depth.
    public func scrub(_ value: JSONValue) -> JSONValue {
        guard let search else { return value }
        return scrub(value, search)
    }

    private func scrub(_ value: JSONValue, _ search: SecretSearch) -> JSONValue {
        switch value {
        case .string(let text): .string(scrub(text))
        case .array(let elements): .array(elements.map { scrub($0, search) })
        case .object(let object):
            .object(JSONObject(object.members.map { (scrub($0.key), scrub($0.value, search)) }))
        // A secret of digits alone may come back as a number.
        case .integer, .number: search.hasDigits && holds(value.text) ? .string(Self.mark) : value
        case .null, .bool: value
        }
    }
}

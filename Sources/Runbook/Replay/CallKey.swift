// SPDX-License-Identifier: Apache-2.0
internal import Hashing
internal import Journal
internal import Model
internal import Wire

/// What a call asks, as one text: the same for the same call, whatever order a Lua table was walked in.
///
/// Secrets are no part of it, not even as a hash: a short one could be found by trying.
enum CallKey {
    /// The SHA-256 of the operation, its cluster and its arguments.
    ///
    /// - Parameter operation: Its row, which says which arguments are secrets.
    static func of(_ name: String, on cluster: String, _ arguments: [PackedValue], _ operation: Operation?) -> String {
        var bytes: [UInt8] = []
        add(name, &bytes)
        add(cluster, &bytes)
        let names = operation?.parameters.map(\.name) ?? []
        for (index, argument) in arguments.enumerated() {
            let isSecret = names.indices.contains(index) && Redaction.isSecret(names[index])
            write(isSecret ? .opaque("a secret") : argument, &bytes)
        }
        return ContentHash.sha256(bytes)
    }

    private static func add(_ text: String, _ bytes: inout [UInt8]) { bytes += PackedValue(text).encoded() }

    private static func write(_ value: PackedValue, _ bytes: inout [UInt8]) {
        switch value {
        // Lua cannot tell an empty list from an empty record.
        case .map(let pairs) where pairs.isEmpty: write(.array([]), &bytes)
        case .map(let pairs):
            bytes.append(7)
            bytes += Array("\(pairs.count):".utf8)
            for pair in pairs.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
                add(pair.key, &bytes)
                write(Redaction.isSecret(pair.key) ? .opaque("a secret") : pair.value, &bytes)
            }
        case .array(let elements):
            bytes.append(6)
            bytes += Array("\(elements.count):".utf8)
            for element in elements { write(element, &bytes) }
        // There are many values that are no number, and a script cannot tell them apart.
        case .number(let number) where number.isNaN: bytes += PackedValue.number(.nan).encoded()
        default: bytes += value.encoded()
        }
    }
}

/// Numbers the calls of a run that ask the same.
struct CallCounter: Sendable {
    private var counts: [String: Int] = [:]

    /// The id of one more call.
    mutating func next(_ key: String) -> CallID {
        let occurrence = (counts[key] ?? 0) + 1
        counts[key] = occurrence
        return CallID(key: key, occurrence: occurrence)
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

/// Where the disks of a storage go when a guest moves: everywhere its own name unless said otherwise.
struct StorageMap: Sendable, Hashable {
    private var single: StorageID?
    private var pairs: [StorageID: StorageID] = [:]
    private var isIdentity = false

    /// Reads a storage's name, `1` for "each to its own name", or a table of names.
    init(_ value: JSONValue?, field: String) throws(Failure) {
        switch value {
        case nil: return
        case .string("1"): isIdentity = true
        case .string(let text): single = try Self.storage(text, field)
        case .object(let object) where !object.members.isEmpty:
            for (from, to) in object.members {
                guard let text = to.string else {
                    throw .parameter("\(field).\(TextExcerpt.of(from))", "must be a storage id")
                }
                pairs[try Self.storage(from, field)] = try Self.storage(text, "\(field).\(from)")
            }
        default:
            throw .parameter(
                field, "must be a storage id, or a table of storage ids such as { [\"local-lvm\"] = \"shared\" }")
        }
    }

    private static func storage(_ text: String, _ field: String) throws(Failure) -> StorageID {
        guard let storage = StorageID(text) else {
            throw .parameter(TextExcerpt.of(field), "\"\(TextExcerpt.of(text))\" is no storage id")
        }
        return storage
    }

    /// Whether nothing was said.
    var isEmpty: Bool { self == StorageMap() }

    private init() {}

    /// Where a disk of that storage goes.
    func target(of storage: StorageID) -> StorageID { single ?? pairs[storage] ?? storage }

    /// The storages that it names as sources, in order.
    var sources: [StorageID] { pairs.keys.sorted() }

    /// As Proxmox takes it: `1`, `a` or `a:b,c:d`; nil where nothing was said.
    var text: String? {
        if isIdentity { return "1" }
        if let single { return single.rawValue }
        guard !pairs.isEmpty else { return nil }
        return pairs.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" }.joined(separator: ",")
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Proxmox
internal import Text

/// Checks a storage before anything is sent: that the node has it, that it can be used now, holds such things, and has room.
struct StorageCheck: Sendable {
    let node: NodeName
    let storages: [NodeStorage]

    /// Reads the node's storages as they are now.
    static func read(_ node: NodeName, _ call: OperationCall) async throws(Failure) -> StorageCheck {
        let request = try APICall.get("nodes", node.rawValue, "storage")
        let rows = try await call.gate.read(request) { client throws(Failure) in try await client.storages(on: node) }
        return StorageCheck(node: node, storages: rows)
    }

    func named(_ name: String) -> NodeStorage? { storages.first { $0.storage.rawValue == name } }

    /// The storage, once nothing speaks against it.
    ///
    /// - Parameters:
    ///   - content: What is to lie there: `images`, `rootdir`, `iso`, `vztmpl`.
    ///   - bytes: How much is to go there, where that is known.
    ///   - wrong: Makes the refusal of what is wrong and what to do.
    @discardableResult
    func require(
        _ name: String, holds content: String, bytes: Int = 0, _ wrong: (String, String?) -> Failure
    ) throws(Failure) -> NodeStorage {
        guard let storage = named(name) else {
            let fitting = storages.filter { $0.content.contains(content) }.map(\.storage.rawValue).sorted()
            let hint =
                Spelling.suggestion(for: name, among: storages.map(\.storage.rawValue))
                ?? (fitting.isEmpty ? nil : "for \(content) it has " + fitting.joined(separator: ", "))
            throw wrong("names the storage \(name), which \(node) does not have", hint)
        }
        guard storage.isEnabled else { throw wrong("names the storage \(name), which is disabled", nil) }
        guard storage.isActive else {
            throw wrong("names the storage \(name), which \(node) cannot reach now", "look at the storage first")
        }
        guard storage.content.contains(content) else {
            let fitting = storages.filter { $0.isActive && $0.content.contains(content) }.map(\.storage.rawValue)
            throw wrong(
                "names the storage \(name), which holds \(storage.content.sorted().joined(separator: ", ")), not \(content)",
                fitting.isEmpty ? nil : "for \(content) there is " + fitting.sorted().joined(separator: ", "))
        }
        if let free = storage.available, bytes > free {
            throw wrong(
                "needs \(ByteCountText.of(bytes)) on \(name), which has \(ByteCountText.of(free)) free", nil)
        }
        return storage
    }
}

/// Bytes as Proxmox writes them.
enum ByteCountText {
    static func of(_ bytes: Int) -> String {
        var value = Double(bytes)
        var unit = 0
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        while value >= 1024, unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        let tenths = (value * 10).rounded() / 10
        return tenths == tenths.rounded() ? "\(Int(tenths)) \(units[unit])" : "\(tenths) \(units[unit])"
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

/// Looking at storages.
enum StorageHandlers {
    static let all: [String: OperationHandlers.Handler] = [
        "list_storages": list,
        "storage": storage,
    ]

    static func list(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let filters = call.arguments.options("filters")
        if let node = filters.node() { try await call.checkNode(node) }
        let storages = StorageView.all(try await call.resources(.storage)).filter { storage in
            (filters.node().map { node in storage.rows.contains { $0.node == node } } ?? true)
                && (filters.text("content").map(storage.content.contains) ?? true)
                && (filters.text("type").map { $0 == storage.type } ?? true)
        }
        return .array(storages.map { $0.json(on: filters.node()) })
    }

    static func storage(_ call: OperationCall) async throws(Failure) -> JSONValue {
        try await call.storageView(call.arguments.text("storage") ?? "").json(on: nil)
    }
}

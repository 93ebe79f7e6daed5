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

extension OperationCall {
    /// The storage of that name.
    func storageView(_ name: String) async throws(Failure) -> StorageView {
        let storages = StorageView.all(try await resources(.storage))
        guard let storage = storages.first(where: { $0.name == name }) else {
            var failure = Failure(.notFound, "there is no storage \(name) in cluster \(environment.clusterName)")
            failure.hint = "its storages are " + storages.map(\.name).joined(separator: ", ")
            throw failure
        }
        return storage
    }

    /// Refuses a node that the cluster does not have.
    func checkNode(_ node: NodeName) async throws(Failure) {
        let rows = try await resources(.node)
        guard rows.contains(where: { $0.node == node }) else {
            throw .unknownNode(node.rawValue, rows, in: environment.clusterName)
        }
    }
}

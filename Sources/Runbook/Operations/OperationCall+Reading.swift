// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

/// What several operations read, each through the Gate.
extension OperationCall {
    /// The guests of the cluster's overview, each with what its node is now.
    func guests() async throws(Failure) -> GuestList {
        let request = try APICall.get("cluster", "resources", parameters: [("type", .text("vm"))])
        return try await gate.read(request) { client throws(Failure) in try await client.guests() }
    }

    /// Rows of the cluster's overview.
    func resources(_ type: ClusterResource.Filter) async throws(Failure) -> [ClusterResource] {
        let request = try APICall.get("cluster", "resources", parameters: [("type", .text(type.rawValue))])
        return try await gate.read(request) { client throws(Failure) in try await client.resources(type: type) }
    }

    /// What a path answers, asked through the Gate.
    func read(_ segments: String..., parameters: [(name: String, value: APIParameter)] = []) async throws(Failure)
        -> JSONValue
    {
        try await read(APICall(.get, try APIPath(segments), parameters))
    }

    /// What a call that looks answers, asked through the Gate.
    func read(_ request: APICall) async throws(Failure) -> JSONValue {
        try await gate.read(request) { client throws(Failure) in try await client.send(request).data }
    }

    /// What a path answers, or nil where this identity may not ask or the server knows no such path; a nicety is no error.
    func granted(_ segments: [String]) async throws(Failure) -> JSONValue? {
        let request = APICall(.get, try APIPath(segments))
        return try await gate.read(request) { client throws(Failure) in
            do throws(Failure) {
                return try await client.send(request).data
            } catch {
                if [.permission, .unsupported, .haState].contains(error.kind) { return nil }
                throw error
            }
        }
    }

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

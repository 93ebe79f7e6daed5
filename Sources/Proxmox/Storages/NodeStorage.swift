// SPDX-License-Identifier: Apache-2.0
public import JSON
public import Model

/// A storage as one node sees it now.
public struct NodeStorage: Hashable, Sendable {
    /// Its name.
    public var storage: StorageID
    /// The kind of storage, such as `dir`, `lvmthin`, `nfs` or `zfspool`.
    public var type: String
    /// What it may hold: `images`, `rootdir`, `iso`, `vztmpl`, `backup`, `snippets`, `import`.
    public var content: Set<String>
    /// Whether every node that has it sees the same volumes.
    public var isShared: Bool
    /// Whether it may be used at all.
    public var isEnabled: Bool
    /// Whether the node can reach it now.
    public var isActive: Bool
    /// Free bytes; nil where nobody said.
    public var available: Int?

    /// Reads a row of `/nodes/{node}/storage`, or returns nil for what is none.
    public init?(_ row: JSONValue) {
        guard let name = row["storage"]?.perlText.flatMap(StorageID.init) else { return nil }
        storage = name
        type = row["type"]?.perlText ?? ""
        content = Set((row["content"]?.perlText ?? "").split(separator: ",").map(String.init))
        isShared = row["shared"]?.perlBool ?? false
        isEnabled = row["enabled"]?.perlBool ?? true
        isActive = row["active"]?.perlBool ?? false
        available = row["avail"]?.perlInteger
    }
}

extension ProxmoxClient {
    /// The storages that a node has, as far as the credential may see them.
    public func storages(on node: NodeName) async throws(Failure) -> [NodeStorage] {
        let answer = try await send(.get("nodes", node.rawValue, "storage"))
        return (answer.data.array ?? []).compactMap(NodeStorage.init)
    }

    /// The volumes on a storage, each as the server describes it.
    ///
    /// - Parameters:
    ///   - storage: The storage.
    ///   - node: A node that has it.
    ///   - vmid: The guest whose volumes are meant; nil for all.
    public func volumes(
        on storage: StorageID, of node: NodeName, vmid: VMID? = nil
    ) async throws(Failure) -> [JSONObject] {
        let path = try APIPath(["nodes", node.rawValue, "storage", storage.rawValue, "content"])
        let answer = try await send(APICall(.get, path, vmid.map { [("vmid", .integer($0.rawValue))] } ?? []))
        return (answer.data.array ?? []).compactMap(\.object)
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

/// Looking at what lies on storages.
enum ContentHandlers {
    static let all: [String: OperationHandlers.Handler] = [
        "content": content,
        "isos": { call throws(Failure) in try await list(call, "iso") },
        "container_templates": { call throws(Failure) in try await list(call, "vztmpl") },
    ]

    static func content(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let options = call.arguments.options()
        let storage = try await call.storageView(call.arguments.text("storage") ?? "")
        let type = options.text("type")
        if let type { try storage.checkHolds(type, field: "options.type") }
        let nodes = try storage.lookers(options.node(), field: "options.node")
        let vmid = options["vmid"] == nil ? nil : try options.guest("vmid")
        return .array(try await volumes(call, storage, on: nodes, type: type, vmid: vmid))
    }

    /// The volumes of one type on all storages that take it.
    private static func list(_ call: OperationCall, _ type: String) async throws(Failure) -> JSONValue {
        let options = call.arguments.options()
        if let node = options.node() { try await call.checkNode(node) }
        var storages = StorageView.all(try await call.resources(.storage)).filter { $0.content.contains(type) }
        if let name = options.text("storage") {
            let storage = try await call.storageView(name)
            try storage.checkHolds(type, field: "options.storage")
            storages = [storage]
        }
        var found: [JSONValue] = []
        for storage in storages {
            let nodes = storage.nodes.filter { options.node() ?? $0 == $0 }
            guard !nodes.isEmpty else {
                if options.node() == nil {
                    call.environment.output.log(
                        .warning, "storage \(storage.name) is left out: no node can reach it now")
                }
                continue
            }
            found += try await volumes(call, storage, on: storage.isShared ? [nodes[0]] : nodes, type: type, vmid: nil)
        }
        return .array(found)
    }

    private static func volumes(
        _ call: OperationCall, _ storage: StorageView, on nodes: [NodeName], type: String?, vmid: VMID?
    ) async throws(Failure) -> [JSONValue] {
        var found: [JSONValue] = []
        for node in nodes {
            var parameters: [(name: String, value: APIParameter)] = []
            if let type { parameters.append(("content", .text(type))) }
            if let vmid { parameters.append(("vmid", .integer(vmid.rawValue))) }
            let rows = try await call.read(
                "nodes", node.rawValue, "storage", storage.name, "content", parameters: parameters)
            found += (rows.array ?? []).map { VolumeRecord.json($0, storage, on: node) }
        }
        return found.sorted {
            ($0["volid"]?.string ?? "", $0["node"]?.string ?? "") < (
                $1["volid"]?.string ?? "", $1["node"]?.string ?? ""
            )
        }
    }
}

extension StorageView {
    /// Refuses a type of content that the storage is not made for.
    func checkHolds(_ type: String, field: String) throws(Failure) {
        guard !content.contains(type) else { return }
        throw .parameter(
            field, "storage \(name) does not take \(type)", hint: "it takes " + content.joined(separator: ", "))
    }

    /// The nodes to ask for what lies there: one where all see the same, else each.
    func lookers(_ node: NodeName?, field: String) throws(Failure) -> [NodeName] {
        if let node {
            guard rows.contains(where: { $0.node == node }) else {
                let names = rows.compactMap(\.node).map(\.rawValue).joined(separator: ", ")
                throw .parameter(field, "node \(node) does not have storage \(name)", hint: "these have it: \(names)")
            }
            return [node]
        }
        guard let first = nodes.first else {
            throw Failure(
                .storageUnavailable, "no node can reach storage \(name) now",
                hint: "look at the nodes that have it: "
                    + rows.compactMap(\.node).map(\.rawValue).joined(separator: ", "))
        }
        return isShared ? [first] : nodes
    }
}

/// How a volume looks to scripts.
enum VolumeRecord {
    static func json(_ row: JSONValue, _ storage: StorageView, on node: NodeName) -> JSONValue {
        let volid = row["volid"]?.perlText ?? ""
        var object = JSONObject([
            ("volid", .string(volid)), ("name", .string(String(volid.split(separator: "/").last ?? ""))),
            ("storage", .string(storage.name)), ("type", row["content"] ?? .null),
        ])
        if !storage.isShared { object["node"] = .string(node.rawValue) }
        for (name, field) in [
            ("format", "format"), ("size", "size"), ("used", "used"), ("created", "ctime"), ("vmid", "vmid"),
            ("notes", "notes"), ("parent", "parent"),
        ] {
            if let value = row[field], !value.isNull { object[name] = value }
        }
        if let value = row["protected"] { object["protected"] = .bool(value.perlBool) }
        return .object(object)
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox
internal import Templates
internal import Text

/// Holds a guest that is to be made against the node it is to be made on, before anything is sent.
struct CreateCheck: Sendable {
    let call: OperationCall
    let form: GuestForm

    /// The node, once nothing speaks against it.
    func settle(_ wanted: NodeName?) async throws(Failure) -> NodeName {
        if let name = form.name {
            do throws(Failure) {
                try GuestLookups.checkName(name.value, field: "name")
            } catch {
                throw name.failure("`\(name.value)` is no name for a guest", hint: error.hint)
            }
        }
        let row = try await node(wanted)
        guard let node = row.node else { throw Failure(.server, "a node without a name is listed") }
        try checkMemory(row)
        try await checkStorages(node)
        try await checkBridges(node)
        return node
    }

    private func node(_ wanted: NodeName?) async throws(Failure) -> ClusterResource {
        if let wanted { return try await GuestLookups(call: call).node(wanted, field: "options.node") }
        let rows = try await call.resources(.node)
        if rows.count == 1, let only = rows.first { return only }
        throw .parameter(
            "options.node", "is missing; the cluster has several nodes",
            hint: "its nodes are " + rows.compactMap(\.node?.rawValue).sorted().joined(separator: ", "))
    }

    private func checkMemory(_ node: ClusterResource) throws(Failure) {
        guard let memory = form.memory, let all = node.members["maxmem"]?.perlInteger, memory.value > all else {
            return
        }
        throw memory.failure(
            "is \(ByteCountText.of(memory.value)), and \(node.node?.rawValue ?? "the node") has \(ByteCountText.of(all)) in all"
        )
    }

    // MARK: - Storages

    private func checkStorages(_ node: NodeName) async throws(Failure) {
        let check = try await StorageCheck.read(node, call)
        let content = form.kind == .qemu ? "images" : "rootdir"
        var asked: [String: Int] = [:]
        for disk in form.disks {
            try require(check, disk.storage, content)
            guard let size = disk.size else { continue }
            let sum = asked[disk.storage.value, default: 0].addingReportingOverflow(size.value.bytes)
            asked[disk.storage.value] = sum.overflow ? Int.max : sum.partialValue
            try check.require(disk.storage.value, holds: content, bytes: asked[disk.storage.value] ?? 0) { text, hint in
                size.failure(text, hint: hint)
            }
        }
        if let storage = form.cloudInitStorage { try require(check, storage, "images") }
        if let image = form.cdrom { try await requireVolume(check, image, "iso") }
        if let image = form.image { try await requireVolume(check, image, "vztmpl") }
        for disk in form.disks {
            if let image = disk.image { try await requireVolume(check, image, "import") }
        }
    }

    private func require(_ check: StorageCheck, _ storage: Placed<String>, _ content: String) throws(Failure) {
        try check.require(storage.value, holds: content) { text, hint in storage.failure(text, hint: hint) }
    }

    /// Refuses a volume that is not there; what an image of another guest is nobody can tell by its name alone.
    private func requireVolume(
        _ check: StorageCheck, _ volume: Placed<String>, _ content: String
    ) async throws(Failure) {
        guard let id = VolumeID(volume.value) else { throw volume.failure("`\(volume.value)` is no volume") }
        let kind = content == "import" && id.content == nil ? "images" : content
        try check.require(id.storage.rawValue, holds: kind) { text, hint in volume.failure(text, hint: hint) }
        let request = try APICall.get("nodes", check.node.rawValue, "storage", id.storage.rawValue, "content")
        let rows = try await call.gate.read(request) { client throws(Failure) in
            try await client.volumes(on: id.storage, of: check.node)
        }
        let names = rows.filter { $0["content"]?.perlText == kind }.compactMap { $0["volid"]?.perlText }
        guard !names.contains(volume.value) else { return }
        throw volume.failure(
            "names \(volume.value), which is not on \(check.node)",
            hint: Spelling.suggestion(for: volume.value, among: names)
                ?? (names.isEmpty
                    ? "download it first: pve.download"
                    : "there are " + names.sorted().prefix(5).joined(separator: ", ")))
    }

    // MARK: - Bridges

    private func checkBridges(_ node: NodeName) async throws(Failure) {
        guard !form.cards.isEmpty else { return }
        let rows = try await call.read("nodes", node.rawValue, "network").array ?? []
        let bridges = rows.filter { ["bridge", "OVSBridge", "vnet"].contains($0["type"]?.perlText ?? "") }
            .compactMap { $0["iface"]?.perlText }
        // Without Sys.Audit nothing is listed; the cluster itself then has the last word.
        guard !bridges.isEmpty else { return }
        for card in form.cards where !bridges.contains(card.bridge.value) {
            throw card.bridge.failure(
                "names the bridge \(card.bridge.value), which \(node) does not have",
                hint: "it has " + bridges.sorted().joined(separator: ", "))
        }
    }
}

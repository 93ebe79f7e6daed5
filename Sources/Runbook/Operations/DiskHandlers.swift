// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox
internal import Text

/// Growing disks and moving them.
enum DiskHandlers {
    static let all: [String: OperationHandlers.Handler] = [
        "resize": resize,
        "move_disk": move,
    ]

    // MARK: - Growing

    static func resize(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let guest = try await call.gate.resolve(try call.arguments.guest(), on: call.arguments.node())
        let disk = try named(call.arguments.text("disk") ?? "", guest)
        guard let size = call.arguments.text("size").flatMap(DiskSize.init) else {
            throw .parameter("size", "is no size")
        }
        if !size.isGrowth, let present = disk.size {
            guard size.bytes >= present else {
                throw .parameter(
                    "size", "is \(size), and \(disk.key) has \(ByteCountText.of(present)): a disk cannot shrink",
                    hint: "to make it larger say +5G, or a size above that")
            }
            if size.bytes == present { return unchanged(guest, disk) }
        }
        return try await resize(guest, disk.key, size, call)
    }

    /// Grows a disk of a guest that was read just now.
    static func resize(
        _ guest: GuestFacts, _ key: String, _ size: DiskSize, _ call: OperationCall
    ) async throws(Failure) -> JSONValue {
        guard let endpoint = OperationTable.named("resize")?.endpoints.first else {
            throw Failure(.unsupported, "no endpoint")
        }
        let request = APICall(
            .put, try guest.reference.path("resize"), [("disk", .text(key)), ("size", .text(size.description))])
        var change = Change(endpoint: endpoint, call: request, guest: guest, timeout: call.timeout)
        change.complete = digest
        change.report = { (result) throws(Failure) in
            let now = result.effect?.facts ?? guest
            let disk = GuestDisks.of(now.config, now.kind).first { $0.key == key }
            return JSONObject([("disk", .string(key)), ("size", disk?.size.map { JSONValue($0) } ?? .null)])
        }
        return try await call.gate.change(change).json(change)
    }

    private static func unchanged(_ guest: GuestFacts, _ disk: GuestDisk) -> JSONValue {
        .object(
            JSONObject([
                ("changed", false), ("action", "disk.resize"), ("vmid", JSONValue(guest.vmid.rawValue)),
                ("node", .string(guest.node.rawValue)), ("disk", .string(disk.key)),
                ("size", disk.size.map { JSONValue($0) } ?? .null), ("verified", true), ("warnings", 0),
            ]))
    }

    // MARK: - Moving

    static func move(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let options = call.arguments.options()
        let guest = try await call.gate.resolve(try call.arguments.guest(), on: call.arguments.node())
        let disk = try named(call.arguments.text("disk") ?? "", guest)
        let storage = call.arguments.text("storage") ?? ""
        let deletes = options.flag("delete_source") ?? false
        try await check(call, guest, disk, storage)
        let endpoint = try call.endpoint(for: guest.kind)
        let isMachine = guest.kind == .qemu
        var parameters: [(name: String, value: APIParameter)] = [
            (isMachine ? "disk" : "volume", .text(disk.key)), ("storage", .text(storage)),
        ]
        if let format = options.text("format") { parameters.append(("format", .text(format))) }
        if let limit = options.integer("bwlimit") { parameters.append(("bwlimit", .integer(limit))) }
        if deletes { parameters.append(("delete", .boolean(true))) }
        let path = try guest.reference.path(isMachine ? "move_disk" : "move_volume")
        var change = Change(
            endpoint: endpoint, call: APICall(.post, path, parameters), guest: guest,
            timeout: call.timeout)
        change.consequences = consequences(disk, to: storage, deletes: deletes)
        change.weigh = { (guest) throws(Failure) in
            let disk = try named(disk.key, guest)
            try await check(call, guest, disk, storage)
            return consequences(disk, to: storage, deletes: deletes)
        }
        change.complete = digest
        change.report = { (result) throws(Failure) in
            let now = GuestDisks.of((result.effect?.facts ?? guest).config, guest.kind)
            var details = JSONObject([("disk", .string(disk.key))])
            if let moved = now.first(where: { $0.key == disk.key }) { details["volume"] = .string(moved.file) }
            if let old = now.first(where: { $0.medium == .unused && $0.file == disk.file }) {
                details["unused"] = .string(old.key)
            }
            return details
        }
        return try await call.gate.change(change).json(change)
    }

    private static func consequences(_ disk: GuestDisk, to storage: String, deletes: Bool) -> [String] {
        let size = disk.size.map { " (\(ByteCountText.of($0)))" } ?? ""
        return [
            deletes
                ? "destroys \(disk.file)\(size) once it is copied to \(storage)"
                : "leaves \(disk.file)\(size) as an unused disk, which keeps its room"
        ]
    }

    private static func check(
        _ call: OperationCall, _ guest: GuestFacts, _ disk: GuestDisk, _ storage: String
    ) async throws(Failure) {
        let options = call.arguments.options()
        if guest.kind == .lxc, options.text("format") != nil {
            throw .parameter("options.format", "is for virtual machines; \(guest.vmid) is a container")
        }
        if disk.storage?.rawValue == storage, options.text("format") == nil {
            throw .parameter("storage", "is \(storage), where \(disk.key) is already")
        }
        if guest.kind == .lxc, !guest.isStopped {
            throw failure(guest, "\(disk.key) of a running container cannot be moved", "stop it first")
        }
        try await StorageCheck.read(guest.node, call).require(
            storage, holds: guest.kind == .qemu ? "images" : "rootdir", bytes: disk.size ?? 0
        ) { text, hint in .parameter("storage", text, hint: hint) }
        guard options.flag("delete_source") == true else { return }
        let snapshots = try await GuestLookups(call: call).snapshots(of: guest)
        guard snapshots.isEmpty else {
            throw failure(
                guest,
                "\(disk.key) has snapshots (\(snapshots.joined(separator: ", "))), so its old volume cannot be deleted",
                "leave delete_source out, or delete the snapshots first")
        }
    }

    // MARK: - Both

    private static let digest: @Sendable (inout Change) async throws(Failure) -> Void = { (change) throws(Failure) in
        guard let digest = change.guest?.digest else { return }
        change.call.parameters.append(.init("digest", .text(digest)))
    }

    /// The disk of that key; one that is not there names those that are.
    private static func named(_ key: String, _ guest: GuestFacts) throws(Failure) -> GuestDisk {
        let disks = GuestDisks.of(guest.config, guest.kind)
        let movable = disks.filter(\.isMovable).map(\.key)
        guard let disk = disks.first(where: { $0.key == key }), disk.isMovable else {
            let why =
                disks.contains { $0.key == key } ? "which is no disk that can be changed so" : "which it does not have"
            throw .parameter(
                "disk", "is \(TextExcerpt.of(key)), \(why)",
                hint: movable.isEmpty
                    ? "\(Change.name(guest)) has no disks"
                    : "\(Change.name(guest)) has \(movable.joined(separator: ", "))")
        }
        return disk
    }

    private static func failure(_ guest: GuestFacts, _ text: String, _ hint: String) -> Failure {
        Failure(.conflict, text, hint: hint).about(guest)
    }
}

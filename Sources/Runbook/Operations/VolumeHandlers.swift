// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

/// Bringing files onto storages and taking them away.
enum VolumeHandlers {
    static let all: [String: OperationHandlers.Handler] = [
        "download": download,
        "volume_delete": delete,
    ]

    static func download(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let options = call.arguments.options()
        let storage = try await call.storageView(call.arguments.text("storage") ?? "")
        let content = options.text("content") ?? ""
        try storage.checkHolds(content, field: "storage")
        let file = try DownloadFile(call.arguments.text("url") ?? "", options)
        guard let node = try storage.lookers(options.node(), field: "options.node").first else { return .null }
        let volid = "\(storage.name):\(content)/\(file.name)"
        let before = try await call.read(
            "nodes", node.rawValue, "storage", storage.name, "content", parameters: [("content", .text(content))])
        if let there = before.array?.first(where: { $0["volid"]?.perlText == volid }) {
            return .object(
                JSONObject([
                    ("changed", false), ("volid", .string(volid)), ("size", there["size"] ?? .null),
                    ("node", .string(node.rawValue)), ("verified", true), ("warnings", 0),
                ]))
        }
        var parameters: [(name: String, value: APIParameter)] = [
            ("content", .text(content)), ("filename", .text(file.name)), ("url", .text(file.url)),
        ]
        if let checksum = file.checksum {
            parameters += [("checksum", .text(checksum.text)), ("checksum-algorithm", .text(checksum.algorithm))]
        }
        if let verifies = options.flag("verify_certificates") {
            parameters.append(("verify-certificates", .boolean(verifies)))
        }
        var change = try await call.change(
            APICall(.post, try APIPath("nodes", node.rawValue, "storage", storage.name, "download-url"), parameters))
        let client = call.environment.client
        change.report = { _ throws(Failure) in
            guard let row = try await client.volume(volid, of: storage.name, on: node) else {
                throw Failure(.taskFailed, "\(volid) is not on the storage although the task ended well")
            }
            return JSONObject([("volid", .string(volid)), ("size", row["size"] ?? .null), ("verified", true)])
        }
        return try await call.gate.change(change).json(change)
    }

    static func delete(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let options = call.arguments.options()
        guard let volume = VolumeID(call.arguments.text("volume") ?? "") else {
            throw .parameter("volume", "is no volume")
        }
        try checkDeletable(volume)
        let storage = try await call.storageView(volume.storage.rawValue)
        var places: [(node: NodeName, row: JSONValue)] = []
        for node in try storage.lookers(options.node(), field: "options.node") {
            let rows = try await call.read("nodes", node.rawValue, "storage", storage.name, "content")
            if let row = rows.array?.first(where: { $0["volid"]?.perlText == volume.description }) {
                places.append((node, row))
            }
        }
        guard let place = places.first else {
            throw Failure(
                .notFound, "there is no volume \(volume)",
                hint: "pve.content(\"\(storage.name)\") tells which there are")
        }
        if places.count > 1 {
            let names = places.map(\.node.rawValue).joined(separator: ", ")
            throw .parameter("options.node", "is missing: \(volume) is another file on each of \(names)")
        }
        var change = try await call.change(
            APICall(
                .delete,
                try APIPath("nodes", place.node.rawValue, "storage", storage.name, "content", volume.description)))
        let client = call.environment.client
        change.report = { _ throws(Failure) in
            guard try await client.volume(volume.description, of: storage.name, on: place.node) == nil else {
                throw Failure(.taskFailed, "\(volume) is still there although the task ended well")
            }
            return JSONObject([
                ("volid", .string(volume.description)), ("size", place.row["size"] ?? .null), ("verified", true),
            ])
        }
        return try await call.gate.change(change).json(change)
    }

    /// Only files that nothing but themselves is lost with.
    private static func checkDeletable(_ volume: VolumeID) throws(Failure) {
        switch volume.content {
        case "iso", "vztmpl", "snippets", "import": return
        case "backup":
            throw .parameter("volume", "\(volume) is a backup", hint: "pve.backup_delete deletes backups")
        default:
            let owner = VolumeOwner.of(volume.description).map { " of guest \($0)" } ?? ""
            throw .parameter(
                "volume", "\(volume) is a disk\(owner), or may be one",
                hint:
                    "detach it in the guest's configuration, then delete its unused… entry there; pve.destroy removes a "
                    + "guest with its disks")
        }
    }
}

/// A file that is to be fetched: address, name and checksum, all of them possible.
struct DownloadFile {
    let url: String
    let name: String
    let checksum: (text: String, algorithm: String)?

    private static let endings = [
        "iso": [".iso", ".img"], "vztmpl": [".tar.gz", ".tar.xz", ".tar.zst"],
        "import": [".ova", ".ovf", ".qcow2", ".raw", ".vmdk"],
    ]
    private static let lengths = ["md5": 32, "sha1": 40, "sha224": 56, "sha256": 64, "sha384": 96, "sha512": 128]

    init(_ url: String, _ options: Arguments) throws(Failure) {
        self.url = url
        let lower = url.lowercased()
        guard let scheme = ["https://", "http://"].first(where: lower.hasPrefix),
            url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
        else {
            throw .parameter(
                "url", "must begin with http:// or https:// and hold neither spaces nor other signs than ASCII")
        }
        let rest = url.dropFirst(scheme.utf8.count).prefix { $0 != "?" && $0 != "#" }
        guard let host = rest.split(separator: "/", omittingEmptySubsequences: false).first, !host.isEmpty else {
            throw .parameter("url", "names no server")
        }
        guard !host.contains("@") else {
            throw .parameter("url", "holds a user or password, which the node would write into its log")
        }
        let last =
            rest.contains("/")
            ? rest.split(separator: "/", omittingEmptySubsequences: false).last.map(String.init) : nil
        let name = options.text("filename") ?? last ?? ""
        self.name = name
        let field = options.text("filename") == nil ? "url" : "options.filename"
        let isPlain =
            !name.isEmpty && name.first != "."
            && name.utf8.allSatisfy { $0.isASCIIAlphanumeric || "-_.".utf8.contains($0) }
        guard isPlain else {
            throw .parameter(
                field,
                name.isEmpty
                    ? "does not end in a file's name"
                    : "gives the file a name of other signs than letters, digits, - _ .",
                hint: "options.filename names the file")
        }
        let wanted = Self.endings[options.text("content") ?? ""] ?? []
        guard wanted.contains(where: { name.hasSuffix($0) && name != $0 }) else {
            throw .parameter(
                field, "\(name) does not end in \(wanted.joined(separator: " or "))",
                hint: "options.filename names the file")
        }
        switch (options.text("checksum"), options.text("checksum_algorithm")) {
        case (nil, nil): checksum = nil
        case (let text?, let algorithm?):
            guard text.utf8.count == Self.lengths[algorithm], text.allSatisfy(\.isHexDigit) else {
                throw .parameter(
                    "options.checksum", "must be \(Self.lengths[algorithm] ?? 0) hexadecimal digits for \(algorithm)")
            }
            checksum = (text.lowercased(), algorithm)
        case (_?, nil): throw .parameter("options.checksum_algorithm", "is missing beside options.checksum")
        case (nil, _?): throw .parameter("options.checksum", "is missing beside options.checksum_algorithm")
        }
    }
}

extension ProxmoxClient {
    /// A volume's row in its storage's content, or nil where it is not there.
    func volume(_ volid: String, of storage: String, on node: NodeName) async throws(Failure) -> JSONValue? {
        let rows = try await send(.get("nodes", node.rawValue, "storage", storage, "content")).data.array ?? []
        return rows.first { $0["volid"]?.perlText == volid }
    }
}

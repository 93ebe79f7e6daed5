// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

extension EndpointTable {
    private static let template = Endpoint.Access.privilege("/storage/{storage}", ["Datastore.AllocateTemplate"])
    private static let file: [Parameter] = [
        .choice("content", optional: false, ["iso", "vztmpl", "import"]),
        .string("filename", optional: false, length: 255), .string("checksum", needs: "checksum-algorithm"),
        .choice("checksum-algorithm", ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"]),
    ]
    private static let address: [Parameter] = [
        .string("url", optional: false, .webAddress), .flag("verify-certificates"),
    ]

    static let downloadEndpoints = [
        Endpoint(
            "POST", "nodes/{node}/storage/{storage}/download-url", template, protected: true,
            takes: file + address + [.string("compression")], handler: Downloads.start),
        Endpoint(
            "POST", "nodes/{node}/storage/{storage}/upload", template, protected: true,
            takes: file + [.string("tmpfilename")], handler: Downloads.upload),
        Endpoint("GET", "nodes/{node}/query-url-metadata", takes: address, handler: Downloads.metadata),
    ]
}

/// Requests that bring files onto a storage.
enum Downloads {
    static func format(_ content: String, _ name: String) -> String {
        if content != "vztmpl" { return String(name.split(separator: ".").last ?? "iso") }
        for (ending, format) in [(".tar.zst", "tzst"), (".tar.gz", "tgz"), (".tar.xz", "txz")]
        where name.hasSuffix(ending) {
            return format
        }
        return "tar"
    }

    private static let endings = [
        "iso": [".iso", ".img"], "vztmpl": [".tar.gz", ".tar.xz", ".tar.zst"],
        "import": [".ova", ".ovf", ".qcow2", ".raw", ".vmdk"],
    ]

    /// Whether a text can be what the algorithm gives; what is in a file nobody here knows.
    static func isChecksum(_ text: String, _ algorithm: String) -> Bool {
        let lengths = ["md5": 32, "sha1": 40, "sha224": 56, "sha256": 64, "sha384": 96, "sha512": 128]
        return text.count == lengths[algorithm] && text.allSatisfy(\.isHexDigit)
    }

    /// A file's name with everything unusual replaced (PVE::Storage, `normalize_content_filename`).
    private static func normalized(_ name: String) -> String {
        let last = name.split { $0 == "/" || $0 == "\\" }.last ?? ""
        return String(last.map { ($0.isASCII && ($0.isLetter || $0.isNumber)) || "-_.".contains($0) ? $0 : "_" })
    }

    private static func checkTarget(_ state: ClusterState, _ call: Call) throws(Refusal) -> String {
        let storage = try state.storage(call["storage"] ?? "", on: call.node)
        guard storage.path != nil else {
            throw .failed("can't upload to storage type '\(storage.plugin)', not a file based storage!")
        }
        let content = call["content"] ?? ""
        guard storage.content.contains(content) else {
            throw .failed("storage '\(storage.name)' is not configured for content-type '\(content)'")
        }
        let name = normalized(call["filename"] ?? "")
        guard (endings[content] ?? []).contains(where: { name.hasSuffix($0) && name != $0 }) else {
            throw .parameter("filename", "wrong file extension")
        }
        return name
    }

    private static func checkNetwork(_ state: ClusterState, _ call: Call) throws(Refusal) {
        if state.may(call.identity, "Sys.AccessNetwork", "/nodes/\(call.node)") { return }
        if state.may(call.identity, "Sys.Audit", "/"), state.may(call.identity, "Sys.Modify", "/") { return }
        throw .forbidden(nil)
    }

    static func start(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        try checkNetwork(state, call)
        var parameters = call.parameters
        let name = try checkTarget(state, call)
        parameters["filename"] = name
        let upid = state.spawn(
            "download", id: name, node: call.node, by: call.identity.description, parameters: parameters)
        return Reply(.string(upid))
    }

    static func upload(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        guard let file = call.upload else { throw .failed("missing temporary file name") }
        var parameters = call.parameters
        parameters["filename"] = try checkTarget(state, call)
        parameters["tmpfilename"] = file.path
        parameters["size"] = String(file.size)
        let upid = state.spawn(
            "imgcopy", id: "", node: call.node, by: call.identity.description, parameters: parameters)
        return Reply(.string(upid))
    }

    static func metadata(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        try checkNetwork(state, call)
        switch SimulatedWeb.file(call["url"] ?? "") {
        case .failure(let trouble): throw .failed("invalid server response: '\(trouble.response)'")
        case .success(let file):
            var object = JSONObject([("size", JSONValue(file.size)), ("mimetype", .string(file.type))])
            if !file.name.isEmpty { object["filename"] = .string(file.name) }
            return Reply(.object(object))
        }
    }
}

/// The network outside: every address with a host's name has a file, except where that cannot be.
enum SimulatedWeb {
    struct File {
        var name: String
        var size: Int
        var type: String
        var etag: String
    }

    struct Trouble: Error {
        /// As wget says it.
        var text: String
        /// As PVE's own request says it.
        var response: String
    }

    static func file(_ url: String) -> Result<File, Trouble> {
        let secure = url.hasPrefix("https://")
        let rest = url.drop { $0 != ":" }.dropFirst(3).prefix { $0 != "?" && $0 != "#" }
        let authority = String(rest.prefix { $0 != "/" })
        let host = authority.split(separator: ":").first.map(String.init) ?? ""
        let port = authority.split(separator: ":").dropFirst().first.map(String.init) ?? (secure ? "443" : "80")
        // Nothing listens on a simulated node, and the names that are reserved for it lead nowhere (RFC 6761).
        if host.hasPrefix("127.") || host == "localhost" || host == "[" {
            return .failure(
                Trouble(
                    text: "Connecting to \(host):\(port)... failed: Connection refused.",
                    response: "500 Can't connect to \(host):\(port) (Connection refused)"))
        }
        if host.isEmpty || host.hasSuffix(".invalid") || !host.contains(".") {
            return .failure(
                Trouble(
                    text: "wget: unable to resolve host address '\(host)'",
                    response: "500 Can't connect to \(host):\(port) (Name or service not known)"))
        }
        guard let name = rest.split(separator: "/").dropFirst().last, !rest.hasSuffix("/") else {
            return .failure(Trouble(text: "ERROR 404: Not Found.", response: "404 Not Found"))
        }
        let hash = FNV.hash(url)
        let type = name.hasSuffix(".iso") ? "application/x-iso9660-image" : "application/octet-stream"
        return .success(
            File(
                name: String(name), size: 104_857_600 + Int(hash % 1_000_000_000), type: type,
                etag: FNV.hex(hash, digits: 16)))
    }
}

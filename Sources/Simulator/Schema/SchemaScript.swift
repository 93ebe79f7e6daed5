// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Proxmox

/// The file that describes the API, rendered from the table that answers it.
///
/// pveproxy serves it to everybody, without asking who they are (PVE/Service/pveproxy.pm, `/pve-docs/`).
enum SchemaScript {
    private static let target = "/pve-docs/api-viewer/apidoc.js"
    /// The time of the file: when pve-docs 8.4 came out, 2025-04-09.
    private static let modified: Double = 1_744_156_800

    /// The answer to a request for the file, or nil for any other request.
    static func answer(_ request: HTTPRequest, now: Double) -> HTTPResponse? {
        guard request.method == .get, request.target.prefix(while: { $0 != "?" }) == target else { return nil }
        var headers = [
            HTTPHeader("Connection", "Keep-Alive"), HTTPHeader("Date", HTTPDate.text(now)),
            HTTPHeader("Server", "pve-api-daemon/3.0"), HTTPHeader("Last-Modified", HTTPDate.text(modified)),
        ]
        let since = request.headers.first { $0.name.lowercased() == "if-modified-since" }?.value
        if let since, let time = HTTPDate.time(since), time >= modified {
            return HTTPResponse(
                status: 304, reason: "NOT MODIFIED", headers: headers + [HTTPHeader("Content-Length", "0")])
        }
        headers += [
            HTTPHeader("Content-Length", String(script.count)), HTTPHeader("Content-Type", "application/javascript"),
        ]
        return HTTPResponse(status: 200, reason: "OK", headers: headers, body: script)
    }

    /// The whole file: the tree, and after it a little of the viewer, since readers must find where the tree ends.
    static let script: [UInt8] = Array(
        """
        const apiSchema = \(tree().pretty())
        ;

        let method2cmd = { GET: 'get', POST: 'create', PUT: 'set', DELETE: 'delete' };
        Ext.onReady(function() { let tabs = [ "]", method2cmd ]; });

        """.utf8)

    // MARK: - The tree

    private final class Branch {
        var text = ""
        var path = ""
        var children: [Branch] = []
        var methods: [(String, JSONValue)] = []

        /// The branch that a path leads to, made where it is missing.
        func branch(_ segments: ArraySlice<String>) -> Branch {
            guard let first = segments.first else { return self }
            let rest = segments.dropFirst()
            if let known = children.first(where: { $0.text == first }) { return known.branch(rest) }
            let new = Branch()
            new.text = first
            new.path = path + "/" + first
            children.append(new)
            return new.branch(rest)
        }

        var json: JSONValue {
            var object = JSONObject()
            if !children.isEmpty { object["children"] = .array(children.map(\.json)) }
            if !methods.isEmpty { object["info"] = .object(JSONObject(methods)) }
            object["leaf"] = children.isEmpty ? 1 : 0
            object["path"] = .string(path)
            object["text"] = .string(text)
            return .object(object)
        }
    }

    private static func tree() -> JSONValue {
        let root = Branch()
        for endpoint in EndpointTable.all where !endpoint.pattern.isEmpty {
            // `{volume...}` takes the rest of the path, which the real schema does not tell either.
            let segments = endpoint.pattern.map { $0.hasSuffix("...}") ? $0.dropLast(4) + "}" : $0 }
            let branch = root.branch(segments[...])
            guard !branch.methods.contains(where: { $0.0 == endpoint.method }) else { continue }
            branch.methods.append((endpoint.method, method(endpoint, holes: segments.filter { $0.hasPrefix("{") })))
        }
        return .array(root.children.map(\.json))
    }

    private static func method(_ endpoint: Endpoint, holes: [String]) -> JSONValue {
        var declared: [String: Parameter] = [:]
        for hole in holes {
            let name = String(hole.dropFirst().dropLast())
            declared[name] = Validation.pathParameter(name, [name])
        }
        for option in endpoint.takesOptions?.declarations ?? [] { declared[option.name] = option }
        for parameter in endpoint.parameters { declared[parameter.name] = parameter }
        let properties = declared.sorted { $0.key < $1.key }.map { ($0.key, property($0.value)) }
        let parameters = JSONObject([("additionalProperties", 0), ("properties", .object(JSONObject(properties)))])
        var object = JSONObject([
            ("allowtoken", endpoint.allowsTokens ? 1 : 0), ("method", .string(endpoint.method)),
            ("parameters", .object(parameters)), ("returns", .object(JSONObject())),
        ])
        if endpoint.protected { object["protected"] = 1 }
        if holes.contains("{node}") { object["proxyto"] = "node" }
        switch endpoint.access {
        case .world: object["permissions"] = ["user": "world"]
        case .user: object["permissions"] = ["user": "all"]
        case .privilege(let path, let names):
            object["permissions"] = [
                "check": ["perm", .string(path), .array(names.map(JSONValue.string)), "any", 1]
            ]
        case .root: break
        }
        return .object(object)
    }

    private static func property(_ parameter: Parameter) -> JSONValue {
        var object = JSONObject([("type", .string(parameter.kind.rawValue))])
        if parameter.optional { object["optional"] = 1 }
        if let format = parameter.format { object["format"] = .string(format.schemaName) }
        if let values = parameter.values { object["enum"] = .array(values.map(JSONValue.string)) }
        if let length = parameter.maximumLength { object["maxLength"] = JSONValue(length) }
        if let minimum = parameter.minimum { object["minimum"] = .number(minimum) }
        if let maximum = parameter.maximum { object["maximum"] = .number(maximum) }
        if let needs = parameter.needs { object["requires"] = .string(needs) }
        if parameter.kind == .array { object["items"] = ["type": "string"] }
        return .object(object)
    }
}

extension Format {
    /// The name that the schema has for it.
    fileprivate var schemaName: String {
        switch self {
        case .vmid: "pve-vmid"
        case .vmidList: "pve-vmid-list"
        case .node: "pve-node"
        case .configID: "pve-configid"
        case .configIDList: "pve-configid-list"
        case .dnsName: "dns-name"
        case .storageID: "pve-storage-id"
        case .poolID: "pve-poolid"
        case .taskStatusList: "pve-task-status-type-list"
        case .tagList: "pve-tag-list"
        case .retention: "prune-backups"
        case .webAddress: "uri"
        }
    }
}

extension HTTPDate {
    /// The moment that a date of HTTP's usual form names, or nil: `Wed, 09 Apr 2025 00:00:00 GMT`.
    static func time(_ text: String) -> Double? {
        let words = text.split(separator: " ").map(String.init)
        guard words.count == 6, words[5] == "GMT", let day = Int(words[1]), let year = Int(words[3]),
            let month = months.firstIndex(of: words[2]), (1970...9999).contains(year), (1...31).contains(day)
        else { return nil }
        let clock = words[4].split(separator: ":").compactMap { Int($0) }
        guard clock.count == 3, clock.allSatisfy({ (0...60).contains($0) }) else { return nil }
        // Days since 1970 by the Gregorian calendar, with years that begin in March.
        let shifted = month >= 2 ? year : year - 1
        let inYear = (153 * ((month + 10) % 12) + 2) / 5 + day - 1
        let days = shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + inYear - 719_468
        return Double(days * 86_400 + clock[0] * 3600 + clock[1] * 60 + clock[2])
    }
}

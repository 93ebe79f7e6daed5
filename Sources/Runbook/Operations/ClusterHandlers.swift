// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

/// Looking at the cluster as a whole: quorum, high availability, rights.
enum ClusterHandlers {
    static let all: [String: OperationHandlers.Handler] = [
        "cluster_status": status,
        "ha": highAvailability,
        "permissions": permissions,
    ]

    static func status(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let rows = try await call.read("cluster", "status").array ?? []
        let cluster = rows.first { $0["type"]?.string == "cluster" }
        let nodes = rows.filter { $0["type"]?.string == "node" }
        let votes = Dictionary(
            (try await call.granted(["cluster", "config", "nodes"])?.array ?? []).compactMap { row in
                row["name"]?.perlText.flatMap { name in row["quorum_votes"]?.perlInteger.map { (name, $0) } }
            }
        ) { first, _ in first }
        let manager = try await call.granted(["cluster", "ha", "status", "current"])?.array ?? []
        var object = JSONObject([
            ("name", JSONValue(cluster?["name"]?.perlText ?? nodes.first?["name"]?.perlText)),
            // A node that is in no cluster asks nobody.
            ("quorate", .bool(cluster?["quorate"]?.perlBool ?? true)),
            ("online", JSONValue(nodes.count { $0["online"]?.perlBool ?? false })), ("total", JSONValue(nodes.count)),
        ])
        if !votes.isEmpty {
            let online = nodes.filter { $0["online"]?.perlBool ?? false }.compactMap { $0["name"]?.perlText }
            let all = votes.values.reduce(0) { $0.addingReportingOverflow($1).partialValue }
            object["votes"] = JSONValue(
                online.compactMap { votes[$0] }.reduce(0) { $0.addingReportingOverflow($1).partialValue })
            object["needed"] = JSONValue(all / 2 + 1)
        }
        if let master = master(manager) { object["ha_master"] = .string(master) }
        object["nodes"] = .array(
            nodes.sorted { ($0["name"]?.perlText ?? "") < ($1["name"]?.perlText ?? "") }.map { row in
                let name = row["name"]?.perlText
                var node = JSONObject([("node", JSONValue(name)), ("online", .bool(row["online"]?.perlBool ?? false))])
                if let number = row["nodeid"]?.perlInteger { node["nodeid"] = JSONValue(number) }
                if let address = row["ip"]?.perlText { node["ip"] = .string(address) }
                if let name, let vote = votes[name] { node["votes"] = JSONValue(vote) }
                return .object(node)
            })
        return .object(object)
    }

    private static func master(_ rows: [JSONValue]) -> String? {
        rows.first { $0["type"]?.string == "master" }?["node"]?.perlText
    }

    static func highAvailability(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let current = try await call.read("cluster", "ha", "status", "current").array ?? []
        let configured = try await call.read("cluster", "ha", "resources").array ?? []
        let quorum = current.first { $0["type"]?.string == "quorum" }
        let manager = current.first { $0["type"]?.string == "master" }
        var object = JSONObject([
            ("quorate", .bool(quorum?["quorate"]?.perlBool ?? false)), ("master", JSONValue(master(current))),
            ("status", JSONValue((manager ?? quorum)?["status"]?.perlText)),
        ])
        object["nodes"] = .array(
            current.filter { $0["type"]?.string == "lrm" }.map {
                ["node": JSONValue($0["node"]?.perlText), "status": JSONValue($0["status"]?.perlText)]
            })
        object["resources"] = .array(
            configured.map { row in
                let sid = row["sid"]?.perlText ?? ""
                return .object(resource(sid, row, current.first { $0["sid"]?.perlText == sid }))
            })
        // Version 9 has rules where version 8 has groups, and answers the question for the other with an error.
        for (name, path) in [("groups", "groups"), ("rules", "rules")] {
            guard let rows = try await call.granted(["cluster", "ha", path])?.array else { continue }
            object[name] = .array(rows)
        }
        return .object(object)
    }

    private static func resource(_ sid: String, _ row: JSONValue, _ now: JSONValue?) -> JSONObject {
        let parts = sid.split(separator: ":", maxSplits: 1).map(String.init)
        var object = JSONObject([("sid", .string(sid))])
        if parts.count == 2, let vmid = Int(parts[1]) {
            object["vmid"] = JSONValue(vmid)
            object["kind"] = parts[0] == "vm" ? "qemu" : "lxc"
        }
        object["request"] = JSONValue(row["state"]?.perlText ?? "started")
        object["state"] = .string(now?["crm_state"]?.perlText ?? now?["state"]?.perlText ?? "unknown")
        object["node"] = JSONValue(now?["node"]?.perlText)
        for name in ["group", "max_restart", "max_relocate", "comment"] {
            if let value = row[name], !value.isNull { object[name] = value }
        }
        return object
    }

    static func permissions(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let path = call.arguments.options().text("path")
        if let path, !path.hasPrefix("/") {
            throw .parameter("options.path", "must begin with /", hint: "paths are such as /vms/101 and /storage/local")
        }
        let parameters: [(name: String, value: APIParameter)] = path.map { [("path", .text($0))] } ?? []
        let answer = try await call.read("access", "permissions", parameters: parameters)
        guard let permissions = Permissions(answer) else {
            throw Failure(.server, "the answer about permissions makes no sense")
        }
        var object = JSONObject([("identity", JSONValue(call.environment.client.identity))])
        if let path {
            object["path"] = .string(ACLPath(path).rawValue)
            object["privileges"] = names(permissions.privileges(at: ACLPath(path)))
            return .object(object)
        }
        object["privileges"] = .object(
            JSONObject(permissions.entries.sorted { $0.key < $1.key }.map { ($0.key.rawValue, names($0.value)) }))
        object["operations"] = .array(
            OperationAccess(permissions).rows().map {
                ["operation": .string($0.operation), "may": .string($0.verdict), "where": .string($0.words)]
            })
        return .object(object)
    }

    private static func names(_ privileges: [Privilege: Bool]) -> JSONValue {
        .array(privileges.keys.sorted().map { .string($0.rawValue) })
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import JSON

extension EndpointTable {
    static let accessEndpoints = [
        Endpoint("GET", "access") { _, _ in
            Reply(
                .subdirectories([
                    "users", "groups", "roles", "acl", "domains", "openid", "tfa", "ticket", "password",
                ]))
        },
        Endpoint("GET", "access/domains", .world) { _, _ in
            Reply([
                ["realm": "pam", "type": "pam", "comment": "Linux PAM standard authentication"],
                ["realm": "pve", "type": "pve", "comment": "Proxmox VE authentication server"],
            ])
        },
        Endpoint("GET", "access/ticket", .world) { _, _ in .null },
        Endpoint(
            "POST", "access/ticket", .world, protected: true,
            takes: [
                .string("username", optional: false, length: 64), .string("password", optional: false),
                .string("realm", length: 32), .string("otp"), .string("path", length: 64), .string("privs", length: 64),
                .string("tfa-challenge"), .flag("new-format"),
            ], handler: Login.handle),
        Endpoint(
            "GET", "access/permissions", takes: [.string("path"), .string("userid")], handler: Access.permissions),
        Endpoint(
            "GET", "access/users", protected: true, takes: [.flag("enabled"), .flag("full")], handler: Access.users),
        Endpoint("GET", "access/users/{userid}", protected: true, handler: Access.user),
        Endpoint("GET", "access/users/{userid}/token", protected: true, handler: Access.tokens),
        Endpoint("GET", "access/acl", handler: Access.acl),
        Endpoint("GET", "access/roles", handler: Access.roles),
    ]
}

/// Answers about users and what they may do.
enum Access {
    static func capabilities(_ state: ClusterState, _ identity: Identity) -> JSONValue {
        let areas = ["access", "dc", "mapping", "nodes", "sdn", "storage", "vms"]
        return .object(
            JSONObject(
                areas.map { area in
                    let root = area == "dc" ? "/" : "/" + area
                    let paths = [root] + state.grants.map(\.path).filter { area != "dc" && $0.hasPrefix(root + "/") }
                    let names = paths.reduce(into: Set<String>()) { $0.formUnion(state.privileges(identity, $1).keys) }
                    return (area, .object(JSONObject(names.sorted().map { ($0, 1) })))
                }))
    }

    static func permissions(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        var identity = call.identity
        if let other = call["userid"], other != identity.description {
            try state.demand(call.identity, "Sys.Audit", "/access")
            let parts = other.split(separator: "!").map(String.init)
            identity = Identity(user: parts.first ?? "", token: parts.count > 1 ? parts[1] : nil)
        }
        let usual = ["/", "/access", "/access/groups", "/nodes", "/pool", "/sdn", "/storage", "/vms"]
        let paths = call["path"].map { [$0] } ?? usual + state.grants.map(\.path).filter { !usual.contains($0) }
        var answer = JSONObject()
        for path in paths {
            let held = state.privileges(identity, path)
            guard !held.isEmpty else { continue }
            answer[path] = .object(JSONObject(held.sorted { $0.key < $1.key }.map { ($0.key, $0.value ? 1 : 0) }))
        }
        return Reply(.object(answer))
    }

    static func users(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        let auditor = state.mayAny(call.identity, ["User.Modify", "Sys.Audit"], "/access/groups")
        let visible = state.users.filter {
            auditor || ($0.id == call.identity.user && call.identity.token == nil)
        }
        return Reply(
            .array(
                visible.map { user in
                    var row = summary(user)
                    if call.flag("full") {
                        row["groups"] = ""
                        row["tokens"] = tokenRows(user)
                    }
                    return .object(row)
                }))
    }

    private static func summary(_ user: SimulatedUser) -> JSONObject {
        var row = JSONObject([
            ("userid", .string(user.id)), ("enable", user.enabled ? 1 : 0), ("expire", 0),
            ("realm-type", .string(user.realm)),
        ])
        if user.id == "root@pam" {
            row["email"] = ""
            row["comment"] = "root"
        }
        return row
    }

    private static func tokenRows(_ user: SimulatedUser) -> JSONValue {
        .array(user.tokens.map { ["tokenid": .string($0.id), "privsep": $0.separated ? 1 : 0, "expire": 0] })
    }

    /// The user, for its own login (no token) or for somebody who may audit users.
    private static func find(_ state: ClusterState, _ call: Call) throws(Refusal) -> SimulatedUser {
        let id = call["userid"] ?? ""
        let own = id == call.identity.user && call.identity.token == nil
        if !own, !state.mayAny(call.identity, ["User.Modify", "Sys.Audit"], "/access/groups") {
            throw .forbidden(nil)
        }
        guard let user = state.users.first(where: { $0.id == id }) else { throw .failed("no such user ('\(id)')") }
        return user
    }

    static func user(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        let user = try find(state, call)
        var row = summary(user)
        row["userid"] = nil
        row["realm-type"] = nil
        row["groups"] = []
        row["tokens"] = .object(
            JSONObject(user.tokens.map { ($0.id, ["privsep": $0.separated ? 1 : 0, "expire": 0]) }))
        return Reply(.object(row))
    }

    static func tokens(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        Reply(tokenRows(try find(state, call)))
    }

    static func acl(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        guard state.mayAny(call.identity, ["Sys.Audit", "Permissions.Modify"], "/access") else { return Reply([]) }
        return Reply(
            .array(
                state.grants.map {
                    [
                        "path": .string($0.path), "ugid": .string($0.holder), "roleid": .string($0.role),
                        "type": $0.holder.contains("!") ? "token" : "user", "propagate": $0.propagates ? 1 : 0,
                    ]
                }))
    }

    static func roles(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        Reply(
            .array(
                Roles.all.sorted { $0.key < $1.key }.map {
                    [
                        "roleid": .string($0.key), "privs": .string($0.value.joined(separator: ",")), "special": 1,
                    ]
                }))
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import JSON

extension EndpointTable {
    static let accessChangeEndpoints = [
        Endpoint(
            "PUT", "access/acl", protected: true,
            takes: [
                .string("path", optional: false), .string("roles", optional: false), .flag("delete"),
                .string("groups"), .flag("propagate"), .string("tokens"), .string("users"),
            ], handler: AccessChange.acl),
        Endpoint(
            "POST", "access/users/{userid}/token/{tokenid}", protected: true,
            takes: [.string("comment"), .integer("expire", 0...), .flag("privsep")], handler: AccessChange.addToken),
        Endpoint(
            "DELETE", "access/users/{userid}/token/{tokenid}", protected: true, handler: AccessChange.removeToken),
        Endpoint(
            "PUT", "access/users/{userid}/token/{tokenid}", protected: true,
            takes: [.string("comment"), .integer("expire", 0...), .flag("privsep")],
            handler: AccessChange.changeToken),
    ]

    static let clusterConfigEndpoints = [
        Endpoint("GET", "cluster/config/nodes", .privilege("/", ["Sys.Audit"])) { state, _ in
            Reply(
                .array(
                    state.nodes.enumerated().map { index, node in
                        [
                            "name": .string(node.name), "node": .string(node.name),
                            "nodeid": .string(String(index + 1)), "quorum_votes": "1",
                            "ring0_addr": .string(node.address),
                        ]
                    }))
        },
        Endpoint(
            "GET", "cluster/config/join", .privilege("/", ["Sys.Audit"]), protected: true,
            takes: [.string("node", .node)]
        ) { state, _ in
            let nodes = state.nodes.enumerated().map { index, node -> JSONValue in
                [
                    "name": .string(node.name), "nodeid": .string(String(index + 1)), "quorum_votes": "1",
                    "ring0_addr": .string(node.address), "pve_addr": .string(node.address),
                    "pve_fp": .string(node.fingerprint),
                ]
            }
            return Reply([
                "nodelist": .array(nodes), "preferred_node": .string(state.localNode),
                "config_digest": .string(GuestConfig(["cluster": state.name]).digest),
                "totem": [
                    "cluster_name": .string(state.name), "config_version": .string(String(state.nodes.count)),
                    "interface": ["0": ["linknumber": "0"]], "ip_version": "ipv4-6", "link_mode": "passive",
                    "secauth": "on", "transport": "knet", "version": "2",
                ],
            ])
        },
    ]
}

/// Changes to who may do what.
enum AccessChange {
    static func acl(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        try state.demand(call.identity, "Permissions.Modify", call["path"] ?? "/")
        if !state.quorate { throw .failed("ACL update failed: cfs-lock 'file-user_cfg' error: no quorum!") }
        let path = "/" + (call["path"] ?? "").split(separator: "/").joined(separator: "/")
        for role in call.list("roles") {
            if state.roles[role] == nil { throw .failed("ACL update failed: role '\(role)' does not exist") }
            for holder in call.list("users") + call.list("tokens") {
                let user = String(holder.prefix { $0 != "!" })
                guard let account = state.users.first(where: { $0.id == user }) else {
                    throw .failed("ACL update failed: user '\(user)' does not exist")
                }
                let token = holder.dropFirst(user.count + 1)
                if holder.contains("!"), !account.tokens.contains(where: { $0.id == token }) {
                    throw .failed("ACL update failed: API token '\(holder)' does not exist")
                }
                state.grants.removeAll { $0.path == path && $0.holder == holder && $0.role == role }
                if !call.flag("delete") {
                    let propagates = call["propagate"] != "0"
                    state.grants.append(SimulatedGrant(path, holder: holder, role: role, propagates: propagates))
                }
            }
        }
        return .null
    }

    private static func find(_ state: ClusterState, _ call: Call) throws(Refusal) -> Int {
        let id = call["userid"] ?? ""
        let own = id == call.identity.user && call.identity.token == nil
        if !own { try state.demand(call.identity, "User.Modify", "/access/groups") }
        guard let index = state.users.firstIndex(where: { $0.id == id }) else {
            throw .failed("no such user ('\(id)')")
        }
        return index
    }

    static func addToken(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        let index = try find(state, call)
        let name = call["tokenid"] ?? ""
        if state.users[index].tokens.contains(where: { $0.id == name }) {
            throw .parameter("tokenid", "Token already exists.")
        }
        let secret = state.numbers.uuid()
        let separated = call["privsep"] != "0"
        state.users[index].tokens.append(
            SimulatedToken(
                name, secret: secret, separated: separated, expires: call.integer("expire") ?? 0,
                comment: call["comment"]))
        return Reply([
            "full-tokenid": .string("\(state.users[index].id)!\(name)"), "value": .string(secret),
            "info": ["privsep": separated ? "1" : "0"],
        ])
    }

    static func removeToken(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        let index = try find(state, call)
        let name = call["tokenid"] ?? ""
        guard state.users[index].tokens.contains(where: { $0.id == name }) else {
            throw .failed("no such token '\(name)' for user '\(state.users[index].id)'")
        }
        state.users[index].tokens.removeAll { $0.id == name }
        let holder = "\(state.users[index].id)!\(name)"
        state.grants.removeAll { $0.holder == holder }
        return .null
    }

    static func changeToken(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        let index = try find(state, call)
        let name = call["tokenid"] ?? ""
        guard let token = state.users[index].tokens.firstIndex(where: { $0.id == name }) else {
            throw .failed("no such token '\(name)' for user '\(state.users[index].id)'")
        }
        if let expires = call.integer("expire") { state.users[index].tokens[token].expires = expires }
        if let comment = call["comment"] { state.users[index].tokens[token].comment = comment }
        if let separated = call["privsep"] { state.users[index].tokens[token].separated = separated != "0" }
        let changed = state.users[index].tokens[token]
        return Reply(["privsep": changed.separated ? 1 : 0, "expire": JSONValue(changed.expires)])
    }
}

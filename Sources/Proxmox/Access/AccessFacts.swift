// SPDX-License-Identifier: Apache-2.0
internal import JSON
public import Model

/// What Proxmox keeps about one API token, without its secret.
public struct TokenFacts: Hashable, Sendable {
    /// The part behind the `!`.
    public let name: String
    /// Whether it has only what is granted to it and to its user alike.
    public let isSeparated: Bool
    /// When it ends, in seconds since 1970; nil for never.
    public let expires: Int?
    /// What was written about it.
    public let comment: String?

    init(name: String, row: JSONObject) {
        self.name = name
        // Left out means separated, as the schema's default has it.
        isSeparated = row["privsep"]?.perlBool ?? true
        expires = row["expire"]?.perlInteger.flatMap { $0 > 0 ? $0 : nil }
        comment = row["comment"]?.perlText
    }
}

/// One entry of the access control list.
public struct AccessEntry: Hashable, Sendable {
    /// Where it holds.
    public let path: ACLPath
    /// The user, the token or the group.
    public let holder: String
    /// `user`, `token` or `group`.
    public let type: String
    /// The role.
    public let role: String
    /// Whether it holds for everything below too.
    public let propagates: Bool

    /// Makes an entry.
    public init(path: ACLPath, holder: String, type: String, role: String, propagates: Bool) {
        self.path = path
        self.holder = holder
        self.type = type
        self.role = role
        self.propagates = propagates
    }

    init?(_ row: JSONValue) {
        guard let path = row["path"]?.perlText, let holder = row["ugid"]?.perlText, let role = row["roleid"]?.perlText
        else { return nil }
        self.init(
            path: ACLPath(path), holder: holder, type: row["type"]?.perlText ?? "", role: role,
            propagates: row["propagate"]?.perlBool ?? true)
    }
}

/// The members of a cluster and whether they may decide.
public struct ClusterCondition: Hashable, Sendable {
    /// The cluster's name; nil for a node that stands alone.
    public let name: String?
    /// Whether there is a quorum; a node that stands alone always has one.
    public let hasQuorum: Bool
    /// The nodes and whether they are online.
    public let nodes: [Member]

    /// One node.
    public struct Member: Hashable, Sendable {
        /// Its name.
        public let name: String
        /// Whether it takes part in the cluster.
        public let isOnline: Bool
    }

    init?(_ answer: JSONValue) {
        guard let rows = answer.array else { return nil }
        let cluster = rows.first { $0["type"]?.perlText == "cluster" }
        name = cluster?["name"]?.perlText
        hasQuorum = cluster.map { $0["quorate"]?.perlBool ?? false } ?? true
        nodes = rows.filter { $0["type"]?.perlText == "node" }.compactMap { row in
            row["name"]?.perlText.map { Member(name: $0, isOnline: row["online"]?.perlBool ?? false) }
        }
    }
}

extension ProxmoxClient {
    /// What this client's identity, or another that it may ask about, may do.
    ///
    /// - Parameter holder: A user or a token; asking about others takes `Sys.Audit` at `/access`.
    public func permissions(of holder: String? = nil) async throws(Failure) -> Permissions {
        let parameters = holder.map { [(name: "userid", value: APIParameter.text($0))] } ?? []
        let answer = try await send(.get("access", "permissions", parameters: parameters))
        guard let permissions = Permissions(answer.data) else {
            throw Failure(.server, "the answer about permissions makes no sense", raw: answer.data.excerpt)
        }
        return permissions
    }

    /// What Proxmox keeps about a token: for its user with a ticket, and for whoever may modify users.
    public func token(_ name: String, of user: String) async throws(Failure) -> TokenFacts {
        let answer = try await send(.get("access", "users", user, "token", name))
        return TokenFacts(name: name, row: answer.data.object ?? JSONObject())
    }

    /// A user's tokens.
    public func tokens(of user: String) async throws(Failure) -> [TokenFacts] {
        let rows = try await send(.get("access", "users", user, "token")).data.array ?? []
        return rows.compactMap { row in
            guard let members = row.object, let name = members["tokenid"]?.perlText else { return nil }
            return TokenFacts(name: name, row: members)
        }
    }

    /// The access control list as far as this identity may see it; without `Sys.Audit` at `/access` it is empty.
    public func accessList() async throws(Failure) -> [AccessEntry] {
        (try await send(.get("access", "acl")).data.array ?? []).compactMap(AccessEntry.init)
    }

    /// The cluster's members and its quorum.
    public func condition() async throws(Failure) -> ClusterCondition {
        let answer = try await send(.get("cluster", "status"))
        guard let condition = ClusterCondition(answer.data) else {
            throw Failure(.server, "the answer about the cluster makes no sense", raw: answer.data.excerpt)
        }
        return condition
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import Model

/// The least that a token needs for some operations: roles, the token itself, and where the roles are granted.
///
/// A separated token may do what both it and its user may, so every role is granted twice (pve-facts §2).
struct TokenPlan: Hashable, Sendable {
    /// Some privileges under a name, for one branch of the tree.
    struct Role: Hashable, Sendable {
        var name: String
        var privileges: [Privilege]
    }

    /// A role at a place.
    struct Grant: Hashable, Sendable {
        var path: ACLPath
        var role: String
        /// False where the role shall hold at that path alone.
        var propagates = true
    }

    var identity: TokenIdentity
    /// The operations and actions it is for.
    var wanted: [String]
    var roles: [Role]
    var grants: [Grant]
    /// What a person should know beside the commands.
    var notes: [String]

    /// Works out the plan.
    ///
    /// - Throws: ``Failure`` of kind `usage` where a name is none, or the role cannot be called so.
    init(_ wish: TokenWish) throws(Failure) {
        identity = try TokenIdentity(user: wish.user, name: wish.tokenName)
        try Self.checkRole(wish.role)
        let chosen = try wish.needs()
        wanted = chosen.names
        var branches: [ACLPath: Set<Privilege>] = [:]
        notes = []
        let sorted = chosen.needs.sorted { $0.anyOf.count < $1.anyOf.count }
        for need in sorted {
            if let condition = need.condition, need.lack == .refused {
                notes.append("\(condition): \(need.privileges) at \(need.path) too")
                continue
            }
            let held = branches[need.path.branch] ?? []
            guard held.isDisjoint(with: need.anyOf), let least = Self.least(need.anyOf) else { continue }
            branches[need.path.branch, default: []].insert(least)
            if need.anyOf.contains("VM.Monitor") {
                notes.append("Proxmox VE 9 has VM.GuestAgent.Unrestricted in place of VM.Monitor")
            } else if need.anyOf.count > 2 {
                notes.append("each option needs its own of \(need.privileges)")
            }
        }
        roles = []
        grants = []
        for (branch, privileges) in branches.sorted(by: { $0.key > $1.key }) {
            let name = Self.roleName(wish.role, branch)
            roles.append(Role(name: name, privileges: privileges.sorted()))
            for path in wish.paths(in: branch) {
                grants.append(Grant(path: path, role: name, propagates: path != .root))
            }
        }
        var seen: Set<String> = []
        notes = notes.filter { seen.insert($0).inserted }
        if chosen.hasOpenEnd { notes.append("pve.api calls need what the path they name asks for") }
    }

    /// Of several that will do, the one that allows least: one to look, one that is a part of another, or the first.
    private static func least(_ privileges: [Privilege]) -> Privilege? {
        privileges.first { $0.rawValue.hasSuffix(".Audit") && !$0.rawValue.hasPrefix("VM.GuestAgent.") }
            ?? privileges.first { one in privileges.contains { one.rawValue.hasPrefix($0.rawValue + ".") } }
            ?? privileges.first
    }

    private static func roleName(_ stem: String, _ branch: ACLPath) -> String {
        if branch == .guests { return stem }
        return stem + "-" + (branch.segments.first.map(String.init) ?? "cluster")
    }

    private static func checkRole(_ name: String) throws(Failure) {
        let isProper = name.utf8.allSatisfy { $0.isASCIIAlphanumeric || "-_.".utf8.contains($0) }
        guard !name.isEmpty, name.utf8.count <= 48, isProper else {
            throw Failure(.usage, "--role \(name) is no name of a role", hint: "letters, digits, - and _")
        }
        guard !name.uppercased().hasPrefix("PVE") else {
            throw Failure(.usage, "--role \(name): Proxmox keeps names that begin with PVE for its own roles")
        }
    }
}

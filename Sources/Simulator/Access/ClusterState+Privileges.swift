// SPDX-License-Identifier: Apache-2.0

extension ClusterState {
    /// All roles and their privileges.
    var roles: [String: [String]] { Roles.builtIn.merging(customRoles) { built, _ in built } }

    /// The privileges on a path, each with whether it reaches below.
    func privileges(_ identity: Identity, _ path: String) -> [String: Bool] {
        if isTwin || identity.isTrusted { return Self.allPropagating }
        let own = identity.user == "root@pam" ? Self.allPropagating : granted(identity.user, path)
        guard identity.token != nil, identity.separated else { return own }
        let token = granted(identity.description, path)
        return own.filter { token[$0.key] != nil }
    }

    private static let allPropagating = Dictionary(
        Roles.everything.map { ($0, true) }, uniquingKeysWith: { $1 })

    /// The entries of the deepest path that has any for the holder count; those above are hidden.
    private func granted(_ holder: String, _ path: String) -> [String: Bool] {
        var result = direct(holder, path)
        // Membership of a pool gives the pool's privileges to guests and storages.
        if let pool = poolPath(path) { result.merge(direct(holder, pool)) { $0 || $1 } }
        return result
    }

    private func direct(_ holder: String, _ path: String) -> [String: Bool] {
        var current = path
        while true {
            let entries = grants.filter {
                $0.holder == holder && $0.path == current && ($0.propagates || current == path)
            }
            if !entries.isEmpty {
                var result: [String: Bool] = [:]
                for entry in entries {
                    for privilege in Roles.builtIn[entry.role] ?? customRoles[entry.role] ?? [] {
                        result[privilege] = (result[privilege] ?? false) || entry.propagates
                    }
                }
                return result
            }
            guard current != "/" else { return [:] }
            let parent = current.split(separator: "/").dropLast().joined(separator: "/")
            current = "/" + parent
        }
    }

    private func poolPath(_ path: String) -> String? {
        let parts = path.split(separator: "/").map(String.init)
        guard parts.count == 2 else { return nil }
        if parts[0] == "vms", let vmid = Int(parts[1]) { return guests[vmid]?.pool.map { "/pool/\($0)" } }
        if parts[0] == "storage" {
            return pools.first { $0.storages.contains(parts[1]) }.map { "/pool/\($0.id)" }
        }
        return nil
    }

    /// Whether the privilege is there.
    func may(_ identity: Identity, _ privilege: String, _ path: String) -> Bool {
        privileges(identity, path)[privilege] != nil
    }

    func mayAny(_ identity: Identity, _ names: [String], _ path: String) -> Bool {
        let held = privileges(identity, path)
        return names.contains { held[$0] != nil }
    }

    /// Refuses where the privilege is missing.
    func demand(_ identity: Identity, _ privilege: String, _ path: String) throws(Refusal) {
        if !may(identity, privilege, path) { throw .forbidden("\(path), \(privilege)") }
    }

    /// Refuses where all of them are missing.
    func demandAny(_ identity: Identity, _ names: [String], _ path: String) throws(Refusal) {
        if !mayAny(identity, names, path) { throw .forbidden("\(path), \(names.joined(separator: "|"))") }
    }

    /// Refuses options that only root@pam itself may give.
    func rootOnly(_ call: Call, _ names: [String]) throws(Refusal) {
        guard !call.identity.isRoot else { return }
        if let name = names.first(where: { call[$0] != nil }) {
            throw .parameter(name, "Only root may use this option.")
        }
    }
}

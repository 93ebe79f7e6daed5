// SPDX-License-Identifier: Apache-2.0

extension EndpointTable {
    static let accessAccountEndpoints = [
        Endpoint(
            "POST", "access/roles", .privilege("/access", ["Sys.Modify"]), protected: true,
            takes: [.string("roleid", optional: false), .string("privs")], handler: AccessAccount.addRole),
        Endpoint(
            "PUT", "access/roles/{roleid}", .privilege("/access", ["Sys.Modify"]), protected: true,
            takes: [.string("privs"), .flag("append")], handler: AccessAccount.changeRole),
        Endpoint(
            "DELETE", "access/roles/{roleid}", .privilege("/access", ["Sys.Modify"]), protected: true,
            handler: AccessAccount.removeRole),
        Endpoint(
            "POST", "access/users", protected: true,
            takes: [
                .string("userid", optional: false, length: 64), .string("password"), .string("comment"),
                .flag("enable"), .integer("expire", 0...), .string("groups"), .string("email"),
            ], handler: AccessAccount.addUser),
        Endpoint("DELETE", "access/users/{userid}", protected: true, handler: AccessAccount.removeUser),
    ]
}

/// Changes to roles and users (PVE::API2::Role, PVE::API2::User).
enum AccessAccount {
    static func addRole(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        let name = call["roleid"] ?? ""
        if name.uppercased().hasPrefix("PVE") {
            throw .parameter("roleid", "cannot use role ID starting with the (case-insensitive) 'PVE' namespace")
        }
        if state.roles[name] != nil { throw .failed("create role failed: role '\(name)' already exists") }
        state.customRoles[name] = try privileges(call, "create role failed")
        return .null
    }

    static func changeRole(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        let name = call["roleid"] ?? ""
        if Roles.builtIn[name] != nil { throw .parameter("roleid", "auto-generated role '\(name)' cannot be modified") }
        guard let before = state.customRoles[name] else {
            throw .failed("update role failed: role '\(name)' does not exist")
        }
        let given = try privileges(call, "update role failed")
        state.customRoles[name] = call.flag("append") ? Set(before + given).sorted() : given
        return .null
    }

    static func removeRole(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        let name = call["roleid"] ?? ""
        if Roles.builtIn[name] != nil {
            throw .failed("delete role failed: auto-generated role '\(name)' cannot be deleted")
        }
        guard state.customRoles.removeValue(forKey: name) != nil else {
            throw .failed("delete role failed: role '\(name)' does not exist")
        }
        state.grants.removeAll { $0.role == name }
        return .null
    }

    private static func privileges(_ call: Call, _ prefix: String) throws(Refusal) -> [String] {
        let names = call.list("privs")
        if let unknown = names.first(where: { !Roles.everything.contains($0) }) {
            throw .failed("\(prefix): invalid privilege '\(unknown)'")
        }
        return Set(names).sorted()
    }

    static func addUser(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        let name = call["userid"] ?? ""
        let parts = name.split(separator: "@")
        guard parts.count >= 2, let realm = parts.last else {
            throw .parameter("userid", "invalid format - value '\(name)' does not look like a valid user name\n")
        }
        try state.demand(call.identity, "Realm.AllocateUser", "/access/realm/\(realm)")
        try state.demand(call.identity, "User.Modify", "/access/groups")
        if state.users.contains(where: { $0.id == name }) {
            throw .failed("create user failed: user '\(name)' already exists")
        }
        state.users.append(
            SimulatedUser(name, password: call["password"], enabled: call["enable"] != "0"))
        return .null
    }

    static func removeUser(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        let name = call["userid"] ?? ""
        try state.demand(
            call.identity, "Realm.AllocateUser", "/access/realm/\(name.split(separator: "@").last ?? "")")
        try state.demand(call.identity, "User.Modify", "/access/groups")
        if name == "root@pam" { throw .failed("delete user failed: you cannot delete the 'root' account") }
        guard state.users.contains(where: { $0.id == name }) else {
            throw .failed("delete user failed: user '\(name)' does not exist")
        }
        state.users.removeAll { $0.id == name }
        state.grants.removeAll { $0.holder == name || $0.holder.hasPrefix(name + "!") }
        return .null
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Proxmox
internal import Runbook

/// Judges what an identity may do against what the operation table needs.
struct AccessFindings: Sendable {
    let identity: String
    let permissions: Permissions
    /// What the token's user may do, where that could be asked.
    var user: Permissions?
    /// The token's own facts, where they could be asked.
    var token: TokenFacts?
    /// Seconds since 1970.
    var now = 0.0

    private var isToken: Bool { identity.contains("!") }

    // MARK: - The table

    func rows() -> [DoctorReport.AccessRow] { access.rows() }

    private var access: OperationAccess { OperationAccess(permissions, user: user) }

    // MARK: - Traps

    /// What makes lists shorter than they are without an error.
    func traps() -> [DoctorCheck] {
        if permissions.isEmpty { return [nothing] + expiry() }
        var checks: [DoctorCheck] = []
        func look(_ privileges: [Privilege], _ path: ACLPath, _ words: String, _ name: String) {
            let need = PrivilegeNeed(privileges, at: path)
            guard permissions.reach(of: need) == .nowhere else { return }
            checks.append(
                .warning(
                    "privileges", "no \(need.privileges) at \(path.branch): \(words)" + access.usersOwn(need),
                    next: "pvelua cluster token plan --for \(name)"))
        }
        look(
            ["VM.Audit"], .guest, "guests are invisible, and pve.list_vms() is empty whatever there is", "list_vms")
        look(
            ["Sys.Audit"], .node, "nodes come without figures, and tasks that others started are hidden", "list_nodes")
        look(
            ["Datastore.Audit", "Datastore.AllocateSpace"], .storage, "storages and backups are invisible",
            "read.storage")
        if checks.isEmpty { checks.append(.ok("privileges", "guests, nodes and storages can be seen")) }
        return checks + expiry()
    }

    private var nothing: DoctorCheck {
        let words = "\(identity) may do nothing: every list is empty because of that, not because there is nothing"
        guard isToken else {
            return .problem(
                "privileges", words,
                next: "grant the user a role: pveum acl modify PATH --users \(identity) --roles ROLE",
                kind: .permission)
        }
        let cause =
            switch (token?.isSeparated, user?.isEmpty) {
            case (true, false): "it is separated from its user (privsep 1), who has rights, and has no ACL of its own"
            case (_, true): "its user has no rights"
            case (true, _): "it is separated from its user (privsep 1): it and its user must both be granted a role"
            case (false, _): "its user has no rights, and it has just those (privsep 0)"
            default: "made with privsep 1, as is usual, it needs an ACL of its own beside that of its user"
            }
        return .problem(
            "privileges", "\(words); \(cause)",
            next: "grant it a role: pvelua cluster token plan prints the commands", kind: .permission)
    }

    private func expiry() -> [DoctorCheck] {
        guard let expires = token?.expires else { return [] }
        let days = (Double(expires) - now) / 86_400
        guard days < 14 else { return [] }
        return [
            .warning(
                "token", "it ends in \(max(0, Int(min(days, 14)))) days",
                next: "pvelua cluster token rotate, or pveum user token modify USER TOKEN --expire 0")
        ]
    }
}

// SPDX-License-Identifier: Apache-2.0

/// What to tell a person whom Proxmox refused for want of a privilege.
public enum PrivilegeHint {
    /// What is missing, who asks for it, and how to get it.
    ///
    /// - Parameters:
    ///   - privileges: As the 403 names them: `VM.Snapshot|VM.Snapshot.Rollback`.
    ///   - path: As the 403 names it: `/vms/100`.
    public static func text(missing privileges: String, at path: String) -> String {
        let missing = "the privilege \(privileges) on \(path) is missing: a token needs it itself and so does its user"
        guard let name = asking(privileges, ACLPath(path)) else { return missing }
        let scope = Int(path.split(separator: "/").last ?? "").map { " --vmid \($0)" } ?? ""
        return missing + "; `pvelua cluster token plan --for \(name)\(scope)` prints the commands"
    }

    /// The operation that asks for these privileges at such a path, for `--for`.
    static func asking(_ privileges: String, _ path: ACLPath) -> String? {
        func asks(_ endpoint: Endpoint) -> Bool {
            endpoint.needs.contains { $0.privileges == privileges && $0.path.matches(path) }
        }
        return OperationTable.all.first { $0.endpoints.contains(where: asks) }?.name
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Text

/// What somebody wants a token for.
struct TokenWish: Hashable, Sendable {
    var operations: [String] = []
    var pools: [String] = []
    var vmids: [Int] = []
    var user = "automation@pve"
    var tokenName = "runbooks"
    var role = "Runbooks"

    /// What the wish comes to, without anything twice.
    struct Needs {
        var names: [String] = []
        var needs: [PrivilegeNeed] = []
        var hasOpenEnd = false

        mutating func add(_ more: [PrivilegeNeed], _ endpoint: Endpoint) {
            for need in more where !needs.contains(need) { needs.append(need) }
            if endpoint.dependsOnPath { hasOpenEnd = true }
        }
    }

    /// The needs of the operations named, or of all that only look where none is.
    func needs() throws(Failure) -> Needs {
        var result = Needs()
        if operations.isEmpty { return Self.looking }
        for name in operations {
            guard try add(name, to: &result) else {
                let known = OperationTable.all.flatMap { [$0.name] + $0.endpoints.map(\.action) }
                throw Failure(
                    .usage, "--for \(name) is no operation and matches no action",
                    hint: Spelling.suggestion(for: name, among: known) ?? "operations are such as vm_action and "
                        + "snapshot, actions such as guest.* and backup.create; docs/permissions.md lists them")
            }
            result.names.append(name)
        }
        return result
    }

    /// What all need that look and do no more: reading inside of guests and their backups asks for more than to look.
    private static var looking: Needs {
        var result = Needs()
        func isLook(_ need: PrivilegeNeed) -> Bool {
            need.anyOf.contains { $0.rawValue.hasSuffix(".Audit") && !$0.rawValue.hasPrefix("VM.GuestAgent.") }
        }
        for operation in OperationTable.all where operation.reach == .read {
            let calls = operation.allNeeds
            guard calls.allSatisfy({ $0.needs.allSatisfy { $0.condition != nil || isLook($0) } }) else { continue }
            result.names.append(operation.name)
            for (endpoint, needs) in calls {
                result.add(needs.filter { isLook($0) || $0.lack == .refused }, endpoint)
            }
        }
        return result
    }

    private func add(_ name: String, to result: inout Needs) throws(Failure) -> Bool {
        if let operation = OperationTable.named(name) {
            for (endpoint, needs) in operation.allNeeds { result.add(needs, endpoint) }
            return true
        }
        let glob = Glob(name)
        var isFound = false
        for operation in OperationTable.all {
            for endpoint in operation.endpoints where !endpoint.dependsOnPath && glob.matches(endpoint.action) {
                result.add(operation.needs(of: endpoint), endpoint)
                isFound = true
            }
        }
        return isFound
    }

    /// Where a role of that branch is granted.
    func paths(in branch: ACLPath) -> [ACLPath] {
        guard branch == .guests, !(pools.isEmpty && vmids.isEmpty) else { return [branch] }
        return pools.map(ACLPath.pool) + vmids.map { ACLPath("/vms/\($0)") }
    }
}

// SPDX-License-Identifier: Apache-2.0
public import Model
public import Proxmox

/// What an identity may do of all that the operation table holds, and where.
public struct OperationAccess: Sendable {
    /// One operation and whether it may be done.
    public struct Row: Sendable, Hashable {
        /// The operation's Lua name.
        public var operation: String
        /// `yes`, `partly`, `no` or `depends`.
        public var verdict: String
        /// Where it may be done, or what is missing.
        public var words: String

        /// Makes a row.
        public init(operation: String, verdict: String, words: String) {
            self.operation = operation
            self.verdict = verdict
            self.words = words
        }
    }

    private let permissions: Permissions
    private let user: Permissions?

    /// Takes what is known of an identity.
    ///
    /// - Parameter user: What a token's user may do, where that could be asked.
    public init(_ permissions: Permissions, user: Permissions? = nil) {
        self.permissions = permissions
        self.user = user
    }

    /// A row for each operation that asks something of the cluster.
    public func rows() -> [Row] { OperationTable.all.filter { $0.reach != .local }.map(row) }

    private func row(_ operation: Operation) -> Row {
        if operation.endpoints.contains(where: \.dependsOnPath) {
            return Row(operation: operation.name, verdict: "depends", words: "on the path it is given")
        }
        var needs: [PrivilegeNeed] = []
        for need in operation.allNeeds.flatMap(\.needs) where !needs.contains(need) { needs.append(need) }
        let always = needs.filter { $0.condition == nil }
        let missing = always.filter { permissions.reach(of: $0) == .nowhere }
        guard missing.isEmpty else {
            let words = missing.map { "\($0.privileges) at \($0.path) is missing\(usersOwn($0))" }
            return Row(operation: operation.name, verdict: "no", words: words.joined(separator: "; "))
        }
        var limits: [String] = []
        for need in always {
            switch permissions.reach(of: need) {
            case .nowhere, .everywhere(except: []): continue
            case .everywhere(except: let paths): limits.append("everywhere but on \(Self.list(paths))")
            case .only(let paths): limits.append("only on \(Self.list(paths))")
            }
        }
        for need in needs where need.condition != nil && need.lack == .hidden {
            guard let condition = need.condition, permissions.reach(of: need) == .nowhere else { continue }
            limits.append("\(condition): \(need.privileges) at \(need.path) is missing")
        }
        var seen: Set<String> = []
        limits = limits.filter { seen.insert($0).inserted }
        return Row(
            operation: operation.name, verdict: limits.isEmpty ? "yes" : "partly",
            words: limits.isEmpty
                ? always.isEmpty ? "needs no privilege" : "everywhere" : limits.joined(separator: "; "))
    }

    /// A remark where the user has what the token lacks.
    public func usersOwn(_ need: PrivilegeNeed) -> String {
        guard let user, user.reach(of: need) != .nowhere else { return "" }
        return " (its user has it, the token has not)"
    }

    private static func list(_ paths: [ACLPath]) -> String {
        let shown = paths.prefix(6).map(\.rawValue).joined(separator: ", ")
        return paths.count > 6 ? "\(shown) and \(paths.count - 6) more" : shown
    }
}

// SPDX-License-Identifier: Apache-2.0

/// The tables of `docs/permissions.md`, rendered from what the rows of the operation table say they need.
public enum PrivilegeReference {
    /// Which operation needs what, and which further calls do, as Markdown.
    public static func markdown() -> String {
        var lines = ["| operation | what it needs | without it |", "|---|---|---|"]
        for operation in OperationTable.all where operation.reach != .local {
            lines.append(row("`pve.\(operation.name)`", needs(of: operation), operation.endpoints))
        }
        lines += [
            "", "`--for` takes actions as well, also with `*`; these operations are behind them:", "",
            "| action | operations |", "|---|---|",
        ]
        var byAction: [String: [String]] = [:]
        for operation in OperationTable.all {
            for endpoint in operation.endpoints where !endpoint.dependsOnPath {
                if byAction[endpoint.action]?.last == operation.name { continue }
                byAction[endpoint.action, default: []].append(operation.name)
            }
        }
        for (action, names) in byAction.sorted(by: { $0.key < $1.key }) {
            lines.append("| `\(action)` | " + names.map { "`\($0)`" }.joined(separator: ", ") + " |")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// All that an operation's calls need, without repeats.
    static func needs(of operation: Operation) -> [PrivilegeNeed] {
        var found: [PrivilegeNeed] = []
        for need in operation.allNeeds.flatMap(\.needs) where !found.contains(need) { found.append(need) }
        return found
    }

    private static func row(_ name: String, _ needs: [PrivilegeNeed], _ endpoints: [Endpoint]) -> String {
        if endpoints.contains(where: \.dependsOnPath) { return "| \(name) | what the path asks for | 403 |" }
        guard !needs.isEmpty else { return "| \(name) | nothing | |" }
        let texts = needs.map { need in
            let names = need.anyOf.map { "`\($0)`" }.joined(separator: " or ")
            return "\(names) at `\(need.path)`" + (need.condition.map { " (\($0))" } ?? "")
        }
        let lacks = needs.map { $0.lack == .refused ? "403" : "it looks as if there were none" }
        var seen: Set<String> = []
        return
            "| \(name) | \(texts.joined(separator: "<br>")) | \(lacks.filter { seen.insert($0).inserted }.joined(separator: "; ")) |"
    }
}

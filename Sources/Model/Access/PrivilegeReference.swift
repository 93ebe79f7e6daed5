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
            "", "Calls that scripts make by `pve.api`, by the action that `--for` takes:", "",
            "| action | call | what it needs | without it |", "|---|---|---|---|",
        ]
        for endpoint in RawEndpoints.rows {
            lines.append(
                row("`\(endpoint.action)` | `\(endpoint.method) \(endpoint.path)`", endpoint.needs, [endpoint]))
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

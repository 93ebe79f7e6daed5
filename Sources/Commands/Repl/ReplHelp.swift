// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Terminal
internal import Text

/// What `:help` says, rendered from the operation table.
enum ReplHelp {
    /// An overview, or the page of one operation.
    static func text(_ name: String) -> String {
        var name = name
        if name.hasPrefix("pve.") { name.removeFirst(4) }
        if name.isEmpty { return overview }
        if let operation = OperationTable.named(name) { return OperationHelp.text(operation) }
        if let owner = OperationTable.all.first(where: { $0.methods.contains { $0.name == name } }) {
            return OperationHelp.text(owner)
        }
        let suggestion = Spelling.suggestion(for: name, among: OperationTable.all.map(\.name)).map { " — " + $0 } ?? ""
        return "there is no pve.\(TextCleaner.clean(name))\(suggestion)\n"
    }

    private static var overview: String {
        let width = OperationTable.all.map(\.name.count).max() ?? 0
        let rows = OperationTable.all.map { operation in
            "  pve.\(operation.name)\(String(repeating: " ", count: width - operation.name.count))  \(operation.summary)"
        }
        return rows.joined(separator: "\n")
            + "\n\n  :help NAME  explains one of them     :quit  ends     Tab  completes\n"
    }
}

/// The page of one operation.
enum OperationHelp {
    static func text(_ operation: Operation) -> String {
        var lines = ["", "  " + operation.usage, "", "  " + operation.summary, ""]
        for parameter in operation.parameters {
            lines.append(
                "  \(parameter.name): \(parameter.type.description)\(parameter.isRequired ? "" : ", optional")")
            lines.append("      \(parameter.summary)")
            guard case .options(let options) = parameter.type else { continue }
            for option in options {
                lines.append("      \(option.name) (\(option.type.description)): \(option.summary)")
            }
        }
        lines.append("  returns \(operation.returns)")
        if !operation.methods.isEmpty {
            lines.append("  as methods: " + operation.methods.map { "vm:\($0.name)()" }.joined(separator: " "))
        }
        if !operation.endpoints.isEmpty {
            lines.append("")
            for endpoint in operation.endpoints {
                lines.append("  \(endpoint.method) \(endpoint.path)  action \(endpoint.action)")
            }
        }
        lines += ["", "  example: \(operation.example)", ""]
        return lines.joined(separator: "\n") + "\n"
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Terminal
internal import Text

/// What `:help` says, rendered from the operation table.
enum ReplHelp {
    /// An overview, or the page of one operation.
    static func text(_ name: String, width: Int? = nil) -> String {
        var name = name
        if name.hasPrefix("pve.") { name.removeFirst(4) }
        if name.isEmpty { return overview(terminal: width) }
        if let operation = OperationTable.named(name) { return OperationHelp.text(operation) }
        if let owner = OperationTable.all.first(where: { $0.methods.contains { $0.name == name } }) {
            return OperationHelp.text(owner)
        }
        let suggestion = Spelling.suggestion(for: name, among: OperationTable.all.map(\.name)).map { " — " + $0 } ?? ""
        return "there is no pve.\(TextCleaner.clean(name))\(suggestion)\n"
    }

    private static func overview(terminal: Int?) -> String {
        let width = OperationTable.all.map(\.name.count).max() ?? 0
        let room = terminal.flatMap { $0 - width - 8 >= 20 ? $0 - width - 8 : nil }
        let rows = OperationTable.all.map { operation in
            let gap = String(repeating: " ", count: width - operation.name.count)
            let summary = operation.summary.wrapped(toWidth: room)
            return "  pve.\(operation.name)\(gap)  "
                + summary.joined(separator: "\n" + String(repeating: " ", count: width + 8))
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
            lines.append("  as methods: " + operation.methods.map(\.usage).joined(separator: " "))
        }
        if !operation.endpoints.isEmpty {
            lines.append("")
            let requests = operation.endpoints.map { "\($0.method) \($0.path)" }
            let width = requests.map(\.count).max() ?? 0
            for (endpoint, request) in zip(operation.endpoints, requests) {
                let gap = String(repeating: " ", count: width - request.count)
                lines.append("  \(request)\(gap)  action \(endpoint.action)")
            }
        }
        lines += ["", "  example: \(operation.example)", ""]
        return lines.joined(separator: "\n") + "\n"
    }
}

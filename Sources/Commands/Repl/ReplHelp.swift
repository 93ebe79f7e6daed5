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
        if let extra = LanguageExtra.named(name) { return OperationHelp.text(extra) }
        if let owner = OperationTable.all.first(where: { $0.methods.contains { $0.name == name } }) {
            return OperationHelp.text(owner)
        }
        if let area = area(name, terminal: width) { return area }
        let known = OperationTable.all.map(\.name) + LanguageExtra.all.map(\.name)
        let suggestion = Spelling.suggestion(for: name, among: known).map { " — " + $0 } ?? ""
        return "there is no pve.\(TextCleaner.clean(name))\(suggestion)\n"
    }

    /// The names by area; a screen holds them.
    private static func overview(terminal: Int?) -> String {
        let beside = ("Beside them", LanguageExtra.all.map(\.name))
        let areas = OperationTable.areas.map { ($0.title, $0.rows.map(\.name)) } + [beside]
        let width = areas.map(\.0.count).max() ?? 0
        let room = terminal.flatMap { $0 - width - 5 >= 20 ? $0 - width - 5 : nil }
        let rows = areas.filter { !$0.1.isEmpty }.map { title, names in
            let gap = String(repeating: " ", count: width - title.count)
            let lines = names.joined(separator: " ").wrapped(toWidth: room)
            return "  \(title)\(gap)  " + lines.joined(separator: "\n" + String(repeating: " ", count: width + 4))
        }
        return rows.joined(separator: "\n")
            + "\n\n  All of them stand in pve, as in pve.find(\"web-*\")\n"
            + "  :help NAME  explains one     :help migration  shows an area\n"
            + "  Tab  completes               :quit  ends\n"
    }

    /// The operations of an area, each with what it does; nil where no area is called so.
    private static func area(_ name: String, terminal: Int?) -> String? {
        let wanted = name.lowercased()
        guard let area = OperationTable.areas.first(where: { $0.title.lowercased() == wanted && !$0.rows.isEmpty })
        else { return nil }
        let width = area.rows.map(\.name.count).max() ?? 0
        let room = terminal.flatMap { $0 - width - 8 >= 20 ? $0 - width - 8 : nil }
        return area.rows.map { row in
            let gap = String(repeating: " ", count: width - row.name.count)
            return "  pve.\(row.name)\(gap)  "
                + row.summary.wrapped(toWidth: room).joined(separator: "\n" + String(repeating: " ", count: width + 8))
                + "\n"
        }.joined()
    }
}

/// The page of one operation.
enum OperationHelp {
    /// The page of what stands in `pve` beside the operations.
    static func text(_ extra: LanguageExtra) -> String {
        let lines = [extra.usage, "", extra.summary] + extra.details.flatMap { ["", $0] }
        let example = extra.example.map { ["", "example: \($0)"] } ?? []
        return "\n" + (lines + example).map { $0.isEmpty ? "" : "  " + $0 }.joined(separator: "\n") + "\n\n"
    }

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

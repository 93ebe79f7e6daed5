// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Reference
internal import Terminal
internal import Text

/// What `:help` says, rendered from the operation table.
enum ReplHelp {
    /// An overview, or the page of one operation.
    static func text(_ name: String, width: Int? = nil) -> String {
        var name = name
        if name.hasPrefix("pve.") { name.removeFirst(4) }
        if name.hasPrefix(":"), let command = ColonCommand.named(String(name.dropFirst())) {
            return "  :\(command.name) \(command.usage)\n  \(command.summary)\n"
        }
        if name == "commands" { return ColonCommand.overview }
        if name.isEmpty { return overview(terminal: width) }
        if let operation = OperationTable.named(name) { return OperationHelp.text(operation) }
        if let extra = LanguageExtra.named(name) { return OperationHelp.text(extra) }
        if let owner = OperationTable.all.first(where: { $0.methods.contains { $0.name == name } }) {
            return OperationHelp.text(owner)
        }
        if let area = area(name, terminal: width) { return area }
        if let entry = (try? ReferenceLookup.entries(name))?.first { return OperationHelp.text(entry) }
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
            + "  Commands: "
            + ColonCommand.all.map { ":" + $0.name }.joined(separator: " ").wrapped(
                toWidth: terminal.map { max($0 - 12, 20) } ?? 68
            )
            .joined(separator: "\n            ")
            + "\n  :help NAME explains one, :help migration shows an area, :help commands\n"
            + "  what begins with a colon. _ is the last result.\n"
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

/// The page of one operation, indented.
enum OperationHelp {
    /// The page of anything that has an entry.
    static func text(_ entry: ReferenceEntry) -> String { framed(ReferenceText.lines(entry)) }

    /// The page of what stands in `pve` beside the operations.
    static func text(_ extra: LanguageExtra) -> String { framed(ReferenceText.lines(extra)) }

    static func text(_ operation: Operation) -> String { framed(ReferenceText.lines(operation)) }

    private static func framed(_ lines: [String]) -> String {
        "\n" + lines.map { $0.isEmpty ? "" : "  " + $0 }.joined(separator: "\n") + "\n\n"
    }
}

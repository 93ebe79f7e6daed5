// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Plan
internal import Terminal
internal import Text

/// The operations of a plan as a table, with what changes beside or below each; nothing of it is cut off at the window's edge.
struct PlanTable {
    let plan: Plan
    let style: Style
    /// The columns of the terminal; nil to let lines be as long as they are.
    let width: Int?

    /// A line of what an operation does: how it begins, what it says, and how that is set.
    struct Detail {
        var text: String
        var emphasis = Emphasis.none
    }

    enum Emphasis { case none, added, removed, warning, aside }

    fileprivate enum Column: String, CaseIterable {
        case number = "#", action, guest, verdict, rule, undo, time, line
    }

    /// The narrowest that "what changes" may be beside the other columns, how far it is indented below them, and the widest guest.
    private static let (narrowest, indent, widestGuest) = (34, 5, 32)
    /// The most characters of one argument that are shown.
    private static let longest = 400

    /// The lines of the table, without colour where the style has none.
    func lines() -> [String] {
        var columns = Column.allCases
        let cells = plan.operations.map { operation in columns.map { TextCleaner.clean(cell($0, operation)) } }
        let natural = columns.indices.map { index in
            cells.reduce(columns[index].rawValue.displayWidth) { max($0, $1[index].displayWidth) }
        }
        // What does not fit is said below instead.
        for spare in [Column.rule, .line, .time] {
            guard let width, Self.total(columns, natural) > width else { break }
            columns.removeAll { $0 == spare }
        }
        let used = Self.total(columns, natural)
        let isBeside = width.map { $0 - used - 2 >= Self.narrowest } ?? true
        let room = width.map { max(isBeside ? $0 - used - 2 : $0 - Self.indent, 20) }
        let margin = String(repeating: " ", count: isBeside ? used + 2 : Self.indent)

        var header = columns.map { Self.padded($0.rawValue, natural[$0.position], $0.isRight) }.joined(separator: "  ")
        if isBeside { header += "  what changes" }
        var lines = [style.bold(header.trimmedEnd)]
        for (operation, row) in zip(plan.operations, cells) {
            let left = columns.map { column in
                paint(
                    column, row[column.position],
                    Self.padded(row[column.position], natural[column.position], column.isRight))
            }.joined(separator: "  ")
            let missing = Column.allCases.filter { !columns.contains($0) }.map { "\($0) \(row[$0.position])" }
            var details = details(of: operation)
            if !missing.isEmpty { details.append(Detail(text: missing.joined(separator: ", "), emphasis: .aside)) }
            let texts = details.flatMap { set($0, room) }
            lines.append((isBeside ? left + "  " + (texts.first ?? "") : left).trimmedEnd)
            lines += texts.dropFirst(isBeside ? 1 : 0).map { margin + $0 }
        }
        return lines
    }

    // MARK: - Columns

    private func cell(_ column: Column, _ operation: PlannedOperation) -> String {
        switch column {
        case .number: "\(operation.number)" + (operation.isConditional ? "*" : "")
        case .action: operation.action
        case .guest: guest(of: operation)
        case .verdict: operation.effect
        case .rule: operation.rule ?? "-"
        case .undo: operation.warning == nil ? "yes" : "no"
        case .time: operation.seconds.map { TimeText.span($0) } ?? "?"
        case .line: place(of: operation)
        }
    }

    private func guest(of operation: PlannedOperation) -> String {
        let cluster = operation.cluster == plan.cluster.name ? "" : " @\(operation.cluster)"
        guard let first = operation.targets.first else { return cluster.isEmpty ? "-" : String(cluster.dropFirst()) }
        guard operation.targets.count == 1 else { return "\(operation.targets.count) guests" + cluster }
        let whole = "\(first.vmid) \(first.name)" + cluster
        return whole.displayWidth > Self.widestGuest ? "\(first.vmid)" + cluster : whole
    }

    /// The line alone where it is one of the script itself.
    private func place(of operation: PlannedOperation) -> String {
        guard let place = operation.place else { return "" }
        let script = plan.script.name.split(separator: "/").last.map(String.init) ?? plan.script.name
        return place.hasPrefix(script + ":") ? String(place.dropFirst(script.count + 1)) : place
    }

    private func paint(_ column: Column, _ cell: String, _ text: String) -> String {
        switch (column, cell) {
        case (.verdict, "allow"): style.green(text)
        case (.verdict, "confirm-typed"), (.verdict, "approve"): style.yellow(text)
        case (.verdict, "deny"), (.undo, "no"): style.red(text)
        case (.rule, _), (.line, _): style.dim(text)
        default: text
        }
    }

    private static func total(_ columns: [Column], _ widths: [Int]) -> Int {
        columns.reduce(0) { $0 + widths[$1.position] } + 2 * (columns.count - 1)
    }

    private static func padded(_ text: String, _ width: Int, _ isRight: Bool) -> String {
        let space = String(repeating: " ", count: max(width - text.displayWidth, 0))
        return isRight ? space + text : text + space
    }

    // MARK: - What changes

    /// What an operation does, in the order in which it is shown.
    private func details(of operation: PlannedOperation) -> [Detail] {
        var details: [Detail] = []
        let names = operation.targets.map { "\($0.vmid) \($0.name)" }
        if names.count > 1 { details.append(Detail(text: "guests: " + names.joined(separator: ", "))) }
        if names.count == 1, !guest(of: operation).hasPrefix(names[0]) {
            details.append(Detail(text: "guest: " + names[0]))
        }
        // What a snapshot is called says also what the guest's state comes from.
        let snapshot = operation.differences.first { $0.name == "snapshot" }?.after
        for difference in operation.differences where difference.name != "parent" || difference.after != snapshot {
            details.append(Self.detail(of: difference))
        }
        if operation.differences.isEmpty { details += Self.request(of: operation) }
        let others = operation.actions.filter { $0 != operation.action }
        if !others.isEmpty { details.append(Detail(text: "also judged as " + others.joined(separator: ", "))) }
        let warnings = [operation.warning].compactMap(\.self) + operation.consequences
        return details + warnings.map { Detail(text: "! " + $0, emphasis: .warning) }
    }

    private static func detail(of difference: PlannedDifference) -> Detail {
        switch (difference.before, difference.after) {
        case (nil, let after?): Detail(text: "+ \(difference.name): \(after)", emphasis: .added)
        case (let before?, nil): Detail(text: "- \(difference.name): \(before)", emphasis: .removed)
        default: Detail(text: "\(difference.name): \(difference.before ?? "") → \(difference.after ?? "")")
        }
    }

    /// Where nothing is different afterwards: what is asked of Proxmox, with its arguments.
    private static func request(of operation: PlannedOperation) -> [Detail] {
        if operation.actions == ["guest.reboot"] { return [Detail(text: "status: running → down → running")] }
        let arguments = (operation.parameters.object?.members ?? []).map { member in
            let text = member.value.string ?? member.value.text
            let left = text.count - longest
            return "\(member.key)=" + (left > 0 ? "\(text.prefix(longest))… (\(left) more characters)" : text)
        }
        let all = arguments.isEmpty ? [] : [Detail(text: arguments.joined(separator: ", "))]
        return [Detail(text: "\(operation.method) \(operation.path)")] + all
    }

    /// A detail in lines of so many columns; what does not fit goes on below, indented.
    private func set(_ detail: Detail, _ room: Int?) -> [String] {
        let texts = TextCleaner.clean(detail.text).broken(toWidth: room.map { $0 - 2 })
        return texts.enumerated().map { index, text in
            let text = (index == 0 ? "" : "  ") + text
            return switch detail.emphasis {
            case .none: text
            case .added: style.green(text)
            case .removed, .warning: style.red(text)
            case .aside: style.dim(text)
            }
        }
    }
}

extension PlanTable.Column {
    /// Where it stands among all columns.
    fileprivate var position: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    /// Whether it is set to the right.
    fileprivate var isRight: Bool { self == .time }
}

extension String {
    /// Without spaces at the end.
    fileprivate var trimmedEnd: String {
        var text = self[...]
        while text.last == " " { text = text.dropLast() }
        return String(text)
    }
}

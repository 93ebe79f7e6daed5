// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Runbook

/// Shows what an input returned.
struct ReplResult {
    let format: OutputFormat
    let output: any RunOutput
    /// The rows of a list that are shown; nil for all of them.
    var most: Int?

    func show(_ values: [ScriptValue]) {
        guard format == .text, values.count == 1 || values.contains(where: { Self.table(of: $0) != nil }) else {
            return output.write(ValuePrinter(format: format).bytes(values))
        }
        for value in values { show(value) }
    }

    private func show(_ value: ScriptValue) {
        guard var table = Self.table(of: value) else {
            return output.write(ValuePrinter(format: format).bytes([value]))
        }
        let count = table.rows.count
        let isCut = most.map { count > $0 } ?? false
        if isCut, let most { table.rows = Array(table.rows.prefix(most)) }
        output.table(table)
        if isCut, let most { output.log(.info, "\(Self.grouped(count - most)) more rows; :all shows them") }
    }

    /// A list of records becomes a table of its most telling columns, one record a table of its fields; anything else
    /// stays as it is.
    static func table(of value: ScriptValue) -> RunTable? {
        if let record = value.json.object { return fields(of: record) }
        guard let rows = value.json.array, !rows.isEmpty, rows.allSatisfy({ $0.object?.members.isEmpty == false })
        else {
            return nil
        }
        let isGuestList = rows.allSatisfy { $0["vmid"] != nil && $0["kind"] != nil }
        return RunTable(
            records: rows,
            columns: isGuestList ? ["vmid", "name", "kind", "node", "status", "tags", "pool"] : nil)
    }

    /// A record of several fields, one a row; what is nested stays in Lua's notation.
    private static func fields(of record: JSONObject) -> RunTable? {
        guard record.members.count > 2 else { return nil }
        // What tells it from others comes first.
        let first = ["vmid", "name", "kind", "node", "status"].filter { record[$0] != nil }
        let keys = first + record.members.map(\.key).filter { !first.contains($0) }.sorted()
        let rows = keys.map { key in
            let value = record[key] ?? .null
            return [key, Self.cell(value)]
        }
        return RunTable(columns: ["field", "value"], rows: rows)
    }

    private static func cell(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): text
        case .array(let elements) where elements.allSatisfy({ $0.string != nil }):
            elements.compactMap(\.string).joined(separator: ", ")
        default: LuaText.literal(value, indent: 0).replacing("\n", with: " ")
        }
    }

    /// A number with commas between its thousands.
    static func grouped(_ number: Int) -> String {
        var digits = Array(String(number))
        var index = digits.count - 3
        while index > 0 {
            digits.insert(",", at: index)
            index -= 3
        }
        return String(digits)
    }
}

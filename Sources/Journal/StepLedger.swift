// SPDX-License-Identifier: Apache-2.0
internal import Hashing
internal import JSON

/// What the audit says of each step, to be held against what the journal says.
struct StepLedger {
    private struct Key: Hashable {
        var run: String
        var step: Int
    }

    private struct Entry {
        var state: String
        var upid: String?
        var method: String?
        var path: JSONValue?
        var parameters: JSONValue?
        var outcome: JSONValue?
    }

    private var entries: [Key: Entry] = [:]
    private var scripts: [String: String] = [:]
    /// When the chain began in a journal that was there before it, and how many steps it had.
    private var before: (time: Double, steps: Int)?
    /// How many steps were compared.
    private(set) var compared = 0

    mutating func take(_ row: AuditRow) {
        guard let kind = AuditEvent.Kind(rawValue: row.kind) else { return }
        switch kind {
        case .intent, .sent, .accepted, .outcome, .runBegan, .chainBegan: break
        default: return
        }
        guard let body = try? JSONValue(parsing: row.body) else { return }
        if kind == .chainBegan, row.sequence == 1, case .integer(let count)? = body["steps"] {
            before = (row.time, Int(truncatingIfNeeded: count))
        }
        guard let run = row.run else { return }
        if kind == .runBegan { scripts[run] = body["sha256"]?.string }
        guard let step = row.step else { return }
        let key = Key(run: run, step: step)
        switch kind {
        case .intent:
            entries[key] = Entry(
                state: StepState.intent.rawValue, method: body["method"]?.string, path: body["path"],
                parameters: body["parameters"])
        case .sent: entries[key]?.state = StepState.sent.rawValue
        case .accepted:
            entries[key]?.state = StepState.accepted.rawValue
            entries[key]?.upid = body["upid"]?.string
        case .outcome:
            entries[key]?.state = body["state"]?.string ?? ""
            entries[key]?.outcome = body["outcome"]
        default: break
        }
    }

    /// What the journal says otherwise, as sentences.
    mutating func differences(in connection: SQLiteConnection) throws(SQLiteError) -> [String] {
        var found: [String] = []
        var unaudited = 0
        var (run, sequence) = ("", Int.min)
        while true {
            let rows = try connection.query(
                """
                SELECT run, sequence, state, upid, method, path, parameters, outcome, intended FROM step
                WHERE (run, sequence) > (?, ?) ORDER BY run, sequence LIMIT 1000
                """, [.text(run), SQLiteValue(sequence)])
            for row in rows {
                (run, sequence) = (row.text(0) ?? "", row.integer(1) ?? 0)
                guard let entry = entries.removeValue(forKey: Key(run: run, step: sequence)) else {
                    unaudited += 1
                    if row.real(8) ?? .infinity > before?.time ?? -.infinity {
                        found.append("step \(sequence) of run \(run) is in the journal, and the audit does not know it")
                    }
                    continue
                }
                compared += 1
                if let difference = Self.difference(row, entry) {
                    found.append("step \(sequence) of run \(run): \(difference)")
                }
            }
            guard rows.count == 1000 else { break }
        }
        for key in entries.keys.sorted(by: { ($0.run, $0.step) < ($1.run, $1.step) }) {
            found.append("step \(key.step) of run \(key.run) is in the audit and not in the journal")
        }
        if let before, found.isEmpty, unaudited != before.steps {
            found.append("the journal had \(before.steps) steps when its audit began, and \(unaudited) of these are left")
        }
        return found + (try runs(in: connection))
    }

    private func runs(in connection: SQLiteConnection) throws(SQLiteError) -> [String] {
        var found: [String] = []
        for (run, script) in scripts.sorted(by: { $0.key < $1.key }) {
            let row = try connection.query("SELECT script_sha256 FROM run WHERE id = ?", [.text(run)]).first
            if row == nil {
                found.append("run \(run) is in the audit and not in the journal")
            } else if row?.text(0) != script {
                found.append("run \(run): the journal names another script than the audit")
            }
        }
        return found
    }

    private static func difference(_ row: SQLiteRow, _ entry: Entry) -> String? {
        func told(_ what: String, _ journal: String?, _ audit: String?) -> String? {
            journal == audit
                ? nil : "the journal has the \(what) \(journal ?? "none"), the audit \(audit ?? "none")"
        }
        if let text = told("state", row.text(2), entry.state) ?? told("task", row.text(3), entry.upid)
            ?? told("method", row.text(4), entry.method)
        {
            return text
        }
        if row.text(5).map({ AuditText.abridged(.string($0)) }) != entry.path {
            return "the path is not that of the audit"
        }
        if !isSame(row.text(6), entry.parameters) { return "the parameters are not those of the audit" }
        if !isSame(row.text(7), entry.outcome) { return "the outcome is not that of the audit" }
        return nil
    }

    private static func isSame(_ text: String?, _ audited: JSONValue?) -> Bool {
        guard let text else { return audited == nil }
        guard let audited else { return false }
        if case .string(let hash)? = audited["sha256"], hash == ContentHash.sha256(Array(text.utf8)) { return true }
        guard let value = try? JSONValue(parsing: text) else { return false }
        return AuditText.abridged(value).text == audited.text
    }
}

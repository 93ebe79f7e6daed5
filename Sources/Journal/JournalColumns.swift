// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

/// How a run stands in its table.
enum RunColumns {
    static let names = "id, cluster, script, script_sha256, caller, started, ended, outcome"

    static func record(_ row: SQLiteRow) -> RunRecord? {
        guard let id = row.text(0), let cluster = row.text(1), let script = row.text(2), let hash = row.text(3),
            let caller = row.text(4).flatMap(Caller.init(rawValue:)), let started = row.real(5)
        else { return nil }
        var record = RunRecord(
            id: id, cluster: cluster, script: script, scriptSHA256: hash, caller: caller, started: started)
        record.ended = row.real(6)
        record.outcome = row.json(7)
        return record
    }
}

/// How a step stands in its table.
enum StepColumns {
    static let names = """
        run, sequence, actions, method, path, parameters, vmid, node, identity, state, upid, intended, sent, accepted,
        ended, outcome, cluster, guests
        """

    /// The columns from `cluster` to `state`, and `guests`.
    static func values(_ intent: StepIntent) -> [SQLiteValue] {
        [
            SQLiteValue(intent.cluster), .text(intent.actions.sorted().map(\.rawValue).joined(separator: " ")),
            .text(intent.method),
            .text(intent.path), .text(Redaction.redacted(intent.parameters).text), SQLiteValue(intent.vmid),
            SQLiteValue(intent.node), SQLiteValue(intent.identity.map { Redaction.redacted($0).text }),
            .text(StepState.intent.rawValue), SQLiteValue(intent.guests.map(GuestColumn.text)),
        ]
    }

    static func record(_ row: SQLiteRow) -> StepRecord? {
        guard let run = row.text(0), let sequence = row.integer(1), let actions = row.text(2),
            let method = row.text(3), let path = row.text(4), let parameters = row.json(5),
            let state = row.text(9).flatMap(StepState.init(rawValue:)), let intended = row.real(11)
        else { return nil }
        let intent = StepIntent(
            actions: Set(actions.split(separator: " ").compactMap { Action(String($0)) }), method: method, path: path,
            parameters: parameters, vmid: row.integer(6), node: row.text(7), identity: row.json(8),
            guests: GuestColumn.numbers(row.text(17)), cluster: row.text(16))
        return StepRecord(
            run: run, sequence: sequence, intent: intent, state: state, upid: row.text(10), intended: intended,
            sent: row.real(12), accepted: row.real(13), ended: row.real(14), outcome: row.json(15))
    }
}

extension SQLiteRow {
    /// The JSON in a text column; what does not parse is shown as the text it is.
    func json(_ column: Int) -> JSONValue? {
        guard let text = text(column) else { return nil }
        return (try? JSONValue(parsing: text)) ?? .string(text)
    }
}

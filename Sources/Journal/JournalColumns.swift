// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Secrets

/// How a run stands in its table.
enum RunColumns {
    static let names = """
        id, cluster, script, script_sha256, caller, started, ended, outcome, account, origin, source, plan, resumes,
        undoing, cancel
        """

    /// A script or a plan that holds a secret is not kept at all, for a changed one is another: such a run cannot be resumed.
    static func values(_ run: RunRecord, without secrets: SecretBook) throws(SQLiteError) -> [SQLiteValue] {
        var run = run
        if let origin = run.origin {
            run.origin?.parameters = origin.parameters.map {
                RunOrigin.Parameter($0.name, $0.value.flatMap { secrets.holds($0) ? nil : $0 })
            }
        }
        let kept = run.origin.flatMap { origin in
            secrets.holds(origin.source) || origin.plan.map { secrets.holds($0) } ?? false ? nil : origin
        }
        return [
            .text(run.id), .text(run.cluster), .text(run.script), .text(run.scriptSHA256), .text(run.caller.rawValue),
            .real(run.started), SQLiteValue(run.account), SQLiteValue(run.origin?.json.text),
            try kept.map { (origin) throws(SQLiteError) in try PackedText.packed(origin.source) } ?? .null,
            try kept?.plan.map { (plan) throws(SQLiteError) in try PackedText.packed(plan) } ?? .null,
        ]
    }

    static func record(_ row: SQLiteRow) -> RunRecord? {
        guard let id = row.text(0), let cluster = row.text(1), let script = row.text(2), let hash = row.text(3),
            let caller = row.text(4).flatMap(Caller.init(rawValue:)), let started = row.real(5)
        else { return nil }
        var record = RunRecord(
            id: id, cluster: cluster, script: script, scriptSHA256: hash, caller: caller, started: started,
            account: row.text(8),
            origin: RunOrigin(
                row.json(9), source: row.blob(10).flatMap(PackedText.text), plan: row.blob(11).flatMap(PackedText.text))
        )
        record.ended = row.real(6)
        record.outcome = row.json(7)
        record.resumes = row.integer(12) ?? 0
        record.undoing = row.json(13)
        record.cancel = row.text(14).flatMap(CancelWish.init(rawValue:))
        return record
    }
}

/// How a step stands in its table.
enum StepColumns {
    static let names = """
        run, sequence, actions, method, path, parameters, vmid, node, identity, state, upid, intended, sent, accepted,
        ended, outcome, cluster, guests, call_key, call_occurrence, planned, place, boot, evidence
        """
    static let written = """
        cluster, actions, method, path, parameters, vmid, node, identity, state, guests, call_key, call_occurrence, planned,
        place, evidence
        """

    /// The columns of ``written``.
    static func values(
        _ intent: StepIntent, _ clean: (JSONValue) -> JSONValue
    ) throws(SQLiteError) -> [SQLiteValue] {
        [
            SQLiteValue(intent.cluster), .text(intent.actions.sorted().map(\.rawValue).joined(separator: " ")),
            .text(intent.method),
            .text(intent.path), .text(clean(intent.parameters).text), SQLiteValue(intent.vmid),
            SQLiteValue(intent.node), SQLiteValue(intent.identity.map { clean($0).text }),
            .text(StepState.intent.rawValue), SQLiteValue(intent.guests.map(GuestColumn.text)),
            SQLiteValue(intent.call?.key), SQLiteValue(intent.call?.occurrence), SQLiteValue(intent.planned),
            SQLiteValue(intent.place),
            try intent.evidence.map { (evidence) throws(SQLiteError) in
                try PackedText.packed(Array(clean(evidence).text.utf8))
            } ?? .null,
        ]
    }

    static func record(_ row: SQLiteRow) -> StepRecord? {
        guard let run = row.text(0), let sequence = row.integer(1), let actions = row.text(2),
            let method = row.text(3), let path = row.text(4), let parameters = row.json(5),
            let state = row.text(9).flatMap(StepState.init(rawValue:)), let intended = row.real(11)
        else { return nil }
        var intent = StepIntent(
            actions: Set(actions.split(separator: " ").compactMap { Action(String($0)) }), method: method, path: path,
            parameters: parameters, vmid: row.integer(6), node: row.text(7), identity: row.json(8),
            guests: GuestColumn.numbers(row.text(17)), cluster: row.text(16))
        if let key = row.text(18), let occurrence = row.integer(19) {
            intent.call = CallID(key: key, occurrence: occurrence)
        }
        intent.planned = row.integer(20)
        intent.place = row.text(21)
        intent.evidence = row.blob(23).flatMap(PackedText.text).flatMap {
            try? JSONValue(parsing: String(decoding: $0, as: UTF8.self))
        }
        return StepRecord(
            run: run, sequence: sequence, intent: intent, state: state, upid: row.text(10), boot: row.text(22),
            intended: intended, sent: row.real(12), accepted: row.real(13), ended: row.real(14), outcome: row.json(15))
    }
}

/// A text as a blob: its size in four bytes, then the text compressed.
enum PackedText {
    static func packed(_ bytes: [UInt8]) throws(SQLiteError) -> SQLiteValue {
        guard let size = UInt32(exactly: bytes.count) else { throw SQLiteError(code: 0, message: "a text is too long") }
        let head = (0..<4).map { UInt8(truncatingIfNeeded: size >> (8 * UInt32($0))) }
        return .blob(head + (try Deflate.compressed(bytes)))
    }

    static func text(_ blob: [UInt8]) -> [UInt8]? {
        guard blob.count >= 4 else { return nil }
        let size = blob.prefix(4).enumerated().reduce(UInt32(0)) { $0 | UInt32($1.element) << (8 * UInt32($1.offset)) }
        return Deflate.expanded(Array(blob.dropFirst(4)), size: Int(size))
    }
}

extension SQLiteRow {
    /// The JSON in a text column; what does not parse is shown as the text it is.
    func json(_ column: Int) -> JSONValue? {
        guard let text = text(column) else { return nil }
        return (try? JSONValue(parsing: text)) ?? .string(text)
    }
}

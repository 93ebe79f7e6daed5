// SPDX-License-Identifier: Apache-2.0
public import JSON
public import Model
internal import Secrets

extension SQLiteJournal {
    /// Writes down what is about to be sent and returns the step's number in its run, from 1.
    ///
    /// - Parameters:
    ///   - replaced: A failed step of the run that this is a second attempt at; it no longer counts.
    ///   - admission: Asked in the same transaction, with what else was begun, whether this may be.
    ///   - batch: What else is written then.
    public func recordIntent(
        run: String, _ intent: StepIntent, at time: Double, replacing replaced: Int? = nil,
        admission: StepAdmission? = nil, carrying batch: JournalBatch = JournalBatch()
    ) throws(Failure) -> Int {
        try write(.config, "nothing was sent") { connection throws(SQLiteError) -> Result<Int, Failure> in
            try connection.transaction { () throws(SQLiteError) in
                if let refusal = try Self.refusal(of: intent, at: time, in: connection) { return .failure(refusal) }
                if let refusal = try occupation(of: intent, in: connection) { return .failure(refusal) }
                if let admission {
                    let history = try StepHistory(
                        for: admission, before: run, replacing: replaced, at: time, in: connection)
                    do throws(Failure) { try admission.admit(history) } catch { return .failure(error) }
                }
                if let replaced {
                    try connection.query(
                        "UPDATE step SET counts = 0 WHERE run = ? AND sequence = ?",
                        [.text(run), SQLiteValue(replaced)])
                }
                let last = try connection.query(
                    "SELECT coalesce(max(sequence), 0) FROM step WHERE run = ?", [.text(run)])
                let sequence = (last.first?.integer(0) ?? 0) + 1
                try put(batch, of: run, before: sequence, at: time, in: connection)
                let values = try StepColumns.values(intent, clean)
                let marks = values.map { _ in "?" }.joined(separator: ", ")
                try connection.query(
                    """
                    INSERT INTO step (run, sequence, intended, boot, \(StepColumns.written))
                    VALUES (?, ?, ?, ?, \(marks))
                    """,
                    [.text(run), SQLiteValue(sequence), .real(time), SQLiteValue(boot)] + values)
                try audit(.intent(intent, run: run, step: sequence), at: time, in: connection)
                return .success(sequence)
            }
        }.get()
    }

    /// Writes down that the bytes are about to leave; survives the end of the process, not that of the machine.
    public func recordSent(run: String, step: Int, at time: Double) throws(Failure) {
        try move(run, step, to: .sent, "nothing was sent", set: "sent = ?", [.real(time)], at: time)
    }

    /// Writes down that Proxmox took the call, with the task it became; survives the end of the process, not that of the
    /// machine.
    public func recordAccepted(run: String, step: Int, upid: String?, at time: Double) throws(Failure) {
        try move(
            run, step, to: .accepted, "the call was sent\(upid.map { " and is task \($0)" } ?? "")",
            set: "accepted = ?, upid = ?", [.real(time), SQLiteValue(upid)], at: time,
            body: ["upid": upid.map(JSONValue.string) ?? .null])
    }

    /// Writes down what came of the call; `in_doubt` may later be replaced, everything else is final.
    ///
    /// - Parameter proof: What it is known from, audited in the same transaction, where it was found out later.
    public func recordOutcome(
        run: String, step: Int, _ state: StepState, outcome: JSONValue, proof: AuditEvent? = nil, at time: Double
    ) throws(Failure) {
        var kept = clean(outcome)
        // Whoever goes on by what was kept must know that it is not all.
        if kept != Redaction.redacted(outcome), var object = kept.object {
            object["withheld"] = true
            kept = .object(object)
        }
        try move(
            run, step, to: state, "the call came out as \(state.rawValue)", set: "ended = ?, outcome = ?",
            [.real(time), .text(kept.text)], at: time,
            body: ["state": .string(state.rawValue), "outcome": kept], proof: proof)
    }

    /// The calls of a run, in order.
    public func steps(of run: String) throws(Failure) -> [StepRecord] {
        try read { connection throws(SQLiteError) in
            try connection.query("SELECT \(StepColumns.names) FROM step WHERE run = ? ORDER BY sequence", [.text(run)])
        }.compactMap(StepColumns.record)
    }

    /// The steps of all runs that became a task of one cluster, begun at some time or later, in their order.
    public func clusterSteps(on cluster: String, since time: Double) throws(Failure) -> [StepRecord] {
        try read { connection throws(SQLiteError) in
            try connection.query(
                """
                SELECT \(StepColumns.names) FROM step WHERE intended >= ? AND cluster = ? AND upid IS NOT NULL
                ORDER BY intended, run, sequence
                """, [.real(time), .text(cluster)])
        }.compactMap(StepColumns.record)
    }

    private func move(
        _ run: String, _ step: Int, to state: StepState, _ fact: String, set: String, _ values: [SQLiteValue],
        at time: Double, body: JSONValue = .object(JSONObject()), proof: AuditEvent? = nil
    ) throws(Failure) {
        let allowed = state.predecessors.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        let kind: AuditEvent.Kind =
            switch state {
            case .sent: .sent
            case .accepted: .accepted
            default: .outcome
            }
        // Before the bytes leave, a journal that cannot be written only stops the run.
        try write(state == .sent ? .config : .inDoubt, fact) { connection throws(SQLiteError) in
            try connection.transaction(isDurable: kind == .outcome) { () throws(SQLiteError) in
                try connection.query(
                    "UPDATE step SET state = ?, \(set) WHERE run = ? AND sequence = ? AND state IN (\(allowed))",
                    [.text(state.rawValue)] + values + [.text(run), SQLiteValue(step)])
                guard connection.changes == 1 else {
                    throw SQLiteError(code: 0, message: "step \(step) of run \(run) cannot become \(state.rawValue)")
                }
                if let proof { try audit(proof, at: time, in: connection) }
                try audit(AuditEvent(kind, run: run, step: step, body: body), at: time, in: connection)
            }
        }
    }
}

extension AuditEvent {
    /// What is audited of an intent.
    fileprivate static func intent(_ intent: StepIntent, run: String, step: Int) -> AuditEvent {
        var body = JSONObject([
            ("actions", .array(intent.actions.sorted().map { .string($0.rawValue) })),
            ("method", .string(intent.method)), ("path", .string(intent.path)),
            ("parameters", intent.parameters),
        ])
        if let guests = intent.guests, !guests.isEmpty { body["vmids"] = .array(guests.map { JSONValue($0) }) }
        if let identity = intent.identity { body["guest"] = identity }
        if let place = intent.place { body["place"] = .string(place) }
        return AuditEvent(.intent, run: run, step: step, cluster: intent.cluster, body: .object(body))
    }
}

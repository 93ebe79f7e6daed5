// SPDX-License-Identifier: Apache-2.0
internal import Hashing
internal import JSON
public import Model
internal import Secrets

extension SQLiteJournal {
    /// Writes a batch on its own; durable when it returns.
    public func record(_ batch: JournalBatch, of run: String) throws(Failure) {
        let time = now()
        try write(.config, "what run \(run) was told is not recorded") { connection throws(SQLiteError) in
            try connection.transaction { () throws(SQLiteError) in try put(batch, of: run, at: time, in: connection) }
        }
    }

    /// All that a run has kept for being resumed, besides its steps.
    public func memory(of run: String) throws(Failure) -> RunMemory {
        let texts = try read { connection throws(SQLiteError) in
            try connection.query("SELECT sha256, size, body FROM text WHERE run = ?", [.text(run)])
        }
        var known: [String: [UInt8]] = [:]
        for row in texts {
            guard let hash = row.text(0), let size = row.integer(1), let body = row.blob(2),
                let text = Deflate.expanded(body, size: size)
            else { continue }
            known[hash] = text
        }
        return try read { connection throws(SQLiteError) in
            RunMemory(
                calls: try connection.query(
                    "SELECT key, occurrence, name, place, kind, answer, answered FROM call WHERE run = ?", [.text(run)]
                ).compactMap { CallRecord($0, known) },
                memos: try connection.query("SELECT key, occurrence, name, value FROM memo WHERE run = ?", [.text(run)])
                    .compactMap { row in
                        guard let key = row.text(0), let occurrence = row.integer(1), let name = row.text(2),
                            let value = row.json(3)
                        else { return nil }
                        return MemoRecord(call: CallID(key: key, occurrence: occurrence), name: name, value: value)
                    },
                modules: try connection.query(
                    "SELECT name, sha256 FROM module WHERE run = ? ORDER BY name", [.text(run)]
                )
                .compactMap { row in
                    guard let name = row.text(0), let source = row.text(1).flatMap({ known[$0] }) else { return nil }
                    return ModuleRecord(name: name, source: source)
                },
                starts: try connection.query(
                    "SELECT cluster, part, sha256 FROM start_facts WHERE run = ? ORDER BY cluster, part", [.text(run)]
                ).compactMap { row in
                    guard let cluster = row.text(0), let part = row.integer(1),
                        let text = row.text(2).flatMap({ known[$0] }),
                        let body = try? JSONValue(parsing: String(decoding: text, as: UTF8.self))
                    else { return nil }
                    return StartRecord(cluster: cluster, part: part, body: body)
                })
        }
    }

    func put(
        _ batch: JournalBatch, of run: String, before step: Int? = nil, at time: Double, in connection: SQLiteConnection
    ) throws(SQLiteError) {
        // A changed module is another one: it is read from its file again.
        for module in batch.modules where !secrets.holds(module.source) {
            try connection.query(
                "INSERT OR IGNORE INTO module (run, name, sha256) VALUES (?, ?, ?)",
                [.text(run), .text(module.name), .text(try text(module.source, of: run, in: connection))])
        }
        for start in batch.starts {
            let hash = try text(Array(secrets.scrub(start.body).text.utf8), of: run, in: connection)
            try connection.query(
                "INSERT OR IGNORE INTO start_facts (run, cluster, part, sha256) VALUES (?, ?, ?, ?)",
                [.text(run), .text(start.cluster), SQLiteValue(start.part), .text(hash)])
        }
        for memo in batch.memos {
            try connection.query(
                "INSERT OR REPLACE INTO memo (run, key, occurrence, name, value) VALUES (?, ?, ?, ?, ?)",
                [
                    .text(run), .text(memo.call.key), SQLiteValue(memo.call.occurrence), .text(memo.name),
                    .text(clean(memo.value).text),
                ])
        }
        for call in batch.calls {
            let (kind, answer) = try call.without(secrets).columns { (bytes) throws(SQLiteError) in
                try text(bytes, of: run, in: connection)
            }
            try connection.query(
                """
                INSERT OR REPLACE INTO call (run, key, occurrence, name, place, kind, answer, answered)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    .text(run), .text(call.id.key), SQLiteValue(call.id.occurrence), .text(call.name),
                    SQLiteValue(call.place), .text(kind), SQLiteValue(answer), .real(call.answered),
                ])
        }
        for var event in batch.events {
            event.run = event.run ?? run
            if event.isOfNextStep { event.step = event.step ?? step }
            try audit(event, at: time, in: connection)
        }
        if let undoing = batch.undoing {
            try connection.query(
                "UPDATE run SET undoing = ? WHERE id = ? AND undoing IS NULL",
                [.text(clean(undoing).text), .text(run)])
        }
    }

    /// Keeps a text once, however often the run was told it, and returns its name.
    private func text(
        _ bytes: [UInt8], of run: String, in connection: SQLiteConnection
    ) throws(SQLiteError) -> String {
        let hash = ContentHash.sha256(bytes)
        let known = try connection.query("SELECT 1 FROM text WHERE run = ? AND sha256 = ?", [.text(run), .text(hash)])
        if known.isEmpty {
            try connection.query(
                "INSERT INTO text (run, sha256, size, body) VALUES (?, ?, ?, ?)",
                [.text(run), .text(hash), SQLiteValue(bytes.count), .blob(try Deflate.compressed(bytes))])
        }
        return hash
    }
}

extension CallRecord {
    fileprivate init?(_ row: SQLiteRow, _ texts: [String: [UInt8]]) {
        guard let key = row.text(0), let occurrence = row.integer(1), let name = row.text(2), let kind = row.text(4),
            let answered = row.real(6)
        else { return nil }
        let body = row.text(5).flatMap { texts[$0] }
        let answer: Answer
        switch (kind, body) {
        case ("value", let body?): answer = .value(body)
        case ("failure", let body?): answer = .failure(body)
        default: answer = .withheld
        }
        self.init(
            id: CallID(key: key, occurrence: occurrence), name: name, place: row.text(3), answer: answer,
            answered: answered)
    }

    /// The same, its answer withheld where a secret is in it: what is given again is given byte for byte or not at all.
    fileprivate func without(_ secrets: SecretBook) -> CallRecord {
        switch answer {
        case .value(let bytes), .failure(let bytes): if !secrets.holds(bytes) { return self }
        case .withheld: return self
        }
        var result = self
        result.answer = .withheld
        return result
    }

    fileprivate func columns(
        _ keep: ([UInt8]) throws(SQLiteError) -> String
    ) throws(SQLiteError) -> (kind: String, answer: String?) {
        switch answer {
        case .value(let bytes): ("value", try keep(bytes))
        case .failure(let bytes): ("failure", try keep(bytes))
        case .withheld: ("withheld", nil)
        }
    }
}

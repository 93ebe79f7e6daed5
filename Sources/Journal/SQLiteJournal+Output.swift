// SPDX-License-Identifier: Apache-2.0
public import Model
internal import Synchronization
internal import Secrets

/// A piece of what a run without a terminal has written.
public struct OutputPiece: Hashable, Sendable {
    /// Its number in the run, from 1.
    public var sequence: Int
    /// 1 for what the script printed, 2 for everything else.
    public var stream: Int
    /// The bytes.
    public var bytes: [UInt8]
}

extension SQLiteJournal {
    /// Keeps a piece of a run's output; survives the end of the process.
    ///
    /// What may be the beginning of a secret waits for the next piece, or for the end of the run.
    public func appendOutput(_ run: String, stream: Int, _ bytes: [UInt8]) throws(Failure) {
        if silent.withLock({ $0.contains(run) }) { return try putOutput(run, stream, secrets.scrub(bytes)) }
        let bytes = streams.withLock { $0[run, default: [:]][stream, default: SecretStream(secrets)].push(bytes) }
        if !bytes.isEmpty { try putOutput(run, stream, bytes) }
    }

    /// Writes what still waits of a run's output.
    func endOutput(of run: String) throws(Failure) {
        _ = silent.withLock { $0.insert(run) }
        let rest = streams.withLock { $0.removeValue(forKey: run) } ?? [:]
        for stream in rest.keys.sorted() {
            guard var last = rest[stream] else { continue }
            let bytes = last.finish()
            if !bytes.isEmpty { try putOutput(run, stream, bytes) }
        }
    }

    private func putOutput(_ run: String, _ stream: Int, _ bytes: [UInt8]) throws(Failure) {
        try write(.config, "the output of run \(run) is not kept") { connection throws(SQLiteError) in
            try connection.transaction(isDurable: false) { () throws(SQLiteError) in
                try connection.query(
                    """
                    INSERT INTO output (run, sequence, stream, body)
                    SELECT ?1, coalesce(max(sequence), 0) + 1, ?2, ?3 FROM output WHERE run = ?1
                    """, [.text(run), SQLiteValue(stream), .blob(bytes)])
            }
        }
    }

    /// What a run has written behind a piece, in order.
    public func output(of run: String, after sequence: Int, limit: Int) throws(Failure) -> [OutputPiece] {
        try read { connection throws(SQLiteError) in
            try connection.query(
                "SELECT sequence, stream, body FROM output WHERE run = ? AND sequence > ? ORDER BY sequence LIMIT ?",
                [.text(run), SQLiteValue(sequence), SQLiteValue(max(limit, 0))])
        }.compactMap { row in
            guard let sequence = row.integer(0), let stream = row.integer(1), let bytes = row.blob(2) else {
                return nil
            }
            return OutputPiece(sequence: sequence, stream: stream, bytes: bytes)
        }
    }

    /// Forgets a run's output, for a resumed run writes all of it anew.
    public func clearOutput(of run: String) throws(Failure) {
        streams.withLock { $0[run] = nil }
        _ = silent.withLock { $0.remove(run) }
        try write(.config, "the output of run \(run) stays") { connection throws(SQLiteError) in
            try connection.query("DELETE FROM output WHERE run = ?", [.text(run)])
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import JSON
public import Model

extension SQLiteJournal {
    /// A journal in memory that goes on where the one on disk stands: its counters, and the runs and steps of the last hour.
    ///
    /// What a rehearsal draws and writes is gone with it.
    ///
    /// - Parameter path: The journal on disk; where there is none, the rehearsal begins with nothing.
    /// - Throws: ``Failure`` of kind `config` where it cannot be read.
    public static func rehearsal(of path: String, at time: Double) throws(Failure) -> SQLiteJournal {
        let copy = try inMemory()
        guard access(path, F_OK) == 0 else { return copy }
        // Opening it brings an older file up to date, so that both have the same columns.
        _ = try SQLiteJournal(path: path)
        try copy.write(.config, "nothing was planned") { connection throws(SQLiteError) in
            try connection.query("ATTACH DATABASE ? AS disk", [.text(path)])
            try connection.execute("INSERT INTO main.counter SELECT * FROM disk.counter")
            try connection.query(
                "INSERT INTO main.run SELECT * FROM disk.run WHERE id IN (SELECT run FROM disk.step WHERE intended > ?)",
                [.real(time - 3600)])
            try connection.execute(
                "INSERT INTO main.step SELECT * FROM disk.step WHERE run IN (SELECT id FROM main.run)")
        }
        return copy
    }

    /// Takes a plan for one run, for ever; of two that try only one gets it.
    ///
    /// - Returns: The run that had taken it before; nil where it is this run's now.
    /// - Throws: ``Failure`` of kind `config` where that cannot be written.
    public func claimPlan(_ digest: String, for run: String, at time: Double) throws(Failure) -> String? {
        try write(.config, "the plan was not applied") { connection throws(SQLiteError) in
            try connection.transaction { () throws(SQLiteError) in
                let known = try connection.query("SELECT run FROM plan_use WHERE digest = ?", [.text(digest)])
                if let row = known.first { return row.text(0) ?? "" }
                try connection.query(
                    "INSERT INTO plan_use (digest, run, used) VALUES (?, ?, ?)",
                    [.text(digest), .text(run), .real(time)])
                try audit(
                    AuditEvent(.planClaimed, run: run, body: ["digest": .string(digest)]), at: time, in: connection)
                return nil
            }
        }
    }

    /// The run that has taken a plan; nil where none has.
    public func planUse(_ digest: String) throws(Failure) -> String? {
        try read { connection throws(SQLiteError) in
            try connection.query("SELECT run FROM plan_use WHERE digest = ?", [.text(digest)])
        }.first?.text(0)
    }
}

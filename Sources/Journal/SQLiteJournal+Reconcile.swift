// SPDX-License-Identifier: Apache-2.0
public import Model

extension SQLiteJournal {
    /// Holds a run that nobody is at, without going on with it.
    ///
    /// - Throws: ``Failure`` of kind `not_found` where there is no such run, `busy` while somebody is at it.
    public func holdRun(_ id: String) throws(Failure) {
        let number = try read { connection throws(SQLiteError) in try Self.number(of: id, connection) }
        guard let number else { throw Failure(.notFound, "there is no run \(id)", hint: "pvelua runs list") }
        guard try locks.take(number) else {
            throw Failure(
                .busy, "run \(id) is going on in another process", hint: "watch it: pvelua runs show --follow \(id)")
        }
    }

    /// Which of these tasks a step of that cluster has, other than the one left out.
    public func tasksOfSteps(
        among tasks: [String], cluster: String, except step: (run: String, sequence: Int)
    ) throws(Failure) -> Set<String> {
        guard !tasks.isEmpty else { return [] }
        let marks = tasks.map { _ in "?" }.joined(separator: ", ")
        return Set(
            try read { connection throws(SQLiteError) in
                try connection.query(
                    """
                    SELECT upid FROM step WHERE upid IN (\(marks)) AND coalesce(cluster, ?) = ?
                        AND NOT (run = ? AND sequence = ?)
                    """,
                    tasks.map { .text($0) } + [
                        .text(cluster), .text(cluster), .text(step.run), SQLiteValue(step.sequence),
                    ])
            }.compactMap { $0.text(0) })
    }
}

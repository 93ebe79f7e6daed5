// SPDX-License-Identifier: Apache-2.0
public import Model

/// What a node's task list held before a change was sent: a task that is not in it began later.
public struct TaskWatermark: Hashable, Sendable {
    /// The change that is about to be sent.
    public let trace: CallTrace
    /// The tasks that were listed.
    let known: Set<UPID>
    /// Those of them that had ended last, the latest first: rows that stay in the list until many newer ones have come.
    let ended: [UPID]
    /// Whether the list was shorter than what was asked for.
    let isWhole: Bool
    /// When that was by the clock of the host that answered, in seconds since 1970; nil where it did not say.
    public let time: Int?

    init(_ trace: CallTrace, rows: [TaskRow], limit: Int, time: Int? = nil) {
        self.trace = trace
        known = Set(rows.map(\.upid))
        let latest = rows.filter { $0.endTime != nil }.sorted { ($0.endTime ?? 0) > ($1.endTime ?? 0) }
        // The latest stays longest; a few more cost little.
        ended = latest.prefix(4).map(\.upid)
        isWhole = rows.count < limit
        self.time = time
    }

    /// Puts one together again.
    init(_ trace: CallTrace, known: Set<UPID>, ended: [UPID], isWhole: Bool, time: Int?) {
        self.trace = trace
        self.known = known
        self.ended = ended
        self.isWhole = isWhole
        self.time = time
    }

    /// The tasks among them that a later look could take for the change's own.
    var rivals: Set<UPID> { known.filter(isAkin) }

    /// Whether a task is of the type and about the thing that the change's own must be.
    private func isAkin(_ upid: UPID) -> Bool {
        (trace.types.isEmpty || trace.types.contains(upid.type)) && (trace.taskID == nil || trace.taskID == upid.id)
    }

    /// The tasks of a later list that this change may have started, oldest first.
    ///
    /// - Parameter user: Who sent it, as UPIDs write it, or nil where that is not known.
    func candidates(in rows: [TaskRow], user: String?) -> [TaskRow] {
        let fresh = rows.filter { row in
            !known.contains(row.upid) && isAkin(row.upid) && (user == nil || user == row.upid.user)
        }
        // What high availability starts for a guest bears the same id, and with a ticket of root@pam the same user.
        let handed = fresh.filter(\.upid.isHandedToHA)
        return (handed.isEmpty ? fresh : handed).sorted { $0.upid.startTime < $1.upid.startTime }
    }

    /// Whether a later list certainly shows every task that began since: it reaches back to one that had ended before, or it
    /// is shorter than what was asked for.
    func isCovered(by rows: [TaskRow], limit: Int) -> Bool {
        (!ended.isEmpty && rows.contains { ended.contains($0.upid) })
            || (ended.isEmpty && isWhole && rows.count < limit)
    }
}

extension ProxmoxClient {
    /// Notes what the node's task list holds, for a call that is about to be sent.
    ///
    /// - Returns: nil for a call that leaves no traces on a node, and where the list may not be read.
    /// - Throws: ``Failure`` where the node does not even answer that question: sending it a change would be no wiser.
    public func watermark(for call: APICall) async throws(Failure) -> TaskWatermark? {
        guard let trace = CallTrace(call) else { return nil }
        do throws(Failure) {
            // Many changes of a node at once are held back a little, so that one list does for more of them.
            let crowd = await board.count(on: trace.node)
            let spacing = GuestBoard.spacing(crowd, most: .milliseconds(300))
            let list = try await guests.marks[trace.node].read(spacing: spacing, by: clock) {
                [self] () async throws(Failure) -> (rows: [TaskRow], time: Int?) in
                try await taskList(on: trace.node, limit: Self.watermarkRows)
            }
            return TaskWatermark(trace, rows: list.rows, limit: Self.watermarkRows, time: list.time)
        } catch {
            switch error.kind {
            case .connection, .nodeUnreachable, .tls, .auth, .cancelled, .notFound: throw error
            default: return nil
            }
        }
    }

    private static var watermarkRows: Int { 50 }
}

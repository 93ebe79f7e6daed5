// SPDX-License-Identifier: Apache-2.0
public import Model

/// What a node's task list held before a change was sent: a task that is not in it began later.
public struct TaskWatermark: Hashable, Sendable {
    /// The change that is about to be sent.
    public let trace: CallTrace
    /// The tasks that were listed.
    let known: Set<UPID>
    /// Those of them that had ended: rows that stay in the list until many newer ones have come.
    let ended: Set<UPID>
    /// Whether the list was shorter than what was asked for.
    let isWhole: Bool

    init(_ trace: CallTrace, rows: [TaskRow], limit: Int) {
        self.trace = trace
        known = Set(rows.map(\.upid))
        ended = Set(rows.filter { $0.endTime != nil }.map(\.upid))
        isWhole = rows.count < limit
    }

    /// The tasks of a later list that this change may have started, oldest first.
    ///
    /// - Parameter user: Who sent it, as UPIDs write it, or nil where that is not known.
    func candidates(in rows: [TaskRow], user: String?) -> [TaskRow] {
        let fresh = rows.filter { row in
            !known.contains(row.upid) && (trace.types.isEmpty || trace.types.contains(row.upid.type))
                && (trace.taskID == nil || trace.taskID == row.upid.id) && (user == nil || user == row.upid.user)
        }
        // What high availability starts for a guest bears the same id, and with a ticket of root@pam the same user.
        let handed = fresh.filter(\.upid.isHandedToHA)
        return (handed.isEmpty ? fresh : handed).sorted { $0.upid.startTime < $1.upid.startTime }
    }

    /// Whether a later list certainly shows every task that began since: it reaches back to one that had ended before, or it
    /// is shorter than what was asked for.
    func isCovered(by rows: [TaskRow], limit: Int) -> Bool {
        rows.contains { ended.contains($0.upid) } || (ended.isEmpty && isWhole && rows.count < limit)
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
            return TaskWatermark(
                trace, rows: try await tasks(on: trace.node, limit: Self.watermarkRows), limit: Self.watermarkRows)
        } catch {
            switch error.kind {
            case .connection, .nodeUnreachable, .tls, .auth, .cancelled, .notFound: throw error
            default: return nil
            }
        }
    }

    private static var watermarkRows: Int { 50 }
}

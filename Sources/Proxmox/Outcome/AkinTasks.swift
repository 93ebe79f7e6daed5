// SPDX-License-Identifier: Apache-2.0
public import Model

extension ProxmoxClient {
    /// The tasks that a change could have become, whoever began them, newest first; none for a change that makes no task.
    ///
    /// - Parameter since: Only those that began then or later, in seconds since 1970 by the cluster's clock.
    public func akinTasks(to call: APICall, since: Double) async throws(Failure) -> [TaskRow] {
        guard let trace = CallTrace(call), !trace.types.isEmpty else { return [] }
        let rows = try await tasks(on: trace.node, limit: 5000)
        return TaskWatermark(trace, known: [], ended: [], isWhole: false, time: nil).candidates(in: rows, user: nil)
            .filter { Double($0.upid.startTime) >= since }.reversed()
    }

    /// What speaks against a task being that of a past change, in words that follow the task's name; nil where nothing does.
    public func objection(to upid: UPID, of past: PastCall) async throws(Failure) -> String? {
        guard let trace = CallTrace(past.call) else { return "belongs to no call that makes a task" }
        if trace.isKnown, trace.types.isEmpty { return "is a task, and this call makes none" }
        if trace.node.rawValue != "localhost", upid.node != trace.node {
            return "is on \(upid.node), and the call went to \(trace.node)"
        }
        if !trace.types.isEmpty, !trace.types.contains(upid.type) {
            return "is a \(upid.type), and the call makes a \(trace.types.sorted().joined(separator: " or "))"
        }
        if let id = trace.taskID, id != upid.id { return "is about \(upid.id), and the call is about \(id)" }
        if let user = past.evidence.user, user != upid.user { return "is of \(upid.user), and the call was of \(user)" }
        if past.evidence.mark?.known.contains(upid) == true { return "was there before the call" }
        let begin = PastWindow(past, offset: past.evidence.clockOffset ?? 0, limit: 0).begin
        if Double(upid.startTime) < begin - (past.evidence.clockOffset == nil ? PastWindow.twilight : 0) {
            return "began before the call was sent"
        }
        if try await past.taken([upid]).contains(upid) { return "belongs to another step" }
        let listed = (try? await tasks(on: upid.node, limit: 5000)) ?? []
        if listed.contains(where: { $0.upid == upid }) { return nil }
        do throws(Failure) {
            _ = try await task(upid)
            return nil
        } catch {
            guard "\(error.message) \(error.raw ?? "")".contains("no such task") else { throw error }
            return "is not known to \(upid.node)"
        }
    }
}

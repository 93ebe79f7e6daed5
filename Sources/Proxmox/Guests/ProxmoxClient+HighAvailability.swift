// SPDX-License-Identifier: Apache-2.0
internal import Model

/// Following what high availability does with a request: the task that handed it over ends when it is queued, and the real
/// one comes seconds later, as root@pam, perhaps on another node (pve-facts §5).
extension ProxmoxClient {
    /// The report with the tasks that high availability started, where the change was handed over.
    func withChildren(_ report: EffectReport, of task: UPID?, at place: GuestReference) async -> EffectReport {
        guard let task, task.isHandedToHA else { return report }
        var report = report
        report.children = await children(of: task, at: report.facts?.reference ?? place)
        return report
    }

    /// The failure with the end and the log of the last task that high availability tried and that ended badly.
    func blamingChild(_ failure: Failure, of task: UPID?, at place: GuestReference) async -> Failure {
        guard let task, task.isHandedToHA else { return failure }
        guard let child = await children(of: task, at: place).last(where: { $0.endTime != nil && !$0.status.isSuccess })
        else { return failure }
        var failure = failure
        failure.message += "; high availability tried: task \(child.upid.type) on \(child.upid.node) ended with "
        failure.message += "\"\(TextCleaning.line(child.status.text))\""
        failure.upid = child.upid.description
        failure.raw = child.status.text
        failure.log = await logTail(child.upid)
        return failure
    }

    /// High availability keeps a guest in the state `error` until a person helps; waiting longer is of no use.
    func gaveUp(
        _ report: EffectReport, _ effect: ExpectedEffect, _ guest: GuestReference, _ task: UPID
    ) async -> Failure {
        var failure = Failure(
            .haState,
            "guest \(guest.vmid) should \(effect.wish), but high availability gave up: \(report.observed), state error",
            hint: "disable the HA resource, repair the guest, then enable it again")
        failure.node = report.facts?.node.rawValue
        return await blamingChild(failure, of: task, at: report.facts?.reference ?? guest)
    }

    /// The tasks about a guest that began after it was handed over, oldest first; none where they cannot be seen.
    private func children(of task: UPID, at place: GuestReference) async -> [TaskRow] {
        var rows: Set<TaskRow> = []
        for node in Set([task.node, place.node]) {
            do throws(Failure) {
                rows.formUnion(try await tasks(on: node, vmid: place.vmid, limit: 25))
            } catch {
                // Without Sys.Audit, or with the node gone, the effect alone has to do.
                continue
            }
        }
        return rows.filter { $0.upid != task && $0.upid.user == "root@pam" && $0.upid.startTime >= task.startTime }
            .sorted { $0.upid.startTime < $1.upid.startTime }
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Plan
internal import Policy

/// How much of a policy's limits a plan uses; what is done only where something fails is not counted.
enum PlanLimits {
    static func uses(_ operations: [PlannedOperation], of limits: RunLimits) -> [Plan.LimitUse] {
        let changes = operations.filter { operation in
            !operation.isConditional && operation.effect != Effect.deny.rawValue
                && operation.actions.contains { Action($0).map { !$0.isRead } ?? true }
        }
        var result: [Plan.LimitUse] = []
        if let most = limits.changes {
            result.append(Plan.LimitUse(name: "run.changes", used: changes.count, most: most))
        }
        if let most = limits.guests {
            let guests = Set(
                changes.flatMap { change in
                    change.targets.map { PlannedGuest(cluster: change.cluster, vmid: $0.vmid) }
                })
            result.append(Plan.LimitUse(name: "run.guests", used: guests.count, most: most))
        }
        for limit in limits.actions {
            let used = changes.filter { $0.actions.contains { limit.pattern.matches($0) } }
            let times = used.reduce(0) { $0 + max(1, $1.targets.count) }
            result.append(Plan.LimitUse(name: "run.\(limit.pattern.pattern)", used: times, most: limit.most))
        }
        return result
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Plan
internal import Policy

/// How much of a run's limits a plan uses; what is done only where something fails is not counted.
enum PlanLimits {
    static func uses(_ operations: [PlannedOperation], of limits: PolicyLimits, for caller: Caller) -> [Plan.LimitUse] {
        let changes = operations.filter { !$0.isConditional && $0.effect != Effect.deny.rawValue }.map { operation in
            CountedChange(
                actions: Set(operation.actions.compactMap { Action($0) }),
                guests: Set(operation.targets.map { .init(cluster: operation.cluster, vmid: $0.vmid) }), ending: .well)
        }.filter { change in change.actions.contains { !$0.isRead } }
        let judge = LimitJudge(limits.holding(for: caller).filter { $0.span == .run })
        return judge.uses(run: changes, hour: []).map { use in
            Plan.LimitUse(name: String(use.limit.name.dropFirst("limits.".count)), used: use.used, most: use.limit.most)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
public import Journal
public import Plan
public import Proxmox

extension RunEnvironment {
    /// The same world for making a plan: nobody is asked, nothing is kept, and time is that of the twin.
    ///
    /// - Parameters:
    ///   - twin: The client that sees the twin.
    ///   - now: The time there, in seconds since 1970.
    ///   - journal: A journal that is thrown away, in which numbers go on from where they are.
    public func planning(
        on twin: ProxmoxClient, now: @escaping @Sendable () -> Double, _ recorder: PlanRecorder,
        journal: any JournalStore
    ) -> RunEnvironment {
        var result = self
        result.client = twin
        result.clock = twin.clock
        result.now = now
        result.scriptTime = now
        result.openJournal = { journal }
        result.oversight = .planning(recorder)
        return result
    }

    /// The same world for a run that follows a plan: with the plan's parameters and its random numbers, and the time of day
    /// going on from when the plan was made, so that names that are made of dates come out as planned.
    ///
    /// It is judged and counted as done for the plan's caller, whoever applies it.
    ///
    /// - Returns: nil where the plan's seed is none.
    public func following(_ plan: Plan, _ follower: PlanFollower) -> RunEnvironment? {
        guard let seed = Int64(plan.seed) else { return nil }
        var result = self
        let (created, began, live) = (Double(plan.created), now(), now)
        result.scriptTime = { created + max(0, live() - began) }
        result.settings.seed = seed
        result.settings.parameters = plan.parameters.map { parameter in
            let given = parameter.isSealed ? settings.parameters.first { $0.name == parameter.name }?.value : nil
            return (parameter.name, given ?? parameter.value)
        }
        result.caller = max(caller, plan.caller)
        result.oversight = .applying(follower)
        return result
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Journal
public import Model
public import Plan
internal import Policy

/// Holds each change of a run against a plan, and refuses what is not in it before anything is sent.
public actor PlanFollower {
    private let plan: Plan
    /// The digest of the plan's file, for the audit.
    nonisolated let digest: String?
    private var reached: Set<Int> = []
    private var results: [Int: JSONObject] = [:]
    private var touched: Set<PlannedGuest> = []
    private var first: [PlannedGuest: PlannedTarget] = [:]
    /// The first divergence, which ends the run: nothing further is sent but what undoes.
    public private(set) var divergence: Failure?

    /// Makes a follower of a plan that was agreed to.
    ///
    /// - Parameter digest: That of its file, for the audit.
    public init(_ plan: Plan, digest: String? = nil) {
        self.plan = plan
        self.digest = digest
        for operation in plan.operations where !operation.isConditional {
            for target in operation.targets {
                let key = PlannedGuest(cluster: operation.cluster, vmid: target.vmid)
                if first[key] == nil { first[key] = target }
            }
        }
    }

    /// The operations that were not reached, conditional ones aside.
    public var missing: [PlannedOperation] {
        plan.operations.filter { !$0.isConditional && !reached.contains($0.number) }
    }

    /// Finds a call in the plan; gives its number there.
    ///
    /// - Throws: ``Failure`` of kind `plan_diverged` where it is not there, or its targets are not as planned, or policy has
    ///   become stricter.
    func admit(_ call: PlannedCall, _ decision: Decision, isConditional: Bool) throws(Failure) -> Int {
        if !isConditional, let divergence {
            var failure = divergence
            failure.message = "the run has diverged from its plan; nothing more is sent"
            failure.fields = []
            throw failure
        }
        let now = call.operation(salt: plan.nonce, decision: decision)
        let open = plan.operations.filter { !reached.contains($0.number) && $0.isConditional == isConditional }
        guard let planned = open.first(where: { isSame($0, now) }) else {
            throw diverge(PlanDivergence.notPlanned(now, in: plan, open: open), isConditional)
        }
        let differences = drift(of: call, planned, isConditional)
        guard differences.isEmpty else {
            throw diverge(PlanDivergence.drifted(planned, differences), isConditional)
        }
        guard let before = Effect(rawValue: planned.effect), decision.effect <= before else {
            throw diverge(PlanDivergence.stricter(planned, now), isConditional)
        }
        // Nobody was asked about what was denied, so nothing but the denial may come of it.
        guard before != .deny || decision.effect == .deny else {
            throw diverge(PlanDivergence.denied(planned, now), isConditional)
        }
        reached.insert(planned.number)
        return planned.number
    }

    /// Takes up a step that an earlier process of the run has made.
    func resume(_ step: StepRecord) {
        guard let number = step.intent.planned else { return }
        reached.insert(number)
        let cluster = step.intent.cluster ?? plan.cluster.name
        touched.formUnion((step.intent.guests ?? []).map { PlannedGuest(cluster: cluster, vmid: $0) })
        if step.state.isDone, let result = step.outcome?.object { results[number] = results[number] ?? result }
    }

    /// Remembers what an operation gave: later ones may be about it.
    func finish(_ number: Int, _ result: JSONValue) { results[number] = result.object }

    /// Refuses a module that is not the one of the plan.
    func load(module name: String, sha256: String) throws(Failure) {
        let planned = plan.modules.first { $0.name == name }
        guard planned?.sha256 != sha256 else { return }
        throw diverge(PlanDivergence.module(name, isPlanned: planned != nil), false)
    }

    private func diverge(_ failure: Failure, _ isConditional: Bool) -> Failure {
        if !isConditional { divergence = divergence ?? failure }
        return failure
    }

    // MARK: - Matching

    private func isSame(_ planned: PlannedOperation, _ now: PlannedOperation) -> Bool {
        planned.operation == now.operation && planned.cluster == now.cluster && planned.actions == now.actions
            && planned.method == now.method && isSame(path: planned.path, now.path)
            && isSame(planned.parameters, now.parameters)
    }

    /// Whether a value is the planned one; what an earlier operation gives must be what it really gave.
    private func isSame(_ planned: JSONValue, _ now: JSONValue) -> Bool {
        if let reference = ResultReference(planned) {
            return results[reference.operation]?[reference.field].map { $0 == now || $0.text == now.string } ?? false
        }
        switch (planned, now) {
        case (.object(let left), .object(let right)):
            return Set(left.keys) == Set(right.keys) && left.keys.count == right.keys.count
                && left.members.allSatisfy { member in right[member.key].map { isSame(member.value, $0) } ?? false }
        case (.array(let left), .array(let right)):
            return left.count == right.count && zip(left, right).allSatisfy { isSame($0, $1) }
        default: return planned.canonical() == now.canonical()
        }
    }

    /// Whether a path is the planned one; a volume stands in it with its storage's name or without.
    private func isSame(path planned: String, _ now: String) -> Bool {
        guard planned.contains("{") else { return planned == now }
        var whole = planned
        var short = planned
        for (number, result) in results {
            for member in result.members {
                guard let text = member.value.string else { continue }
                let mark = UnknownArgument.mark(ResultReference(operation: number, field: member.key))
                whole = whole.replacing(mark, with: text)
                short = short.replacing(mark, with: text.split(separator: ":", maxSplits: 1).last ?? "")
            }
        }
        return whole == now || short == now
    }

    // MARK: - Drift

    private func drift(
        of call: PlannedCall, _ planned: PlannedOperation, _ isConditional: Bool
    ) -> [PlannedDifference] {
        var result: [PlannedDifference] = []
        let now = call.guests.map { PlannedTarget($0) }
        for target in planned.targets where !now.contains(where: { $0.vmid == target.vmid }) {
            result.append(PlannedDifference("guest \(target.vmid)", before: target.name, after: nil))
        }
        for guest in now {
            guard let target = planned.targets.first(where: { $0.vmid == guest.vmid }) else {
                result.append(PlannedDifference("guest \(guest.vmid)", before: nil, after: guest.name))
                continue
            }
            let key = PlannedGuest(cluster: call.cluster, vmid: guest.vmid)
            var expected = target.without(PlannedTarget.unsteady)
            if !isConditional, !touched.contains(key) {
                let whole = first[key]?.facts ?? [:]
                for name in PlannedTarget.unsteady { expected.facts[name] = whole[name] }
            }
            let lead = planned.targets.count > 1 ? "\(guest.vmid) " : ""
            result += guest.differences(from: expected, isConditional: isConditional).map {
                PlannedDifference(lead + $0.name, before: $0.before, after: $0.after)
            }
        }
        if result.isEmpty {
            touched.formUnion(now.map { PlannedGuest(cluster: call.cluster, vmid: $0.vmid) })
            touched.formUnion(call.made.map { PlannedGuest(cluster: call.cluster, vmid: $0) })
        }
        return result
    }
}

extension PlannedTarget {
    /// What is another than was planned; of what only undoes, nothing but the identity counts.
    fileprivate func differences(from planned: PlannedTarget, isConditional: Bool) -> [PlannedDifference] {
        var result: [PlannedDifference] = []
        func compare(_ name: String, _ before: String, _ after: String) {
            if before != after {
                result.append(
                    PlannedDifference(name, before: before.isEmpty ? nil : before, after: after.isEmpty ? nil : after))
            }
        }
        compare("kind", planned.kind, kind)
        if !isConditional {
            compare("name", planned.name, name)
            compare("node", planned.node, node)
        }
        for fact in planned.facts.sorted(by: { $0.key < $1.key }) {
            compare(fact.key, fact.value, facts[fact.key] ?? "")
        }
        return result
    }
}

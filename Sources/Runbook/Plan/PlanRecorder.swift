// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
public import Plan
public import Policy
internal import Proxmox

/// Writes down what a script does to a twin.
public actor PlanRecorder {
    private let salt: String
    private let failing: Int?
    private var operations: [PlannedOperation] = []
    private var modules: [String: String] = [:]
    private var unknowns: [PlannedUnknown] = []
    private var partial: PlannedUnknown?
    /// The operations at whose failure something would be undone.
    public private(set) var guarded: [Int] = []
    /// Guests that an operation was about already: their digests are the twin's own by now.
    private var touched: Set<PlannedGuest> = []
    /// Guests that the plan itself makes: everything that tells them from others is the twin's own.
    private var made: Set<PlannedGuest> = []

    /// Makes a recorder with nothing in it.
    ///
    /// - Parameters:
    ///   - nonce: The plan's nonce, with which secrets are hashed.
    ///   - failing: The number of an operation that is to fail, so that what would undo the ones before it is seen.
    public init(nonce: String, failing: Int? = nil) {
        salt = nonce
        self.failing = failing
    }

    /// Writes down what the script asks for; gives the operation's number.
    ///
    /// - Throws: ``Failure`` of kind `task_failed` for the operation that is to fail.
    func record(_ call: PlannedCall, _ decision: Decision, _ undoing: UndoState) throws(Failure) -> Int {
        let isConditional = undoing.isRunning
        var operation = call.operation(salt: salt, decision: decision)
        operation.number = operations.count + 1
        operation.isConditional = isConditional
        operation.targets = call.guests.map { guest in
            let key = PlannedGuest(cluster: call.cluster, vmid: guest.vmid.rawValue)
            var target = PlannedTarget(guest)
            if made.contains(key) { target = target.without(PlannedTarget.identity) }
            if !touched.insert(key).inserted { target = target.without(PlannedTarget.unsteady) }
            if isConditional { target.facts = target.facts.filter { PlannedTarget.identity.contains($0.key) } }
            return target
        }
        if call.actions.contains(where: { $0.rawValue.hasPrefix("backup.restore") }) {
            made.formUnion(operation.targets.map { PlannedGuest(cluster: call.cluster, vmid: $0.vmid) })
        }
        let new = call.made.map { PlannedGuest(cluster: call.cluster, vmid: $0) }
        made.formUnion(new)
        touched.formUnion(new)
        operations.append(operation)
        if undoing.isPrepared, !isConditional { guarded.append(operation.number) }
        if operation.number == failing, !isConditional {
            throw Failure(.taskFailed, "the plan has this operation fail, to see what is done then")
        }
        return operation.number
    }

    /// Adds what is done only where an operation fails, as another rehearsal found out.
    ///
    /// What is there as often already is not added: which of the operations fails, nobody knows.
    public func add(conditional others: [PlannedOperation]) {
        var known = operations.filter(\.isConditional)
        for other in others where other.isConditional {
            if let index = known.firstIndex(where: { $0.isSame(as: other) }) {
                known.remove(at: index)
                continue
            }
            var operation = other
            operation.number = operations.count + 1
            operations.append(operation)
        }
    }

    /// What was written down so far.
    public var recorded: [PlannedOperation] { operations }

    /// Adds what is known of an operation once it has ended on the twin.
    func finish(_ number: Int, _ differences: [PlannedDifference], seconds: Int?, problem: String?) {
        guard operations.indices.contains(number - 1) else { return }
        operations[number - 1].differences = differences
        operations[number - 1].seconds = seconds
        if let problem { operations[number - 1].consequences.append("it fails: \(problem)") }
    }

    /// Binds a module that the script has loaded from beside itself.
    func load(module name: String, sha256: String) { modules[name] = sha256 }

    /// Writes down something that only the real run can know.
    public func addUnknown(_ unknown: PlannedUnknown) {
        if !unknowns.contains(unknown) { unknowns.append(unknown) }
    }

    /// Ends the plan here: the script goes by something that only the real run can know.
    public func end(at unknown: PlannedUnknown) { partial = partial ?? unknown }

    /// Puts all of it into a plan.
    public func complete(_ plan: inout Plan, policy: PolicySet) {
        plan.limits = PlanLimits.uses(operations, of: policy.limits, for: plan.caller)
        plan.operations = operations
        plan.modules = modules.sorted { $0.key < $1.key }.map { Plan.SourceBinding(name: $0.key, sha256: $0.value) }
        plan.unknowns = unknowns
        plan.partial = partial
        plan.policy.demand = plan.strictestEffect
        plan.policy.approvals = plan.policy.demand == Effect.approve.rawValue ? policy.approval.count : 0
    }
}

extension PlannedOperation {
    /// Whether it is the same call.
    fileprivate func isSame(as other: PlannedOperation) -> Bool {
        (operation, cluster, method, path, actions) == (
            other.operation, other.cluster, other.method, other.path, other.actions
        )
            && parameters.canonical() == other.parameters.canonical()
    }
}

extension Plan {
    /// The strictest word on any operation that is not denied: a denial that the script lives with demands nothing.
    public var strictestEffect: String {
        (operations.compactMap { Effect(rawValue: $0.effect) }.filter { $0 != .deny }.max() ?? .allow).rawValue
    }
}

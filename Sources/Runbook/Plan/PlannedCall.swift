// SPDX-License-Identifier: Apache-2.0
internal import Hashing
internal import JSON
internal import Journal
internal import Model
internal import Plan
internal import Policy
internal import Proxmox

/// A call as it was judged: what a plan writes down of it, and what is looked for in a plan.
struct PlannedCall: Sendable {
    var request: APICall
    var actions: Set<Action>
    var origin: CallOrigin
    var cluster: String
    /// The action by which people call it.
    var action: String
    /// The guests it is about, as read just now.
    var guests: [GuestFacts] = []
    /// Numbers of guests that it makes.
    var made: [Int] = []
    /// What the script was given by earlier operations of the plan and hands on.
    var unknowns: [UnknownArgument]
    var warning: String?
    var consequences: [String] = []

    /// A call that only reads.
    init(_ call: APICall, _ actions: Set<Action>, _ origin: CallOrigin, _ run: ClusterScope) {
        request = call
        self.actions = actions
        self.origin = origin
        cluster = run.cluster
        unknowns = run.notes.unknowns
        action = actions.min()?.rawValue ?? Action.unknown.rawValue
    }

    /// A change.
    init(_ change: Change, _ actions: Set<Action>, _ origin: CallOrigin, _ run: ClusterScope) {
        self.init(change.call, actions, origin, run)
        action = change.action
        guests = change.guests + change.owners
        made = change.others.compactMap(\.vmid)
        warning = change.endpoint.warning
        consequences = change.consequences
    }

    /// The call as a plan holds it, its number and its targets still to come.
    func operation(salt: String, decision: Decision) -> PlannedOperation {
        var result = PlannedOperation(
            number: 0, operation: origin.operation, cluster: cluster, action: action,
            actions: actions.map(\.rawValue).sorted(), method: request.method.rawValue,
            path: unknowns.referencing(request.path),
            parameters: unknowns.referencing(request.plannedParameters(salt: salt)),
            effect: decision.effect.rawValue)
        result.place = origin.place
        result.rule = decision.rule
        result.warning = warning
        result.consequences = consequences
        return result
    }
}

extension APICall {
    /// The parameters as a plan holds them: in place of a secret stands what tells it from another.
    func plannedParameters(salt: String) -> JSONValue {
        .object(
            JSONObject(
                parameters.map { parameter in
                    guard isSecret(parameter.name) else { return (parameter.name, parameter.value.json) }
                    return (parameter.name, ["@secret": .string(Self.seal(parameter.value.json, salt: salt))])
                }))
    }

    /// Secrets by their names, and what a program in a guest reads or a file there shall hold: it may be anything.
    private func isSecret(_ name: String) -> Bool {
        Redaction.isSecret(name)
            || path.segments.dropFirst(4).first == "agent" && ["input-data", "content"].contains(name)
    }

    /// Hashes a secret often, so that a short one is not simply found by trying: whoever approves a plan can read it.
    static func seal(_ value: JSONValue, salt: String) -> String {
        var hash = ContentHash.sha256(Array(salt.utf8) + [0] + value.canonical())
        for _ in 0..<10_000 { hash = ContentHash.sha256(Array(hash.utf8)) }
        return hash
    }
}

extension PlannedTarget {
    /// Facts that an operation on the guest changes in ways that nobody can foresee.
    static let unsteady: Set<String> = ["digest", "vmgenid"]
    /// Facts that tell a guest from a later one of the same number.
    static let identity: Set<String> = ["uuid", "created"]

    /// A guest with all that must still be so when the plan is applied; what there is none of is the empty text.
    init(_ guest: GuestFacts) {
        self.init(
            vmid: guest.vmid.rawValue, kind: guest.kind.rawValue, name: guest.name, node: guest.node.rawValue,
            facts: [
                "uuid": guest.uuid ?? "", "vmgenid": guest.vmGenID ?? "",
                "created": guest.creationTime.map { String($0) } ?? "", "status": guest.state,
                "lock": guest.lock ?? "", "tags": guest.tags.sorted().joined(separator: ";"),
                "pool": guest.pool ?? "", "digest": guest.digest ?? "", "protected": guest.isProtected ? "yes" : "no",
                "template": guest.isTemplate ? "yes" : "no", "hastate": guest.haState ?? "",
            ])
    }

    /// The same without some facts.
    func without(_ names: Set<String>) -> PlannedTarget {
        var result = self
        result.facts = facts.filter { !names.contains($0.key) }
        return result
    }
}

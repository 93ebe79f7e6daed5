// SPDX-License-Identifier: Apache-2.0
public import JSON

/// One change of a plan.
public struct PlannedOperation: Hashable, Sendable {
    /// Its place in the plan, from 1.
    public var number: Int
    /// The function that asked for it, such as `vm_action`.
    public var operation: String
    /// The line that asked for it, such as `nightly.lua:3`; nil where that is not known.
    public var place: String?
    /// The cluster it goes to.
    public var cluster: String
    /// The action by which people call it, such as `guest.stop`.
    public var action: String
    /// All that it does, in order.
    public var actions: [String]
    /// The HTTP method.
    public var method: String
    /// The path below `/api2/json`.
    public var path: String
    /// What is sent, secrets replaced by their hash.
    ///
    /// A value that is drawn when the change is made, such as a
    /// snapshot's number, is not among them; one that an earlier operation gives is a ``ResultReference``.
    public var parameters: JSONValue
    /// The guests it is about, as they are when it begins.
    public var targets: [PlannedTarget]
    /// Policy's word: `allow`, `confirm`, `confirm-typed`, `approve`, `deny`.
    public var effect: String
    /// The rule that decides; nil where none matches.
    public var rule: String?
    /// What cannot be undone about it; nil where everything can.
    public var warning: String?
    /// What it means for the guests and their data as they are; one sentence each.
    public var consequences: [String]
    /// What is different afterwards, by name, such as `status`: before and after.
    public var differences: [PlannedDifference]
    /// How long it is expected to take, in seconds; nil where nobody can tell.
    public var seconds: Int?
    /// Whether it happens only where a later step fails: it belongs to a `pve.on_failure`.
    public var isConditional: Bool

    /// Makes an operation of which nothing but the request is known.
    public init(
        number: Int, operation: String, cluster: String, action: String, actions: [String], method: String,
        path: String,
        parameters: JSONValue, effect: String
    ) {
        self.number = number
        self.operation = operation
        self.cluster = cluster
        self.action = action
        self.actions = actions
        self.method = method
        self.path = path
        self.parameters = parameters
        self.effect = effect
        targets = []
        consequences = []
        differences = []
        isConditional = false
    }
}

/// A guest as a plan found it before an operation.
public struct PlannedTarget: Hashable, Sendable {
    /// Its number.
    public var vmid: Int
    /// `qemu` or `lxc`.
    public var kind: String
    /// Its name.
    public var name: String
    /// The node it is on.
    public var node: String
    /// All else that must still be so, by name: `uuid`, `vmgenid`, `created`, `status`, `lock`, `tags`, `pool`, `digest`.
    ///
    /// What an earlier operation of the plan makes unpredictable, such as the digest of a configuration it changes, is not among them.
    public var facts: [String: String]

    /// Makes a target.
    public init(vmid: Int, kind: String, name: String, node: String, facts: [String: String] = [:]) {
        self.vmid = vmid
        self.kind = kind
        self.name = name
        self.node = node
        self.facts = facts
    }
}

/// One thing that is another before and after.
public struct PlannedDifference: Hashable, Sendable {
    /// What it is, such as `status` or `node`.
    public var name: String
    /// What it is before; nil where it is not there.
    public var before: String?
    /// What it is afterwards; nil where it is gone.
    public var after: String?

    /// Makes a difference.
    public init(_ name: String, before: String?, after: String?) {
        self.name = name
        self.before = before
        self.after = after
    }
}

// SPDX-License-Identifier: Apache-2.0

/// One function of the `pve` language: what a script writes, what it may ask of the cluster, and how that is judged.
///
/// The rows of ``OperationTable`` are the only place where an operation is declared. Argument checks, worker stubs, REPL
/// help and the reference page are rendered from them.
public struct Operation: Sendable {
    /// The Lua name below `pve`, such as `vm_action` or `api.get`.
    public var name: String
    /// What it does, in one sentence.
    public var summary: String
    /// What it takes, in order.
    public var parameters: [Parameter]
    /// What the script gets back, in one phrase.
    public var returns: String
    /// Whether it stays on this machine, only looks at the cluster, or changes it.
    public var reach: Reach
    /// The API calls it may make, beyond the look-ups that find a guest.
    public var endpoints: [Endpoint]
    /// A line of Lua that runs as it stands on the demo cluster.
    public var example: String
    /// The methods it gives to objects, such as `vm:start()`.
    public var methods: [ObjectMethod] = []
    /// The object that its answer becomes, or nil for plain data.
    public var gives: ScriptObject?
    /// The shipped Lua module that is this operation, made of other operations; nil for one that the host answers itself.
    public var module: String?
    /// The operations that its module calls; what they need it needs.
    public var uses: [String] = []
    /// The version of pvelua that brought it.
    public var since = "0.1"
    /// What of its answer only the real run knows; the task's name, where there is one, comes on top.
    public var unpredictable: [Unpredictable] = []

    /// How far an operation reaches.
    public enum Reach: String, Sendable {
        /// Never leaves this machine.
        case local
        /// Looks at the cluster.
        case read
        /// May change the cluster; passes policy, consent and journal.
        case change
    }
}

/// One call of Proxmox's API that an operation makes.
public struct Endpoint: Sendable {
    /// The argument that picks this row, such as `stop` for `vm_action`; nil where there is nothing to pick.
    public var selector: String?
    /// The HTTP method.
    public var method: String
    /// The path with `{node}`, `{kind}`, `{vmid}` to be filled in.
    public var path: String
    /// Parameters that make the call this one and no other of the same path, such as `archive` of a restore; a value of `*`
    /// stands for any.
    public var with: [String: String] = [:]
    /// The action that policy judges; a test checks that the classifier derives the same.
    public var action: String
    /// Which guests have it.
    public var kinds: Set<GuestKind> = [.qemu, .lxc]
    /// What must be true afterwards.
    public var postCondition: PostCondition = .none
    /// What asking for it a second time does.
    public var repeats: Repeat = .isRefused
    /// What a person should know before saying yes, or nil where everything can be undone.
    public var warning: String?
    /// What its caller must be allowed to do.
    public var needs: [PrivilegeNeed] = []
    /// What asking for the same thing again does.
    public enum Repeat: String, Sendable {
        /// Changes nothing the second time.
        case changesNothing = "changes nothing"
        /// The cluster refuses it.
        case isRefused = "is refused"
        /// Does it again.
        case doesItAgain = "does it again"
    }
}

extension Operation {
    /// Everything that it may ask for and what each of those calls needs, through the operations that it uses as well.
    public var allNeeds: [(endpoint: Endpoint, needs: [PrivilegeNeed])] {
        endpoints.map { ($0, needs(of: $0)) } + uses.compactMap(OperationTable.named).flatMap(\.allNeeds)
    }

    /// How a call looks: `pve.poll([node], task, [options])`.
    public var usage: String {
        "pve.\(name)(\(parameters.map { $0.isRequired ? $0.name : "[\($0.name)]" }.joined(separator: ", ")))"
    }
}

/// The objects that scripts hold: records with methods.
public enum ScriptObject: String, Sendable, CaseIterable {
    /// What `pve.vm` gives.
    case guest
    /// What `pve.node` gives.
    case node
    /// What `pve.storage` gives.
    case storage

    /// How examples call a variable that holds one.
    public var variable: String { self == .guest ? "vm" : rawValue }
}

/// A method of an object: `vm:name(arguments…)` is `pve.operation(before…, arguments…)`.
public struct ObjectMethod: Sendable {
    /// The method's name.
    public var name: String
    /// Whose method it is.
    public var object: ScriptObject
    /// The leading arguments: `@vmid` is the object's field of that name, nil stays nil, other text is literal.
    public var before: [String?]

    /// What is put into the table of options that follows: keys to the object's fields, written as in ``before``.
    public var into: [String: String] = [:]

    /// Makes a method.
    public init(_ name: String, of object: ScriptObject = .guest, before: [String?]) {
        self.name = name
        self.object = object
        self.before = before
    }

    /// Makes a method that puts a field of its object into the table of options that it is called with.
    public init(_ name: String, of object: ScriptObject = .guest, into: [String: String]) {
        self.init(name, of: object, before: [])
        self.into = into
    }

    /// How a call looks: `vm:start()`.
    public var usage: String { "\(object.variable):\(name)()" }
}

// SPDX-License-Identifier: Apache-2.0
public import JSON
public import Model

/// What a call is about to do.
///
/// Secrets among the parameters are taken out before anything is written.
public struct StepIntent: Hashable, Sendable {
    /// The cluster it goes to; nil only in what an older pvelua wrote of a run that is gone.
    public var cluster: String?
    /// What the call does.
    public var actions: Set<Action>
    /// The HTTP method.
    public var method: String
    /// The path below `/api2/json`.
    public var path: String
    /// The parameters.
    public var parameters: JSONValue
    /// The guest it is about.
    public var vmid: Int?
    /// The node it goes to.
    public var node: String?
    /// Who the guest was when the call was judged: name, uuid, generation and the like.
    public var identity: JSONValue?
    /// All guests that it touches, which limits count; nil in what an older pvelua wrote.
    public var guests: [Int]?

    /// The call of the script that it belongs to.
    public var call: CallID?
    /// The line that asked for it, by the worker's word.
    public var place: String?
    /// Its number in the plan that the run follows.
    public var planned: Int?
    /// What tells its task and its effect later, should the host not live to see its answer; see `Proxmox`.
    public var evidence: JSONValue?

    /// Makes an intent.
    public init(
        actions: Set<Action>, method: String, path: String, parameters: JSONValue = .object(JSONObject()),
        vmid: Int? = nil, node: String? = nil, identity: JSONValue? = nil, guests: [Int]? = nil,
        cluster: String? = nil
    ) {
        self.cluster = cluster
        self.actions = actions
        self.method = method
        self.path = path
        self.parameters = parameters
        self.vmid = vmid
        self.node = node
        self.identity = identity
        self.guests = guests
    }
}

/// One call of a run, as far as the journal knows.
///
/// Times are seconds since 1970.
public struct StepRecord: Hashable, Sendable {
    /// The run.
    public var run: String
    /// The call's number in its run, from 1.
    public var sequence: Int
    /// What it was to do, without secrets.
    public var intent: StepIntent
    /// How far it came.
    public var state: StepState
    /// The task it became.
    public var upid: String?
    /// The boot of the machine that it was intended in, where that is known: a step that is only intended was certainly not
    /// sent as long as the machine has not gone down since.
    public var boot: String?
    /// When it was about to be sent.
    public var intended: Double
    /// When it was sent.
    public var sent: Double?
    /// When Proxmox took it.
    public var accepted: Double?
    /// When its outcome was known.
    public var ended: Double?
    /// What came of it.
    public var outcome: JSONValue?
}

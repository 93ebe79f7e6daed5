// SPDX-License-Identifier: Apache-2.0
public import Model
public import Policy

/// Someone who can say yes to a change: the person at the terminal, or nobody.
public protocol ConsentGiver: Sendable {
    /// Asks, and waits for the answer.
    func ask(_ question: ConsentQuestion) async -> ConsentAnswer
    /// Where they are asked, for the audit.
    var place: String { get }
}

extension ConsentGiver {
    /// A terminal.
    public var place: String { "terminal" }
}

/// What a person is asked before a change.
public struct ConsentQuestion: Sendable, Hashable {
    /// How firmly the yes must be given.
    public var effect: Effect
    /// The cluster's name.
    public var cluster: String
    /// The action that made the question necessary, such as `guest.stop`.
    public var action: String
    /// The rule that demands the answer.
    public var rule: String
    /// The guest, as read just now; nil where no guest is concerned.
    public var guest: GuestSummary?
    /// What the call does, as method and path.
    public var request: String
    /// The parameters, without secrets, and the guests where there are several; one line each, hostile until cleaned.
    public var details: [String] = []
    /// What cannot be undone, or nil.
    public var warning: String?
    /// What the change means for these guests and their data as they are now; one sentence each, hostile until cleaned.
    public var consequences: [String] = []
    /// Guests that are not meant and whose names differ from that of ``guest`` by one letter or less.
    public var nearNames: [GuestSummary] = []
    /// What changed of the guest since the question was asked before, in words; empty the first time.
    public var changedSinceAsked: [String] = []

    /// What is shown of a guest.
    ///
    /// Its texts come from the cluster and are hostile until cleaned.
    public struct GuestSummary: Sendable, Hashable {
        /// The vmid.
        public var vmid: VMID
        /// The name.
        public var name: String
        /// Virtual machine or container.
        public var kind: GuestKind
        /// Where it is.
        public var node: NodeName
        /// What it does now: running, stopped, paused.
        public var state: String
        /// Tags, pool, lock and such, where there are any.
        public var notes: [String]

        /// Makes a summary.
        public init(vmid: VMID, name: String, kind: GuestKind, node: NodeName, state: String, notes: [String] = []) {
            self.vmid = vmid
            self.name = name
            self.kind = kind
            self.node = node
            self.state = state
            self.notes = notes
        }
    }

    /// Makes a question.
    public init(
        effect: Effect, cluster: String, action: String, rule: String, guest: GuestSummary? = nil, request: String,
        warning: String? = nil
    ) {
        self.effect = effect
        self.cluster = cluster
        self.action = action
        self.rule = rule
        self.guest = guest
        self.request = request
        self.warning = warning
    }
}

/// The answer to a question.
public enum ConsentAnswer: Sendable, Hashable {
    /// A person said yes.
    case yes
    /// A person said no, or said nothing in time, or something else.
    case no(reason: String)
    /// There is nobody to ask.
    case nobody
}

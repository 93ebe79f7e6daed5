// SPDX-License-Identifier: Apache-2.0
public import Model

/// What a script would do to a cluster, as one run of it on a twin found out.
///
/// A plan binds what it was made of: the script, its modules and parameters, the policy, the cluster, and each guest that it
/// changes. It holds for what is written in it and nothing else, once, until it expires. Times are whole seconds since 1970.
public struct Plan: Hashable, Sendable {
    /// The plan's name, unique and ordered by time.
    public var id: String
    /// When it was made.
    public var created: Int
    /// When it ceases to hold.
    public var expires: Int
    /// Random digits that make two plans of the same content two.
    public var nonce: String
    /// On whose behalf it was made.
    public var caller: Caller
    /// The account that made it, as its machine calls it.
    public var requester: String
    /// The cluster that the run is started on.
    public var cluster: ClusterBinding
    /// The other clusters that the run changes, in order of their names.
    public var clusters: [ClusterBinding]
    /// The script.
    public var script: SourceBinding
    /// The modules that it loaded from beside itself, in order of their names.
    public var modules: [SourceBinding]
    /// What `--param` gave, in the order given.
    public var parameters: [ParameterBinding]
    /// The policy that judged it.
    public var policy: PolicyBinding
    /// The seed of the script's random numbers, as decimal digits.
    public var seed: String
    /// The changes, in the order in which the script asked for them.
    public var operations: [PlannedOperation]
    /// What it read of the cluster, each request once.
    public var reads: [PlannedRead]
    /// What could not be known beforehand.
    public var unknowns: [PlannedUnknown]
    /// Where the plan ends because the script goes by something that cannot be known; nil for a whole plan.
    public var partial: PlannedUnknown?
    /// How the script ended: nil for well, else the error.
    public var failure: String?
    /// What it uses of the policy's limits.
    public var limits: [LimitUse]

    /// Which cluster is meant.
    public struct ClusterBinding: Hashable, Sendable {
        /// Its name in the configuration.
        public var name: String
        /// The SHA-256 of what tells it from another: its own name, its nodes, its certificate authority.
        public var fingerprint: String
        /// Makes one.
        public init(name: String, fingerprint: String) {
            self.name = name
            self.fingerprint = fingerprint
        }
    }

    /// A file of Lua.
    public struct SourceBinding: Hashable, Sendable {
        /// Its name.
        public var name: String
        /// The SHA-256 of its bytes.
        public var sha256: String
        /// Makes one.
        public init(name: String, sha256: String) {
            self.name = name
            self.sha256 = sha256
        }
    }

    /// A parameter of the run.
    public struct ParameterBinding: Hashable, Sendable {
        /// Its name.
        public var name: String
        /// Its value.
        public var value: String
        /// Makes one.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// What policy demands.
    public struct PolicyBinding: Hashable, Sendable {
        /// The SHA-256 of all that was read as policy, the ceiling included.
        public var sha256: String
        /// The strictest word on any of the operations: `allow`, `confirm`, `confirm-typed`, `approve`, `deny`.
        public var demand: String
        /// How many people must approve; 0 where no approval is demanded.
        public var approvals: Int
        /// Makes one.
        public init(sha256: String, demand: String, approvals: Int) {
            self.sha256 = sha256
            self.demand = demand
            self.approvals = approvals
        }
    }

    /// How much of a limit the plan uses.
    public struct LimitUse: Hashable, Sendable {
        /// The limit, such as `run.changes`.
        public var name: String
        /// How much of it.
        public var used: Int
        /// How much there is.
        public var most: Int
        /// Makes one.
        public init(name: String, used: Int, most: Int) {
            self.name = name
            self.used = used
            self.most = most
        }
    }

    /// Makes a plan that holds no operations yet.
    public init(
        id: String, created: Int, expires: Int, nonce: String, caller: Caller, requester: String,
        cluster: ClusterBinding, script: SourceBinding, policy: PolicyBinding, seed: String
    ) {
        self.id = id
        self.created = created
        self.expires = expires
        self.nonce = nonce
        self.caller = caller
        self.requester = requester
        self.cluster = cluster
        self.script = script
        self.policy = policy
        self.seed = seed
        clusters = []
        modules = []
        parameters = []
        operations = []
        reads = []
        unknowns = []
        limits = []
    }

    /// Whether it can be applied: whole, without a failure, with nothing denied.
    public var isApplicable: Bool { partial == nil && failure == nil && policy.demand != "deny" }
}

/// A request that a plan was made from.
public struct PlannedRead: Hashable, Sendable {
    /// Method and path.
    public var request: String
    /// How often it was made.
    public var count: Int
    /// Makes one.
    public init(request: String, count: Int) {
        self.request = request
        self.count = count
    }
}

/// Something that only the real run can know.
public struct PlannedUnknown: Hashable, Sendable {
    /// What it is, such as `output of agent_exec`.
    public var what: String
    /// Where the script asks for it or goes by it, such as `nightly.lua:12`; nil where that is not known.
    public var place: String?
    /// Makes one.
    public init(what: String, place: String?) {
        self.what = what
        self.place = place
    }
}

// SPDX-License-Identifier: Apache-2.0
public import Model

/// One call to judge: what it does, for whom, and to which guests.
public struct PolicyQuestion: Hashable, Sendable {
    /// What the call does, as classified by the host.
    public var actions: Set<Action>
    /// On whose behalf.
    public var caller: Caller
    /// The guests it touches; empty for a call that is about no guest.
    ///
    /// An action that always touches a guest (see ``touchesGuest(_:)``) is judged as touching one nothing is known about
    /// where this is empty, so that forgetting the guest never loosens a decision.
    public var guests: [PolicyGuest]
    /// The cluster it goes to, by its configured name; nil where that is not known, which never loosens a decision.
    public var cluster: String?
    /// Every storage that the call names (see ``CallStorages``), none where it is known to name none; nil where nobody can
    /// tell, which never loosens a decision.
    public var storages: [String]?
    /// When it is asked, in seconds since 1970; nil where that is not known, which never loosens a decision.
    public var time: Double?

    /// Makes a question about any number of guests.
    public init(
        actions: Set<Action>, caller: Caller, guests: [PolicyGuest], cluster: String? = nil,
        storages: [String]? = nil, time: Double? = nil
    ) {
        self.actions = actions
        self.caller = caller
        self.guests = guests
        self.cluster = cluster
        self.storages = storages
        self.time = time
    }

    /// Makes a question about one guest or none.
    public init(
        actions: Set<Action>, caller: Caller, guest: PolicyGuest? = nil, cluster: String? = nil,
        storages: [String]? = nil, time: Double? = nil
    ) {
        self.init(
            actions: actions, caller: caller, guests: guest.map { [$0] } ?? [], cluster: cluster, storages: storages,
            time: time)
    }

    /// Whether an action is by its nature one on a guest, or so little known that it may be.
    public static func touchesGuest(_ action: Action) -> Bool {
        if action == .unknown || action == "read.guest" { return true }
        return ["guest", "disk", "snapshot", "backup", "agent"].contains { action.rawValue.hasPrefix($0 + ".") }
    }

    /// What an action is judged against: each guest (or one unknown guest, or none) with each storage.
    ///
    /// Storages are taken one by one as guests are: what is allowed for one of them is not allowed for another. Where no rule
    /// goes by storages that would only tell everything twice.
    func subjects(of action: Action, byStorage: Bool) -> [RuleSubject] {
        let guests: [PolicyGuest?] = guests.isEmpty ? [Self.touchesGuest(action) ? PolicyGuest() : nil] : guests
        guard byStorage, let storages, storages.count > 1 else {
            let facts: RuleSubject.Storage = storages.map { $0.first.map { .named($0) } ?? .none } ?? .unknown
            return guests.map { RuleSubject(question: self, guest: $0, storage: facts) }
        }
        return guests.flatMap { guest in
            storages.map { RuleSubject(question: self, guest: guest, storage: .named($0)) }
        }
    }
}

/// One thing that an action is done to, as far as rules look at it.
struct RuleSubject {
    /// One of the storages that a call names.
    enum Storage {
        case unknown, none
        case named(String)
    }

    let question: PolicyQuestion
    let guest: PolicyGuest?
    let storage: Storage
}

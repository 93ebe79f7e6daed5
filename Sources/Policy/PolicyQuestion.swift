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

    /// Makes a question about any number of guests.
    public init(actions: Set<Action>, caller: Caller, guests: [PolicyGuest], cluster: String? = nil) {
        self.actions = actions
        self.caller = caller
        self.guests = guests
        self.cluster = cluster
    }

    /// Makes a question about one guest or none.
    public init(actions: Set<Action>, caller: Caller, guest: PolicyGuest? = nil, cluster: String? = nil) {
        self.init(actions: actions, caller: caller, guests: guest.map { [$0] } ?? [], cluster: cluster)
    }

    /// Whether an action is by its nature one on a guest, or so little known that it may be.
    public static func touchesGuest(_ action: Action) -> Bool {
        if action == .unknown || action == "read.guest" { return true }
        return ["guest", "disk", "snapshot", "backup", "agent"].contains { action.rawValue.hasPrefix($0 + ".") }
    }

    /// What an action is judged against: each guest, one unknown guest, or (nil) no guest.
    func subjects(of action: Action) -> [PolicyGuest?] {
        if guests.isEmpty { return [Self.touchesGuest(action) ? PolicyGuest() : nil] }
        return guests
    }
}

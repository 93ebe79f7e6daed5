// SPDX-License-Identifier: Apache-2.0
public import Model

/// One rule of a policy.
public struct PolicyRule: Hashable, Sendable {
    /// The name that decisions give.
    public let id: String
    /// The actions it is about.
    public let actions: [Glob]
    /// Actions it is not about although ``actions`` match.
    public let except: [Glob]
    /// What it asks for.
    public let effect: Effect
    /// The callers it is about.
    public let callers: Set<Caller>
    /// The file, line and column it was written at.
    public let place: String
    let condition: GuestCondition

    /// The attributes the rule does not know of the guest, empty for a plain match, nil for none.
    ///
    /// What is not known counts as a match for every effect but `allow`.
    func match(_ action: Action, caller: Caller, guest: PolicyGuest?) -> [String]? {
        guard callers.contains(caller), actions.contains(where: { $0.matches(action) }),
            !except.contains(where: { $0.matches(action) })
        else { return nil }
        switch condition.match(guest) {
        case .yes: return []
        case .no: return nil
        case .unknown(let attributes): return effect == .allow ? nil : attributes
        }
    }
}

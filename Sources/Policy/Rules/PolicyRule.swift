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
    /// The clusters it is about; nil for all.
    public let clusters: [Glob]?
    /// The file, line and column it was written at.
    public let place: String
    let condition: GuestCondition

    /// The attributes the rule does not know of the guest, empty for a plain match, nil for none.
    ///
    /// What is not known counts as a match for every effect but `allow`.
    func match(_ action: Action, caller: Caller, cluster: String?, guest: PolicyGuest?) -> [String]? {
        guard callers.contains(caller), actions.contains(where: { $0.matches(action) }),
            !except.contains(where: { $0.matches(action) })
        else { return nil }
        var unknown: [String] = []
        if let clusters {
            if let cluster {
                guard clusters.contains(where: { $0.matches(cluster) }) else { return nil }
            } else {
                unknown.append("cluster")
            }
        }
        switch condition.match(guest) {
        case .yes: break
        case .no: return nil
        case .unknown(let attributes): unknown += attributes
        }
        return effect == .allow && !unknown.isEmpty ? nil : unknown
    }
}

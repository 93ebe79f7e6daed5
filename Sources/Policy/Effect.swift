// SPDX-License-Identifier: Apache-2.0

/// What a policy asks for before an action may happen; a later case is stricter.
public enum Effect: String, Sendable, CaseIterable, Comparable {
    /// Nothing.
    case allow
    /// A yes, which `--yes` gives as well.
    case confirm
    /// The guest's name typed at a terminal.
    case confirmTyped = "confirm-typed"
    /// An approval of the plan by a person.
    case approve
    /// It does not happen.
    case deny

    /// Orders from loose to strict.
    public static func < (left: Effect, right: Effect) -> Bool { left.strictness < right.strictness }

    private var strictness: Int {
        switch self {
        case .allow: 0
        case .confirm: 1
        case .confirmTyped: 2
        case .approve: 3
        case .deny: 4
        }
    }
}

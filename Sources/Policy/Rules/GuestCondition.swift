// SPDX-License-Identifier: Apache-2.0
internal import Model

/// The `where` of a rule: which guests it is about.
///
/// Every attribute named must match, by any of its patterns.
struct GuestCondition: Hashable, Sendable {
    /// The attributes a rule may name.
    enum Attribute: String, CaseIterable, Hashable, Sendable {
        case vmid, name, node, pool, tag, kind, status, template
    }

    /// One way an attribute may match.
    enum Pattern: Hashable, Sendable {
        case glob(Glob)
        case range(ClosedRange<Int>)

        func matches(_ text: String) -> Bool {
            switch self {
            case .glob(let glob): glob.matches(text)
            case .range(let range): Int(text).map(range.contains) ?? false
            }
        }
    }

    /// How a condition stands to a guest.
    enum Match: Equatable {
        case yes, no
        /// It may match: these attributes are not known, and all others match.
        case unknown([String])
    }

    var tests: [(attribute: Attribute, patterns: [Pattern])]

    func match(_ guest: PolicyGuest?) -> Match {
        guard !tests.isEmpty else { return .yes }
        guard let guest else { return .no }
        var unknown: [String] = []
        for (attribute, patterns) in tests {
            guard let values = values(of: attribute, guest) else {
                unknown.append(attribute.rawValue)
                continue
            }
            guard values.contains(where: { value in patterns.contains { $0.matches(value) } }) else { return .no }
        }
        return unknown.isEmpty ? .yes : .unknown(unknown)
    }

    /// What the guest has of an attribute: nil where that is not known, nothing where it is known to have none.
    private func values(of attribute: Attribute, _ guest: PolicyGuest) -> [String]? {
        switch attribute {
        case .vmid: guest.vmid.map { [String($0)] }
        case .name: guest.name.map { [$0] }
        case .node: guest.node.map { [$0] }
        case .pool: guest.pool.map { $0.isEmpty ? [] : [$0] }
        case .tag: guest.tags
        case .kind: guest.kind.map { [$0.rawValue] }
        case .status: guest.status.map { [$0] }
        case .template: guest.isTemplate.map { [String($0)] }
        }
    }

    static func == (left: GuestCondition, right: GuestCondition) -> Bool {
        left.tests.elementsEqual(right.tests) { $0.attribute == $1.attribute && $0.patterns == $1.patterns }
    }

    func hash(into hasher: inout Hasher) {
        for (attribute, patterns) in tests {
            hasher.combine(attribute)
            hasher.combine(patterns)
        }
    }
}

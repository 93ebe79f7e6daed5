// SPDX-License-Identifier: Apache-2.0
internal import Model

/// Names and tags are labels: whoever may configure a guest may give it any. A condition that picks guests by labels alone may
/// therefore only tighten.
extension RuleCondition {
    /// Whether it goes by labels and by nothing that says which guest or which place is meant.
    var isByLabelsAlone: Bool { namesLabels && !isAnchored }

    private var namesLabels: Bool {
        tests.contains { test in
            switch test.attribute {
            case .name, .tag: true
            case .set: test.conditions.contains(where: \.namesLabels)
            default: false
            }
        }
    }

    /// Whether a number, pool, node or storage must match, in every alternative.
    private var isAnchored: Bool {
        tests.contains { test in
            switch test.attribute {
            case .vmid, .pool, .node, .storage: !test.patterns.contains(where: \.isAnything)
            case .set: !test.conditions.isEmpty && test.conditions.allSatisfy(\.isAnchored)
            default: false
            }
        }
    }

    /// How many attributes are looked at in the worst case.
    var size: Int { tests.reduce(0) { $0 + 1 + $1.conditions.reduce(0) { $0 + $1.size } } }

    /// Whether any test, in any set it names, is on an attribute.
    func names(_ attribute: Attribute) -> Bool {
        tests.contains { test in test.attribute == attribute || test.conditions.contains { $0.names(attribute) } }
    }
}

extension RuleCondition.Test {
    /// What the named sets stand for.
    var conditions: [RuleCondition] {
        patterns.compactMap { pattern in
            if case .named(_, let condition) = pattern { condition } else { nil }
        }
    }
}

extension RuleCondition.Pattern {
    /// Whether it matches whatever there is, so that naming it says nothing.
    fileprivate var isAnything: Bool {
        switch self {
        case .glob(let glob): glob.pattern.allSatisfy { $0 == "*" || $0 == "?" }
        case .range(let range): range.lowerBound <= 100 && range.upperBound >= 999_999_999
        case .window, .named: false
        }
    }
}

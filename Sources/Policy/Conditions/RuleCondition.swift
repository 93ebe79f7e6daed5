// SPDX-License-Identifier: Apache-2.0
internal import Model

/// The `where` or `unless` of a rule: what it is about.
///
/// Every attribute named must match, by any of its patterns.
struct RuleCondition: Hashable, Sendable {
    /// The attributes a rule may name.
    enum Attribute: String, CaseIterable, Hashable, Sendable {
        case vmid, name, node, pool, tag, kind, status, template, lock, ha, storage, cluster, caller, during, set
    }

    /// One way an attribute may match.
    enum Pattern: Hashable, Sendable {
        case glob(Glob)
        case range(ClosedRange<Int>)
        case window(TimeWindow)
        /// A set of the policy's `sets`, and what it stands for.
        case named(String, RuleCondition)
    }

    /// One attribute and its patterns.
    struct Test: Hashable, Sendable {
        var attribute: Attribute
        var patterns: [Pattern]
    }

    var tests: [Test]

    /// Whether all attributes match; those that nobody knows are added to `unknown` where the answer hangs on them.
    func verdict(_ subject: RuleSubject, _ unknown: inout [String]) -> RuleVerdict {
        var result = RuleVerdict.matches
        var missing: [String] = []
        for test in tests {
            let verdict = test.verdict(subject, &missing)
            if verdict == .no { return .no }
            result = min(result, verdict)
        }
        if result == .unknown { unknown += missing }
        return result
    }
}

/// How a rule or one of its matchers stands to a question.
public enum RuleVerdict: String, Sendable, CaseIterable, Comparable {
    /// It does not match.
    case no
    /// It may match: something it asks for is not known.
    case unknown
    /// It matches.
    case matches

    /// Orders by how sure a match is, so that the least of several is whether all match.
    public static func < (left: RuleVerdict, right: RuleVerdict) -> Bool { left.rank < right.rank }

    /// Whether the opposite matches.
    var inverted: RuleVerdict {
        switch self {
        case .no: .matches
        case .unknown: .unknown
        case .matches: .no
        }
    }

    private var rank: Int {
        switch self {
        case .no: 0
        case .unknown: 1
        case .matches: 2
        }
    }
}

extension RuleCondition.Test {
    /// What a subject has of an attribute.
    enum Met {
        /// It is no thing of which there could be such an attribute, as an action without a guest has no tags.
        case absent
        case unknown
        case values([String])
    }

    func verdict(_ subject: RuleSubject, _ unknown: inout [String]) -> RuleVerdict {
        switch attribute {
        case .set: return anyNamed(subject, &unknown)
        case .during: return isDuring(subject, &unknown)
        default: break
        }
        switch met(by: subject) {
        case .absent: return .no
        case .unknown:
            unknown.append(attribute.rawValue)
            return .unknown
        case .values(let values):
            return values.contains { value in patterns.contains { $0.matches(value) } } ? .matches : .no
        }
    }

    private func anyNamed(_ subject: RuleSubject, _ unknown: inout [String]) -> RuleVerdict {
        var missing: [String] = []
        var result = RuleVerdict.no
        for case .named(_, let condition) in patterns {
            result = max(result, condition.verdict(subject, &missing))
            if result == .matches { return .matches }
        }
        if result == .unknown { unknown += missing }
        return result
    }

    private func isDuring(_ subject: RuleSubject, _ unknown: inout [String]) -> RuleVerdict {
        guard let time = subject.question.time, let seconds = TimeWindow.seconds(time) else {
            unknown.append("time")
            return .unknown
        }
        let isInside = patterns.contains { pattern in
            if case .window(let window) = pattern { window.contains(seconds) } else { false }
        }
        return isInside ? .matches : .no
    }

    func met(by subject: RuleSubject) -> Met {
        func of(_ values: (PolicyGuest) -> [String]?) -> Met {
            guard let guest = subject.guest else { return .absent }
            return values(guest).map { .values($0) } ?? .unknown
        }
        switch attribute {
        case .vmid: return of { $0.vmid.map { [String($0)] } }
        case .name: return of { $0.name.map { [$0] } }
        case .node: return of { $0.node.map { [$0] } }
        case .pool: return of { $0.pool.map { $0.isEmpty ? [] : [$0] } }
        case .tag: return of { $0.tags }
        case .kind: return of { $0.kind.map { [$0.rawValue] } }
        case .status: return of { $0.status.map { [$0] } }
        case .template: return of { $0.isTemplate.map { [String($0)] } }
        case .lock: return of { $0.lock.map { [$0.isEmpty ? "none" : $0] } }
        case .ha: return of { $0.haState.map { [$0.isEmpty ? "none" : $0] } }
        case .storage:
            switch subject.storage {
            case .unknown: return .unknown
            case .none: return .values([])
            case .named(let name): return .values([name])
            }
        case .cluster: return subject.question.cluster.map { .values([$0]) } ?? .unknown
        case .caller: return .values([subject.question.caller.rawValue])
        case .during, .set: return .absent
        }
    }
}

extension RuleCondition.Pattern {
    func matches(_ text: String) -> Bool {
        switch self {
        case .glob(let glob): glob.matches(text)
        case .range(let range): Int(text).map(range.contains) ?? false
        case .window, .named: false
        }
    }
}

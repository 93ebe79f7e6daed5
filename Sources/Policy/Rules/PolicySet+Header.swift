// SPDX-License-Identifier: Apache-2.0
public import Model

extension PolicySet {
    /// The name of the rule that stands for a runbook's header.
    public static let headerRule = "runbook header"

    /// A ceiling made of what a runbook declares of itself: changes that it does not name are denied, reads are free.
    ///
    /// - Parameters:
    ///   - actions: The actions that it names; nil where it names none and so bounds none.
    ///   - place: File, line and column of the declaration.
    ///   - limits: How much it may do.
    public static func header(declaring actions: [Glob]?, place: String, limits: PolicyLimits) -> PolicySet {
        let rules = actions.map { actions in
            PolicyRule(
                id: headerRule, actions: [Glob("*")], except: [Glob("read.*")] + actions, effect: .deny,
                callers: Set(Caller.allCases), clusters: nil, reason: "the runbook does not declare it", place: place,
                condition: RuleCondition(tests: []), exemption: nil)
        }
        var own = limits
        for index in own.all.indices { own.all[index].isOfRunbook = true }
        return PolicySet(rules: rules.map { [$0] } ?? [], limits: own)
    }
}

extension Decision {
    /// The actions that a runbook's header does not name, each once.
    public var undeclared: [Action] {
        Set(reasons.filter { $0.isCeiling && $0.rule == PolicySet.headerRule }.map(\.action)).sorted()
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import YAML

/// Refuses rules by which a name or a tag alone would loosen what holds.
///
/// Whoever may configure a guest may call and label it as they like, so a label may make a rule stricter and never looser.
struct LabelCheck {
    /// Whether the rules are a ceiling's, whose matches never permit anything.
    let isCeiling: Bool

    func check(_ rules: [(rule: PolicyRule, node: YAMLNode)]) throws(YAMLError) {
        for (rule, node) in rules {
            if let exemption = rule.exemption, exemption.isByLabelsAlone, rule.effect != .allow {
                throw (node["unless"] ?? node).error(
                    "a name or a tag alone must not exempt from a rule that asks for \(rule.effect.rawValue): "
                        + "whoever may configure a guest could give it one; name a vmid, pool, node or storage as well")
            }
            guard !isCeiling, rule.effect < .deny, rule.condition.isByLabelsAlone else { continue }
            try checkIsTightening(rule, node, among: rules.map(\.rule))
        }
    }

    /// Every action of the rule must, for every caller, also be met by a rule that holds wherever this one does.
    private func checkIsTightening(
        _ rule: PolicyRule, _ node: YAMLNode, among rules: [PolicyRule]
    ) throws(YAMLError) {
        let bases = rules.filter { base in
            base.condition.tests.isEmpty && base.exemption == nil
                && (base.clusters == nil || base.clusters == rule.clusters)
        }
        for action in ActionVocabulary.covered(rule).sorted() {
            for caller in rule.callers.sorted() {
                guard !bases.contains(where: { $0.callers.contains(caller) && $0.isAbout(action) }) else { continue }
                throw (node["where"] ?? node).error(
                    "a name or a tag alone must not allow: nothing but this rule speaks of \(action) for "
                        + "\(caller.rawValue), and whoever may configure a guest could give it a name or a tag; name a "
                        + "vmid, pool, node or storage as well, or add a rule for \(action) without where")
            }
        }
    }
}

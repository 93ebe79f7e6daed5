// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import YAML

extension PolicyFile {
    /// Reads a `where`, an `unless` or a set of guests.
    func condition(_ node: YAMLNode, of what: String) throws(YAMLError) -> RuleCondition {
        let names = RuleCondition.Attribute.allCases.map(\.rawValue)
        let reader = try YAMLReader(node, of: what, keys: names)
        var tests: [RuleCondition.Test] = []
        for attribute in RuleCondition.Attribute.allCases {
            guard let value = reader.optional(attribute.rawValue) else { continue }
            var patterns: [RuleCondition.Pattern] = []
            if case .sequence = value.kind {
                for element in try nonEmpty(value) { patterns.append(try pattern(of: attribute, element)) }
            } else {
                patterns = [try pattern(of: attribute, value)]
            }
            tests.append(RuleCondition.Test(attribute: attribute, patterns: patterns))
        }
        guard !tests.isEmpty else {
            throw node.error("\(what) must name at least one of \(names.joined(separator: ", "))")
        }
        return RuleCondition(tests: tests)
    }

    private func pattern(
        of attribute: RuleCondition.Attribute, _ node: YAMLNode
    ) throws(YAMLError) -> RuleCondition.Pattern {
        if attribute == .during { return .window(try window(node)) }
        let text = try node.text()
        guard !text.isEmpty else { throw node.error("a pattern must not be empty") }
        switch attribute {
        case .vmid:
            if text.contains("*") || text.contains("?") { return .glob(Glob(text)) }
            let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard ends.count <= 2, let first = ends.first ?? nil, let last = ends.last ?? nil, first <= last else {
                throw node.error("expected a vmid or a range such as 100-199, found `\(text)`")
            }
            return .range(first...last)
        case .kind: return .glob(Glob(try node.word(of: GuestKind.allCases.map(\.rawValue))))
        case .template: return .glob(Glob(String(try node.boolean())))
        case .caller: return .glob(Glob(try node.word(of: Caller.allCases.map(\.rawValue))))
        case .cluster: return .glob(try clusterPattern(node))
        case .set: return .named(text, try guestSet(node, text))
        default: return .glob(Glob(text))
        }
    }
}

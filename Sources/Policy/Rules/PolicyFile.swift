// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Text
internal import YAML

/// What the `clusters` of a policy's rules may name.
public enum ClusterVocabulary: Sendable {
    /// Any name.
    case any
    /// Patterns that match at least one of these names: a misspelt one would forbid nothing.
    case among([String])
    /// Nothing: the file is the machine's ceiling, which cannot go by names that are the user's own.
    case refused
}

/// The form of a policy file.
struct PolicyFile {
    let clusters: ClusterVocabulary
    let zones: ZoneSource
    let sets = PolicySets()

    /// Whether the file is a ceiling, whose rules only tighten.
    var isCeiling: Bool {
        if case .refused = clusters { true } else { false }
    }

    func read(_ root: YAMLNode, source: String) throws(YAMLError) -> PolicySet {
        let reader = try YAMLReader(
            root, of: "a policy", keys: ["version", "sets", "rules", "limits", "approval"])
        _ = try reader.required("version").integer(in: 1...1)
        if let node = reader.optional("sets") { try readSets(node) }
        var rules: [(rule: PolicyRule, node: YAMLNode)] = []
        var ids: Set<String> = []
        for node in try reader.required("rules").elements() {
            let rule = try rule(node)
            guard ids.insert(rule.id).inserted else { throw node.error("two rules have the id `\(rule.id)`") }
            rules.append((rule, node))
        }
        try LabelCheck(isCeiling: isCeiling).check(rules)
        let limits = try reader.optional("limits").map(LimitFile().read) ?? PolicyLimits()
        let approval = try reader.optional("approval").map(approval) ?? WrittenApproval()
        return PolicySet(rules: rules.map(\.rule), limits: limits, approval: approval, sources: [source])
    }

    private func rule(_ node: YAMLNode) throws(YAMLError) -> PolicyRule {
        let reader = try YAMLReader(
            node, of: "a rule",
            keys: ["id", "actions", "except", "effect", "callers", "clusters", "where", "unless", "reason"])
        let effect = try reader.required("effect")
        let word = try effect.word(of: Effect.allCases.map(\.rawValue))
        guard let parsed = Effect(rawValue: word) else { throw effect.error("unknown effect") }
        let id = try reader.required("id")
        guard try !id.text().isEmpty else { throw id.error("a rule's id must not be empty") }
        return PolicyRule(
            id: try id.text(), actions: try patterns(try reader.required("actions")),
            except: try reader.optional("except").map(patterns) ?? [], effect: parsed,
            callers: try reader.optional("callers").map(callers) ?? Set(Caller.allCases),
            clusters: try reader.optional("clusters").map(clusterPatterns),
            reason: try reader.optional("reason").map(reason), place: "\(node.file):\(node.line):\(node.column)",
            condition: try reader.optional("where").map { (node) throws(YAMLError) in try condition(node, of: "where") }
                ?? RuleCondition(tests: []),
            exemption: try reader.optional("unless").map { (node) throws(YAMLError) in
                try condition(node, of: "unless")
            })
    }

    private func reason(_ node: YAMLNode) throws(YAMLError) -> String {
        let text = TextCleaner.clean(try node.text())
        guard !text.isEmpty, text.unicodeScalars.count <= 300 else {
            throw node.error("a reason must be a sentence of at most 300 characters")
        }
        return text
    }

    func patterns(_ node: YAMLNode) throws(YAMLError) -> [Glob] {
        var result: [Glob] = []
        for element in try nonEmpty(node) {
            let text = try element.text()
            if text.hasPrefix("@") {
                result += try actionSet(element, String(text.dropFirst()))
            } else {
                result.append(try pattern(element, text))
            }
        }
        var seen: Set<Glob> = []
        return result.filter { seen.insert($0).inserted }
    }

    /// A pattern must match something, or a rule that was meant to forbid would forbid nothing.
    func pattern(_ node: YAMLNode, _ text: String) throws(YAMLError) -> Glob {
        let glob = Glob(text)
        guard !ActionVocabulary.covered(glob).isEmpty else {
            let hint = ActionClassifier.suggestion(for: text)
            throw node.error("no action matches `\(text)`" + (hint.map { "; \($0)" } ?? ""))
        }
        return glob
    }

    private func clusterPatterns(_ node: YAMLNode) throws(YAMLError) -> [Glob] {
        if isCeiling { throw node.error(Self.noClusters) }
        var result: [Glob] = []
        for element in try nonEmpty(node) { result.append(try clusterPattern(element)) }
        return result
    }

    /// A cluster that a rule goes by must be one there is, where that is known.
    func clusterPattern(_ node: YAMLNode) throws(YAMLError) -> Glob {
        let text = try node.text()
        guard !text.isEmpty else { throw node.error("a pattern must not be empty") }
        let glob = Glob(text)
        switch clusters {
        case .any: break
        case .among(let names):
            guard !names.contains(where: { glob.matches($0) }) else { break }
            let hint = Spelling.suggestion(for: text, among: names).map { "; \($0)" } ?? ""
            throw node.error("no cluster matches `\(text)`\(hint)")
        case .refused: throw node.error(Self.noClusters)
        }
        return glob
    }

    private static let noClusters =
        "a ceiling holds for every cluster: their names are the user's own, who could give a cluster another"

    private func callers(_ node: YAMLNode) throws(YAMLError) -> Set<Caller> {
        var result: Set<Caller> = []
        for element in try nonEmpty(node) {
            let word = try element.word(of: Caller.allCases.map(\.rawValue))
            if let caller = Caller(rawValue: word) { result.insert(caller) }
        }
        return result
    }

    func nonEmpty(_ node: YAMLNode) throws(YAMLError) -> [YAMLNode] {
        let elements = try node.elements()
        guard !elements.isEmpty else { throw node.error("the list must not be empty") }
        return elements
    }
}

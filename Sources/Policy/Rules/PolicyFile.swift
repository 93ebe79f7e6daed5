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
    /// Nothing: the names are the user's own, so the machine's ceiling cannot go by them.
    case refused
}

/// The form of a policy file.
struct PolicyFile {
    let clusters: ClusterVocabulary

    func read(_ root: YAMLNode) throws(YAMLError) -> PolicySet {
        let reader = try YAMLReader(root, of: "a policy", keys: ["version", "rules", "limits"])
        _ = try reader.required("version").integer(in: 1...1)
        var rules: [PolicyRule] = []
        for node in try reader.required("rules").elements() {
            let rule = try rule(node)
            guard !rules.contains(where: { $0.id == rule.id }) else {
                throw node.error("two rules have the id `\(rule.id)`")
            }
            rules.append(rule)
        }
        let limits = try reader.optional("limits").map(LimitFile().read) ?? PolicyLimits()
        return PolicySet(rules: rules, limits: limits)
    }

    private func rule(_ node: YAMLNode) throws(YAMLError) -> PolicyRule {
        let reader = try YAMLReader(
            node, of: "a rule", keys: ["id", "actions", "except", "effect", "callers", "clusters", "where"])
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
            place: "\(node.file):\(node.line):\(node.column)",
            condition: try reader.optional("where").map(condition) ?? GuestCondition(tests: []))
    }

    private func patterns(_ node: YAMLNode) throws(YAMLError) -> [Glob] {
        var result: [Glob] = []
        for element in try nonEmpty(node) { result.append(try pattern(element, element.text())) }
        return result
    }

    /// A pattern must match something, or a rule that was meant to forbid would forbid nothing.
    private func pattern(_ node: YAMLNode, _ text: String) throws(YAMLError) -> Glob {
        let glob = Glob(text)
        guard ActionClassifier.vocabulary.contains(where: { glob.matches($0) }) else {
            let hint = Spelling.suggestion(for: text, among: ActionClassifier.vocabulary.map(\.rawValue))
            throw node.error("no action matches `\(text)`" + (hint.map { "; \($0)" } ?? ""))
        }
        return glob
    }

    private func clusterPatterns(_ node: YAMLNode) throws(YAMLError) -> [Glob] {
        var result: [Glob] = []
        for element in try nonEmpty(node) {
            let text = try element.text()
            guard !text.isEmpty else { throw element.error("a pattern must not be empty") }
            let glob = Glob(text)
            switch clusters {
            case .any: break
            case .among(let names):
                guard !names.contains(where: { glob.matches($0) }) else { break }
                let hint = Spelling.suggestion(for: text, among: names).map { "; \($0)" } ?? ""
                throw element.error("no cluster matches `\(text)`\(hint)")
            case .refused:
                throw node.error(
                    "a ceiling holds for every cluster: their names are the user's own, who could give a cluster another"
                )
            }
            result.append(glob)
        }
        return result
    }

    private func callers(_ node: YAMLNode) throws(YAMLError) -> Set<Caller> {
        var result: Set<Caller> = []
        for element in try nonEmpty(node) {
            let word = try element.word(of: Caller.allCases.map(\.rawValue))
            if let caller = Caller(rawValue: word) { result.insert(caller) }
        }
        return result
    }

    private func condition(_ node: YAMLNode) throws(YAMLError) -> GuestCondition {
        let names = GuestCondition.Attribute.allCases.map(\.rawValue)
        let reader = try YAMLReader(node, of: "where", keys: names)
        var tests: [(attribute: GuestCondition.Attribute, patterns: [GuestCondition.Pattern])] = []
        for attribute in GuestCondition.Attribute.allCases {
            guard let value = reader.optional(attribute.rawValue) else { continue }
            var patterns: [GuestCondition.Pattern] = []
            if case .sequence = value.kind {
                for element in try nonEmpty(value) { patterns.append(try test(attribute, element)) }
            } else {
                patterns = [try test(attribute, value)]
            }
            tests.append((attribute, patterns))
        }
        guard !tests.isEmpty else {
            throw node.error("where must name at least one of \(names.joined(separator: ", "))")
        }
        return GuestCondition(tests: tests)
    }

    private func test(
        _ attribute: GuestCondition.Attribute, _ node: YAMLNode
    ) throws(YAMLError) -> GuestCondition.Pattern {
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
        default: return .glob(Glob(text))
        }
    }

    private func nonEmpty(_ node: YAMLNode) throws(YAMLError) -> [YAMLNode] {
        let elements = try node.elements()
        guard !elements.isEmpty else { throw node.error("the list must not be empty") }
        return elements
    }
}

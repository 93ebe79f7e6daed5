// SPDX-License-Identifier: Apache-2.0
public import Model
internal import Text

/// The actions there are, as patterns see them.
enum ActionVocabulary {
    static func contains(_ action: Action) -> Bool { ActionClassifier.vocabulary.contains(action) }

    /// The actions that a pattern matches.
    static func covered(_ glob: Glob) -> Set<Action> {
        if glob.pattern == "*" { return ActionClassifier.vocabulary }
        if !glob.pattern.utf8.contains(where: { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }) {
            guard let action = Action(glob.pattern.lowercased()), contains(action) else { return [] }
            return [action]
        }
        return ActionClassifier.vocabulary.filter { glob.matches($0) }
    }

    /// The actions that a rule is about.
    static func covered(_ rule: PolicyRule) -> Set<Action> {
        var result: Set<Action> = []
        for glob in rule.actions { result.formUnion(covered(glob)) }
        for glob in rule.except { result.subtract(covered(glob)) }
        return result
    }
}

extension ActionClassifier {
    /// Whether a pattern means any action at all.
    public static func knows(_ pattern: Glob) -> Bool { vocabulary.contains { pattern.matches($0) } }

    /// Names the action that a misspelt one is close to; nil where none is.
    public static func suggestion(for text: String) -> String? {
        Spelling.suggestion(for: text, among: vocabulary.map(\.rawValue).sorted())
    }
}

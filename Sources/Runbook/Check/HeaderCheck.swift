// SPDX-License-Identifier: Apache-2.0
internal import LuaSource
internal import Model
internal import Policy
internal import Text

/// What a runbook does that its header does not say.
enum HeaderCheck {
    static func findings(in text: CheckedText) -> [RawFinding] {
        guard let header = text.header else { return [] }
        return parameters(in: text, header) + (header.actions.map { actions(in: text, $0) } ?? [])
    }

    private static func parameters(in text: CheckedText, _ header: RunbookHeader) -> [RawFinding] {
        let known = header.parameters.map(\.name)
        var findings: [RawFinding] = []
        text.members { base, word in
            guard case .parameters? = text.meaning(base), !known.contains(word.text),
                findings.count < FindingPlaces.most
            else { return }
            findings.append(
                RawFinding(
                    .parameter, "the header declares no parameter `\(TextExcerpt.of(word.text))`",
                    hint: Spelling.suggestion(for: word.text, among: known)
                        ?? (known.isEmpty
                            ? "declare it: params = { \(TextExcerpt.of(word.text)) = { type = \"string\" } }"
                            : "it declares " + known.joined(separator: ", ")),
                    at: word.range))
        }
        return findings
    }

    private static func actions(
        in text: CheckedText, _ declared: RunbookHeader.DeclaredActions
    ) -> [RawFinding] {
        text.outline.calls.compactMap { call in
            guard let (operation, method) = text.operation(of: call), operation.reach == .change else { return nil }
            let words =
                (method?.before ?? []).compactMap { $0 }
                + call.arguments.compactMap { text.outline.text(of: text.outline.resolved($0)) }
            let actions = changes(of: operation, picked: words)
            // What cannot be told from the text is left to the run.
            guard !actions.isEmpty, actions.allSatisfy({ ActionClassifier.vocabulary.contains($0) }),
                !actions.contains(where: { action in declared.patterns.contains { $0.matches(action) } })
            else { return nil }
            let names = Set(actions.map(\.rawValue)).sorted()
            return RawFinding(
                .header,
                "pve.\(operation.name) does \(names.joined(separator: " or ")), which the header does not declare",
                hint: "it will be denied: add \"\(names[0])\" to actions (\(declared.place))",
                at: call.method?.range ?? text.outline.range(of: call.function))
        }
    }

    /// The actions that a call may be, of which reading is free.
    private static func changes(of operation: Operation, picked words: [String]) -> [Action] {
        let all = operation.allNeeds.map(\.endpoint)
        let picked = all.filter { $0.selector.map(words.contains) ?? false }
        let names = (picked.isEmpty ? all : picked).map(\.action).filter { !$0.hasPrefix("read.") }
        let actions = names.compactMap { Action($0) }
        return actions.count == names.count ? actions : []
    }
}

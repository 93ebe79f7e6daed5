// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Policy
internal import Terminal
internal import Text

/// An explanation for people and for programs; every name in it may be hostile and is cleaned.
struct ExplanationReport {
    let explanation: PolicyExplanation
    let question: PolicyQuestion
    let subject: String
    let style: Style
    /// The columns of the terminal; nil to let lines be as long as they are.
    var width: Int?

    // MARK: - For people

    var text: String {
        let decision = explanation.decision
        let rule = decision.rule.map { "rule \($0)" } ?? "no rule matches"
        var lines = [style.bold(clean(heading))]
        lines.append("→ \(coloured(decision.effect)), \(clean(rule + place(decision.place)))")
        if let because = decision.because { lines.append("  " + clean(because)) }
        for part in explanation.parts { lines += [""] + self.lines(of: part) }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Such as `guest.stop by agent on cluster demo, about guest 101 web-1 …`.
    private var heading: String {
        var text = "\(subject) by \(question.caller.rawValue)"
        if let cluster = question.cluster { text += " on cluster \(cluster)" }
        if let time = question.time { text += " at \(UTCTime.text(time))" }
        return text
    }

    private func lines(of part: PolicyExplanation.Part) -> [String] {
        var title = part.action.rawValue + (part.guest.map { " of " + Self.describe($0) } ?? "")
        if let storage = part.storage { title += " with storage \(storage)" }
        let mark = part.isDecisive && explanation.parts.count > 1 ? style.bold("  ← decides") : ""
        var lines = hanging(clean(title), 2).map(style.bold)
        lines[lines.count - 1] += " → " + coloured(part.effect) + mark
        let names = part.rules.map { clean($0.rule) }
        let column = names.map(\.displayWidth).max() ?? 0
        for (trial, name) in zip(part.rules, names) {
            let effect = trial.effect.rawValue
            var line = "  \(word(trial.verdict)) \(padded(name, column))  \(coloured(trial.effect))"
            line += String(repeating: " ", count: 13 - effect.count) + "  " + style.dim(clean(trial.place))
            if trial.isCeiling { line += style.dim(" (ceiling)") }
            if trial.isDecisive { line += style.bold("  ← decides") }
            lines.append(line)
            lines += matchers(trial)
        }
        return lines
    }

    private func matchers(_ trial: PolicyExplanation.RuleTrial) -> [String] {
        let values = trial.matchers.map { clean($0.value ?? "unknown") }
        let names = trial.matchers.map(\.name.displayWidth).max() ?? 0
        let column = values.map(\.displayWidth).max() ?? 0
        return zip(trial.matchers, values).map { matcher, value in
            let patterns = clean(matcher.patterns.joined(separator: ", "))
            // What is looked for goes on below, under itself where there is room for that.
            let start = 8 + 4 + names + 2 + column + 2 + 3
            let margin = width.map { $0 - start >= 24 } ?? true ? start : 14
            let texts = Self.flowing(patterns, first: width.map { $0 - start }, others: width.map { $0 - margin })
            return "        \(word(matcher.verdict)) \(padded(matcher.name, names))  \(padded(value, column))  "
                + style.dim("in ") + texts.joined(separator: "\n" + String(repeating: " ", count: margin))
        }
    }

    /// A text in lines of the terminal's width, all but the first indented.
    private func hanging(_ text: String, _ indent: Int) -> [String] {
        let lines = Self.flowing(text, first: width.map { $0 - 16 }, others: width.map { $0 - 16 - indent })
        return lines.prefix(1) + lines.dropFirst().map { String(repeating: " ", count: indent) + $0 }
    }

    /// A text broken at spaces into a first line and others that may be of another width.
    private static func flowing(_ text: String, first: Int?, others: Int?) -> [String] {
        guard let first, let others, text.displayWidth > first else { return [text] }
        let head = text.broken(toWidth: max(first, 12))[0]
        let rest = text.dropFirst(head.count).drop { $0 == " " }
        return [head] + String(rest).broken(toWidth: max(others, 12))
    }

    private static func describe(_ guest: PolicyGuest) -> String {
        var parts: [String] = []
        if let kind = guest.kind { parts.append(kind.rawValue) }
        if let node = guest.node { parts.append("on \(node)") }
        if let status = guest.status { parts.append(status) }
        if let pool = guest.pool { parts.append(pool.isEmpty ? "no pool" : "pool \(pool)") }
        if let tags = guest.tags { parts.append(tags.isEmpty ? "no tags" : "tags \(tags.joined(separator: ", "))") }
        let who = ["guest", guest.vmid.map { String($0) } ?? "(unknown)", guest.name].compactMap { $0 }
        return who.joined(separator: " ") + (parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))")
    }

    private func place(_ place: String?) -> String { place.map { " (\($0))" } ?? "" }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.displayWidth))
    }

    private func word(_ verdict: RuleVerdict) -> String {
        switch verdict {
        case .matches: style.green("yes")
        case .unknown: style.yellow("may")
        case .no: style.dim("no ")
        }
    }

    private func coloured(_ effect: Effect) -> String {
        switch effect {
        case .allow: style.green(effect.rawValue)
        case .confirm, .confirmTyped: style.yellow(effect.rawValue)
        case .approve, .deny: style.red(effect.rawValue)
        }
    }

    private func clean(_ text: String) -> String { TextCleaner.clean(text) }

    // MARK: - For programs

    var json: JSONValue {
        let decision = explanation.decision
        return .object(
            JSONObject([
                ("effect", .string(decision.effect.rawValue)), ("rule", JSONValue(decision.rule)),
                ("place", JSONValue(decision.place)), ("because", JSONValue(decision.because)),
                ("action", JSONValue(decision.action?.rawValue)), ("caller", .string(question.caller.rawValue)),
                ("cluster", JSONValue(question.cluster)),
                ("actions", .array(question.actions.sorted().map { .string($0.rawValue) })),
                ("parts", .array(explanation.parts.map(Self.json))),
            ]))
    }

    private static func json(_ part: PolicyExplanation.Part) -> JSONValue {
        .object(
            JSONObject([
                ("action", .string(part.action.rawValue)), ("vmid", part.guest?.vmid.map { JSONValue($0) } ?? .null),
                ("name", JSONValue(part.guest?.name)), ("storage", JSONValue(part.storage)),
                ("effect", .string(part.effect.rawValue)), ("rule", JSONValue(part.decisive)),
                ("decisive", .bool(part.isDecisive)), ("rules", .array(part.rules.map(json))),
            ]))
    }

    private static func json(_ trial: PolicyExplanation.RuleTrial) -> JSONValue {
        .object(
            JSONObject([
                ("rule", .string(trial.rule)), ("place", .string(trial.place)),
                ("effect", .string(trial.effect.rawValue)), ("ceiling", .bool(trial.isCeiling)),
                ("verdict", .string(trial.verdict.rawValue)), ("holds", .bool(trial.holds)),
                ("because", JSONValue(trial.because)), ("decisive", .bool(trial.isDecisive)),
                ("matchers", .array(trial.matchers.map(json))),
            ]))
    }

    private static func json(_ matcher: PolicyExplanation.MatcherTrial) -> JSONValue {
        .object(
            JSONObject([
                ("name", .string(matcher.name)), ("patterns", .array(matcher.patterns.map(JSONValue.string))),
                ("value", JSONValue(matcher.value)), ("verdict", .string(matcher.verdict.rawValue)),
            ]))
    }
}

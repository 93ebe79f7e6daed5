// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Runbook
internal import Terminal
internal import Text

/// What a runbook's header says, as a page for a person or a program.
struct RunbookPage {
    let header: RunbookHeader?
    /// The runbook, as it stands on the command line.
    let file: String
    /// `run` or `plan`.
    let verb: String
    let style: Style
    /// The columns of the terminal; nil where there is none.
    let width: Int?

    var json: JSONValue {
        var object = JSONObject([("file", .string(file)), ("header", .bool(header != nil))])
        guard let header else { return .object(object) }
        for member in header.json.members { object[member.key] = member.value }
        object["example"] = .string(example(header))
        return .object(object)
    }

    func text() -> String {
        let hint = "pvelua \(verb) --help explains the command and its options."
        guard let header else {
            return "\(clean(file)) has no header that tells what it does and takes.\n"
                + "Its first lines may; how a header is written is told in docs/runbooks.md.\n\n\(hint)\n"
        }
        var sections = [introduction(header), section("USAGE", usage(header))]
        if !header.parameters.isEmpty { sections.append(section("PARAMETERS", parameters(header.parameters))) }
        sections.append(section("WHAT IT MAY DO", bounds(header)))
        sections.append(section("EXAMPLE", [example(header)]))
        return (sections + [hint + "\n"]).joined(separator: "\n")
    }

    // MARK: - Parts

    private func introduction(_ header: RunbookHeader) -> String {
        var lines = [style.bold(clean(header.name ?? file))]
        for paragraph in (header.description ?? "").split(separator: "\n", omittingEmptySubsequences: false)
        where header.description != nil {
            lines += clean(String(paragraph)).broken(toWidth: room(0))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func usage(_ header: RunbookHeader) -> [String] {
        let required = header.parameters.filter(\.isRequired).map { "--param \($0.name)=\($0.form)" }
        let others = header.parameters.contains { !$0.isRequired } ? ["[--param NAME=VALUE …]"] : []
        return [(["pvelua", verb] + required + others + [Self.quoted(file)]).joined(separator: " ")]
    }

    private func parameters(_ parameters: [RunbookParameter]) -> [String] {
        let rows = parameters.map { [clean($0.name), $0.form, clean(need($0))] }
        let widths = (0..<3).map { column in rows.map { $0[column].displayWidth }.max() ?? 0 }
        let margin = widths.reduce(0, +) + 6
        return zip(parameters, rows).flatMap { parameter, row in
            let cells = zip(row, widths).map { $0 + String(repeating: " ", count: max($1 - $0.displayWidth, 0)) }
            let isBeside = width.map { $0 - margin - 2 >= 30 } ?? true
            let texts = explanation(parameter).flatMap { clean($0).broken(toWidth: room(isBeside ? margin : 4)) }
            let first = cells.joined(separator: "  ") + (isBeside ? "  " + (texts.first ?? "") : "")
            let indent = String(repeating: " ", count: isBeside ? margin : 4)
            return [trimmed(first)] + texts.dropFirst(isBeside ? 1 : 0).map { indent + $0 }
        }
    }

    private func need(_ parameter: RunbookParameter) -> String {
        if parameter.isRequired { return "required" }
        guard let standard = parameter.texts.standard else { return "optional" }
        return "default " + (standard.isEmpty ? "none" : standard)
    }

    private func explanation(_ parameter: RunbookParameter) -> [String] {
        var lines = (parameter.help ?? "").split(separator: "\n").map(String.init)
        var rules: [String] = []
        if let choices = parameter.texts.choices { rules.append("one of " + choices.joined(separator: ", ")) }
        switch (parameter.texts.least, parameter.texts.most) {
        case (let least?, let most?): rules.append("from \(least) to \(most)")
        case (let least?, nil): rules.append("at least \(least)")
        case (nil, let most?): rules.append("at most \(most)")
        case (nil, nil): break
        }
        if let pattern = parameter.pattern { rules.append("like \(pattern.pattern)") }
        if parameter.isSecret { rules.append("secret: kept and shown nowhere") }
        if !rules.isEmpty { lines.append("(" + rules.joined(separator: "; ") + ")") }
        return lines
    }

    private func bounds(_ header: RunbookHeader) -> [String] {
        var lines: [String] = []
        if let actions = header.actions {
            let names = actions.patterns.map(\.pattern).filter { !$0.hasPrefix("read.") }
            lines.append(
                "actions  " + (names.isEmpty ? "none: it only reads" : names.joined(separator: ", ") + ", and reading"))
        } else {
            lines.append("actions  whatever policy lets it")
        }
        if let callers = header.callers {
            lines.append("callers  " + callers.callers.sorted().map(\.rawValue).joined(separator: ", "))
        }
        if !header.limits.isEmpty {
            lines.append("limits   " + header.limits.map { "\($0.name) \($0.text)" }.joined(separator: ", "))
        }
        return lines.map(clean)
    }

    private func example(_ header: RunbookHeader) -> String {
        let shown = header.parameters.filter(\.isRequired)
        let parameters = shown.isEmpty ? Array(header.parameters.prefix(1)) : shown
        let words = parameters.map { "--param " + Self.quoted("\($0.name)=\(sample(of: $0))") }
        return (["pvelua", verb] + words + [Self.quoted(file)]).joined(separator: " ")
    }

    private func sample(of parameter: RunbookParameter) -> String {
        if let text = parameter.texts.standard ?? parameter.texts.choices?.first ?? parameter.texts.least {
            return text
        }
        return switch parameter.kind {
        case .string: "…"
        case .integer, .number: "1"
        case .boolean: "true"
        case .duration: "60s"
        case .size: "8GiB"
        case .vmid, .guest: "101"
        case .node: "pve1"
        case .tag, .pool: "web"
        case .storage: "local"
        }
    }

    // MARK: - Setting

    private func section(_ title: String, _ lines: [String]) -> String {
        style.bold(title) + "\n" + lines.map { "  " + $0 + "\n" }.joined()
    }

    private func room(_ indent: Int) -> Int? { width.map { max($0 - indent - 2, 20) } }

    private func trimmed(_ line: String) -> String {
        var text = line[...]
        while text.last == " " { text = text.dropLast() }
        return String(text)
    }

    /// A word as a shell takes it.
    private static func quoted(_ word: String) -> String {
        let isPlain = word.unicodeScalars.allSatisfy { scalar in
            scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                || "/._-=:,…+".unicodeScalars.contains(scalar)
        }
        let clean = TextCleaner.clean(word)
        return isPlain && !word.isEmpty ? clean : "'" + clean.replacing("'", with: "'\\''") + "'"
    }

    private func clean(_ text: String) -> String { TextCleaner.clean(text) }
}

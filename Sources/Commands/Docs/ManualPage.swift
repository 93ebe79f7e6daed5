// SPDX-License-Identifier: Apache-2.0
internal import JSON

/// One manual page, in the language of man(7).
struct ManualPage {
    /// The words of the command: `pvelua`, `cluster`, `add`.
    let path: [String]
    let usage: String
    /// What the parser tells of the command.
    let described: JSONValue
    /// The commands below it, with what they do.
    let commands: [(name: String, summary: String)]

    /// What the page is called: `pvelua-cluster-add`.
    var name: String { path.joined(separator: "-") }

    var text: String {
        var lines = [
            ".\\\" Generated from the program's own help.",
            ".TH \(Self.word(name.uppercased())) 1 \"\" \"pvelua \(PveluaVersion.text)\" \"pvelua\"", ".SH NAME",
            Self.plain(name) + " \\- " + Self.plain(described["abstract"]?.string ?? ""), ".SH SYNOPSIS", ".nf",
        ]
        lines += usage.split(separator: "\n").map { Self.line(String($0)) } + [".fi"]
        let (prose, blocks) = discussion
        if !prose.isEmpty { lines += [".SH DESCRIPTION"] + prose }
        lines += arguments
        if !commands.isEmpty {
            lines.append(".SH COMMANDS")
            for command in commands {
                lines += [".TP", ".BR \(Self.word("\(name)-\(command.name)")) (1)", Self.line(command.summary)]
            }
        }
        lines += blocks
        if path.count == 1 { lines += Self.surroundings }
        lines.append(".SH SEE ALSO")
        lines.append(
            path.count == 1
                ? Self.line("pvelua docs prints the reference of the language.")
                : ".BR \(Self.word(path.dropLast().joined(separator: "-"))) (1)")
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: - Parts

    /// What is said at length: paragraphs, and blocks with a heading of their own such as the exit statuses.
    private var discussion: (prose: [String], blocks: [String]) {
        var (prose, blocks): ([String], [String]) = ([], [])
        for paragraph in (described["discussion"]?.string ?? "").split(separator: "\n\n") {
            let rows = paragraph.split(separator: "\n").map(String.init)
            if let head = rows.first, rows.count > 1, head.prefix(4) == head.prefix(4).uppercased() {
                blocks += [".SH \(Self.word(head.prefix { $0 != "," }.uppercased()))", ".nf"]
                blocks += rows.dropFirst().map(Self.line) + [".fi"]
            } else if rows.contains(where: { $0.hasPrefix(" ") }) {
                prose += [".PP", ".nf"] + rows.map(Self.line) + [".fi"]
            } else {
                prose += (prose.isEmpty ? [] : [".PP"]) + rows.map(Self.line)
            }
        }
        return (prose, blocks)
    }

    private var arguments: [String] {
        var sections: [(title: String, lines: [String])] = []
        for argument in described["arguments"]?.array ?? [] where argument["shouldDisplay"] != false {
            let isPositional = argument["kind"] == "positional"
            let title = argument["sectionTitle"]?.string ?? (isPositional ? "arguments" : "options")
            let entry = [".TP", Self.heading(argument)] + Self.meaning(argument)
            if let index = sections.firstIndex(where: { $0.title == title }) {
                sections[index].lines += entry
            } else {
                sections.append((title, entry))
            }
        }
        return sections.flatMap { [".SH \(Self.word($0.title.uppercased()))"] + $0.lines }
    }

    private static func heading(_ argument: JSONValue) -> String {
        let value = "\\fI\(plain(argument["valueName"]?.string ?? ""))\\fP"
        let names = (argument["names"]?.array ?? []).map { name in
            (name["kind"] == "short" ? "-" : "--") + (name["name"]?.string ?? "")
        }
        switch argument["kind"]?.string {
        case "positional": return value
        case "flag": return names.map { "\\fB\(plain($0))\\fP" }.joined(separator: ", ")
        default: return names.map { "\\fB\(plain($0))\\fP \(value)" }.joined(separator: ", ")
        }
    }

    private static func meaning(_ argument: JSONValue) -> [String] {
        var words = argument["abstract"]?.string ?? ""
        if let standard = argument["defaultValue"]?.string { words += " Default: \(standard)." }
        return [line(words.isEmpty ? "No more is said." : words)]
    }

    private static let surroundings: [String] = {
        let places = [
            ("~/.config/pvelua/config.yaml", "clusters and how to enter them: pvelua config init"),
            ("~/.config/pvelua/policy.yaml", "what may be done: pvelua policy show"),
            ("/etc/pvelua/policy.yaml", "the machine's ceiling, which no user's policy loosens"),
            ("~/.local/state/pvelua/journal.sqlite", "what was intended, and what came of it"),
        ]
        let variables = [
            ("PVELUA_CLUSTER", "the cluster, where --cluster names none"),
            ("PVELUA_CONFIG", "the configuration file, where --config names none"),
            ("NO_COLOR", "no colours, if it is set"),
        ]
        func entries(_ rows: [(String, String)]) -> [String] {
            rows.flatMap { [".TP", ".B \(word($0.0))", line($0.1)] }
        }
        return [".SH FILES"] + entries(places) + [".SH ENVIRONMENT"] + entries(variables)
    }()

    // MARK: - Text

    /// A line of text, which is never taken for a request.
    private static func line(_ text: String) -> String {
        let text = plain(text)
        return text.hasPrefix(".") || text.hasPrefix("'") ? "\\&" + text : text
    }

    /// One argument of a request.
    private static func word(_ text: String) -> String { "\"\(plain(text).replacing("\"", with: "\\(dq"))\"" }

    /// Text whose characters stand for themselves; what is no ASCII is named.
    private static func plain(_ text: String) -> String {
        text.unicodeScalars.map { scalar in
            switch scalar {
            case "\\": "\\e"
            case "-": "\\-"
            case "\n": " "
            case "…": "\\&..."
            case _ where scalar.isASCII: String(Character(scalar))
            default: "\\[u\(hex(scalar.value))]"
            }
        }.joined()
    }

    private static func hex(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(4 - digits.count, 0)) + digits
    }
}

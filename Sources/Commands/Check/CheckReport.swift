// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Runbook
internal import Terminal
internal import Text

/// What a check found, for people and for programs.
struct CheckReport {
    let files: Int
    let findings: [Finding]

    var errors: Int { findings.count { $0.severity == .error } }
    var warnings: Int { findings.count { $0.severity == .warning } }

    /// `nightly.lua:3:5: error: …`, with the line it is about; empty where nothing was found.
    func text(_ style: Style) -> String {
        findings.map { lines($0, style).joined(separator: "\n") + "\n" }.joined()
    }

    private func lines(_ finding: Finding, _ style: Style) -> [String] {
        let severity = finding.severity.rawValue
        let painted = finding.severity == .error ? style.red(severity) : style.yellow(severity)
        let place = "\(TextCleaner.clean(finding.file)):\(finding.line):\(finding.column)"
        var lines = ["\(style.bold(place)): \(painted): \(TextCleaner.clean(finding.message))"]
        let number = String(finding.line)
        if !finding.text.isEmpty {
            lines.append("  \(style.dim(number + " | "))\(finding.text)")
            if let mark = finding.mark {
                let pad = String(repeating: " ", count: number.count) + " | "
                lines.append(
                    "  \(style.dim(pad))\(String(repeating: " ", count: mark.lowerBound))"
                        + style.red(String(repeating: "^", count: max(1, mark.count))))
            }
        }
        if let hint = finding.hint { lines.append("  \(style.yellow("hint: "))\(TextCleaner.clean(hint))") }
        if let example = finding.example { lines.append("  example: " + example) }
        return lines
    }

    /// One line that says how it went.
    var summary: String {
        let place = "in \(files) file\(files == 1 ? "" : "s")"
        guard !findings.isEmpty else { return "nothing wrong \(place)" }
        return "\(errors) error\(errors == 1 ? "" : "s"), \(warnings) warning\(warnings == 1 ? "" : "s") \(place)"
    }

    /// As `docs/schemas/check.json` describes it.
    var json: JSONValue {
        .object(
            JSONObject([
                ("files", JSONValue(files)), ("errors", JSONValue(errors)), ("warnings", JSONValue(warnings)),
                ("findings", .array(findings.map(Self.json))),
            ]))
    }

    private static func json(_ finding: Finding) -> JSONValue {
        var object = JSONObject([
            ("file", .string(finding.file)), ("line", JSONValue(finding.line)), ("column", JSONValue(finding.column)),
            ("severity", .string(finding.severity.rawValue)), ("rule", .string(finding.rule.rawValue)),
            ("message", .string(finding.message)), ("text", .string(finding.text)),
        ])
        if let hint = finding.hint { object["hint"] = .string(hint) }
        if let example = finding.example { object["example"] = .string(example) }
        return .object(object)
    }
}

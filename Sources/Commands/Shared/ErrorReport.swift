// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Runbook
internal import Secrets
internal import Terminal
internal import Text

/// Writes a failure so that its reader can act: what, where, what Proxmox said, what to do next.
struct ErrorReport {
    let format: OutputFormat
    let style: Style
    /// What is not told.
    var secrets = SecretBook()

    /// The text for standard error, ending in a line end.
    ///
    /// - Parameter chunk: The script, to show the line that failed if it is one of its own.
    func text(_ failure: ScriptFailure, chunk: Chunk? = nil) -> String {
        let text =
            switch format {
            case .json: json(failure, chunk)
            case .text: lines(failure, chunk).joined(separator: "\n") + "\n"
            }
        return secrets.scrub(text)
    }

    private func json(_ failure: ScriptFailure, _ chunk: Chunk?) -> String {
        var object = failure.failure.json.object ?? JSONObject()
        if let location = failure.location { object["where"] = .string(location) }
        if let source = excerpt(failure, chunk) { object["source"] = source.json }
        if let called = failure.called { object["usage"] = .string(called.usage) }
        if let example = failure.example { object["example"] = .string(example) }
        if !failure.traceback.isEmpty { object["traceback"] = .array(failure.traceback.map(JSONValue.string)) }
        if !failure.others.isEmpty { object["others"] = .array(failure.others.map(\.json)) }
        if let account = failure.account?.json { object["run"] = account }
        return TextCleaner.clean(json: JSONValue.object(JSONObject([("error", .object(object))])).text) + "\n"
    }

    private func lines(_ report: ScriptFailure, _ chunk: Chunk?) -> [String] {
        let failure = report.failure
        let location = report.location.map { clean($0) + ": " } ?? ""
        var lines = [
            style.bold("pvelua: ") + location + style.red(clean(failure.message))
                + style.dim(" [\(failure.kind.rawValue)]")
        ]
        if let source = excerpt(report, chunk) { lines += sourceLines(source) }
        for field in failure.fields where !failure.message.contains(field.text) {
            lines.append("  \(clean(field.name)): \(clean(field.text))")
        }
        if let raw = failure.raw?.trimmingTrailingLineEnds, !clean(failure.message).contains(clean(raw)) {
            let status = failure.status.map { " (\($0))" } ?? ""
            lines.append("  Proxmox said\(status): \(clean(raw))")
        }
        if let cluster = failure.cluster { lines.append("  cluster: \(clean(cluster))") }
        if let upid = failure.upid { lines.append("  task: \(clean(upid))") }
        for line in failure.log.suffix(10) { lines.append(style.dim("  | \(clean(line))")) }
        if report.traceback.count > 1 {
            lines.append("  called from:")
            lines += report.traceback.dropFirst().map { "    " + clean($0) }
        }
        if let hint = failure.hint { lines.append("  " + style.yellow("hint: ") + clean(hint)) }
        if let called = report.called, failure.hint?.contains(called.usage) != true {
            lines.append("  usage: " + called.usage)
        }
        if let example = report.example { lines.append("  example: " + example) }
        if !report.others.isEmpty { lines.append("  and \(report.others.count) more failed:") }
        for other in report.others.prefix(10) {
            let place = other.location.map { clean($0) + ": " } ?? ""
            lines.append("    " + place + clean(other.failure.message) + style.dim(" [\(other.failure.kind.rawValue)]"))
        }
        return lines
            + (report.account.map { RunAccountReport(account: $0, failure: failure, style: style).lines() } ?? [])
    }

    /// The lines around the place that failed.
    private func excerpt(_ report: ScriptFailure, _ chunk: Chunk?) -> SourceExcerpt? {
        if let source = report.source { return source }
        guard let location = report.location, let chunk, location.hasPrefix(chunk.name.dropFirst() + ":") else {
            return nil
        }
        return SourceExcerpt(location: location, source: chunk.source, message: report.failure.message)
    }

    /// `  12 | pve.vm_action(…)`, with its neighbours, and below it what is meant.
    private func sourceLines(_ source: SourceExcerpt) -> [String] {
        let width = source.lines.last.map { String($0.number).count } ?? 0
        var lines: [String] = []
        for line in source.lines {
            let number = String(line.number)
            let margin = String(repeating: " ", count: width - number.count) + number + " | "
            lines.append("  " + style.dim(margin) + (line.number == source.number ? line.text : style.dim(line.text)))
            if line.number == source.number, let mark = source.mark {
                let pad = String(repeating: " ", count: width) + " | "
                let carets = String(repeating: "^", count: max(1, mark.count))
                lines.append("  " + style.dim(pad) + String(repeating: " ", count: mark.lowerBound) + style.red(carets))
            }
        }
        return lines
    }

    private func clean(_ text: String) -> String { TextCleaner.clean(text) }
}

extension String {
    var trimmingTrailingLineEnds: String {
        var text = self[...]
        while text.hasSuffix("\n") { text = text.dropLast() }
        return String(text)
    }
}

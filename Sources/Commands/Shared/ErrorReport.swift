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
            case .json: json(failure)
            case .text: lines(failure, chunk).joined(separator: "\n") + "\n"
            }
        return secrets.scrub(text)
    }

    private func json(_ failure: ScriptFailure) -> String {
        var object = failure.failure.json.object ?? JSONObject()
        if let location = failure.location { object["where"] = .string(location) }
        if !failure.traceback.isEmpty { object["traceback"] = .array(failure.traceback.map(JSONValue.string)) }
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
        if let line = sourceLine(report.location, chunk) { lines.append("  " + line) }
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
        return lines
            + (report.account.map { RunAccountReport(account: $0, failure: failure, style: style).lines() } ?? [])
    }

    /// The line that the location names: `  12 | pve.vm_action(…)`.
    private func sourceLine(_ location: String?, _ chunk: Chunk?) -> String? {
        guard let location, let chunk, let colon = location.lastIndex(of: ":"),
            location[..<colon] == chunk.name.dropFirst(), let number = Int(location[location.index(after: colon)...]),
            number > 0
        else { return nil }
        let lines = chunk.source.split(separator: 0x0a, maxSplits: number, omittingEmptySubsequences: false)
        guard number <= lines.count else { return nil }
        let text = String(decoding: lines[number - 1].prefix(160), as: UTF8.self)
        return style.dim("\(number) | ") + clean(text)
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

// SPDX-License-Identifier: Apache-2.0
internal import Plan
internal import Terminal
internal import Text

/// A planned change in one line: `+ guest.stop 101 (web-1)  confirm`.
struct PlannedLine {
    let operation: PlannedOperation
    let style: Style

    private var head: String {
        let targets = operation.targets.prefix(4).map { target in
            "\(target.vmid)" + (target.name.isEmpty ? "" : " (\(target.name))")
        }
        let more = operation.targets.count > 4 ? " and \(operation.targets.count - 4) more" : ""
        let subject = targets.isEmpty ? operation.path : targets.joined(separator: ", ") + more
        return TextCleaner.clean("\(operation.action) \(subject)")
    }

    private var verdict: String {
        switch operation.effect {
        case "allow": style.green(operation.effect)
        case "deny": style.red(operation.effect)
        default: style.yellow(operation.effect)
        }
    }

    /// As it is shown while it is planned.
    var planned: String {
        let changes = operation.differences.prefix(3).map { "\($0.name) \($0.before ?? "-") → \($0.after ?? "-")" }
        let tail = changes.isEmpty ? "" : "  " + style.dim(TextCleaner.clean(changes.joined(separator: ", ")))
        return "\(operation.isConditional ? "*" : "+") \(head)  \(verdict)\(tail)\n"
    }

    /// With the rule that decides, and what is to be known before a yes.
    var explained: String {
        let rule = operation.rule.map { "rule \(TextCleaner.clean($0))" } ?? "no rule matches"
        let notes = [operation.warning].compactMap { $0 } + operation.consequences
        return "\(head): \(verdict), by \(rule)\n" + notes.map { "  \(TextCleaner.clean($0))\n" }.joined()
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Policy
internal import Runbook
internal import Terminal
internal import Text

/// The question as it stands on the terminal, and the answer that counts as yes.
struct ConsentPrompt: Equatable {
    /// What is written; ends where the person types.
    let text: String
    /// What must be typed, exactly.
    let expected: String

    /// Makes the prompt.
    ///
    /// - Parameter code: Four digits made for this question, so that a yes cannot be typed ahead or pasted from before.
    init(_ question: ConsentQuestion, code: String, style: Style) {
        let isTyped = question.effect != .confirm
        var lines = ["\(style.bold("┌ pvelua asks for consent:")) \(style.bold(TextCleaner.clean(question.action)))"]
        func add(_ name: String, _ value: String) {
            lines.append(
                "│ \(style.dim(name + String(repeating: " ", count: max(0, 8 - name.count)))) \(TextCleaner.clean(value))"
            )
        }
        for change in question.changedSinceAsked {
            lines.append("│ \(style.yellow("changed while you were asked:")) \(TextCleaner.clean(change))")
        }
        add("cluster", question.cluster)
        if let guest = question.guest {
            add(
                "guest",
                "\(guest.vmid) \(guest.name.count > 80 ? guest.name.prefix(80) + "…" : guest.name[...]) (\(guest.kind.rawValue)) on \(guest.node), \(guest.state)"
            )
            if !guest.notes.isEmpty { add("", guest.notes.joined(separator: " · ")) }
        }
        add("request", question.request)
        for detail in question.details { add("", detail) }
        add("rule", question.rule)
        if let warning = question.warning { lines.append("│ \(style.red("! " + TextCleaner.clean(warning)))") }
        if isTyped {
            let subject = question.guest.map(Self.subject) ?? question.action
            expected = "\(subject) \(code)"
            lines.append("└ type \(style.bold(expected)) to go on, anything else to stop: ")
        } else {
            expected = "yes"
            lines.append("└ type \(style.bold("yes")) to go on, anything else to stop: ")
        }
        text = lines.joined(separator: "\n")
    }

    /// The guest as it has to be typed; a name that a person could not type is left out.
    private static func subject(_ guest: ConsentQuestion.GuestSummary) -> String {
        let isTypeable = guest.name.utf8.count <= 63 && guest.name.utf8.allSatisfy { (0x21...0x7e).contains($0) }
        return isTypeable && !guest.name.isEmpty ? "\(guest.vmid) \(guest.name)" : "\(guest.vmid)"
    }

    /// Whether the typed line is the yes that was asked for; spaces around and between the words do not matter.
    func accepts(_ line: String) -> Bool {
        line.split(whereSeparator: \.isWhitespace) == expected.split(whereSeparator: \.isWhitespace)
    }
}

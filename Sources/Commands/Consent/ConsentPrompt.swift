// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Policy
internal import Runbook
internal import Terminal

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
        var box = ConsentBox(question.action, style: style)
        for change in question.changedSinceAsked { box.add(change: change) }
        box.add("cluster", question.cluster)
        if let guest = question.guest {
            let name = guest.name.count > 80 ? guest.name.prefix(80) + "…" : guest.name[...]
            box.add("guest", "\(guest.vmid) \(name) (\(guest.kind.rawValue)) on \(guest.node), \(guest.state)")
            if !guest.notes.isEmpty { box.add("", guest.notes.joined(separator: " · ")) }
        }
        box.add("request", question.request)
        for detail in question.details { box.add("", detail) }
        box.add("rule", question.rule)
        if let warning = question.warning { box.add(warning: warning) }
        for consequence in question.consequences { box.add(warning: consequence) }
        let subject = question.guest.map(Self.subject) ?? question.action
        expected = question.effect == .confirm ? "yes" : "\(subject) \(code)"
        text = box.text(asking: expected)
    }

    /// The guest as it has to be typed; a name that a person could not type is left out.
    private static func subject(_ guest: ConsentQuestion.GuestSummary) -> String {
        let isTypeable = guest.name.utf8.count <= 63 && guest.name.utf8.allSatisfy { (0x21...0x7e).contains($0) }
        return isTypeable && !guest.name.isEmpty ? "\(guest.vmid) \(guest.name)" : "\(guest.vmid)"
    }

    /// Whether the typed line is the yes that was asked for; spaces around and between the words do not matter.
    func accepts(_ line: String) -> Bool { TypedYes.isAnswer(line, expected) }
}

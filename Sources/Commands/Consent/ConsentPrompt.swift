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
    /// - Parameters:
    ///   - code: Four digits made for this question, so that a yes cannot be typed ahead or pasted from before.
    ///   - width: The columns of the terminal, or nil where it does not tell.
    init(_ question: ConsentQuestion, code: String, style: Style, width: Int? = nil) {
        var box = ConsentBox(question.action, style: style)
        for change in question.changedSinceAsked { box.add(change: change) }
        box.add("cluster", question.cluster)
        if let guest = question.guest {
            let kind = "(\(guest.kind.rawValue)) on \(guest.node), \(guest.state)"
            box.add("guest", "\(guest.vmid) \(Self.shown(guest.name)) \(kind)")
            if !guest.notes.isEmpty { box.add("", guest.notes.joined(separator: " · ")) }
        }
        box.add("request", question.request)
        for detail in question.details { box.add("", detail) }
        box.add("rule", question.rule)
        for near in question.nearNames {
            let place = "(\(near.node), \(near.state))"
            box.add(warning: "\(near.vmid) \(Self.shown(near.name)) \(place) has almost the same name")
        }
        if let warning = question.warning { box.add(warning: warning) }
        for consequence in question.consequences { box.add(warning: consequence) }
        let subject = question.guest.map(Self.subject) ?? question.action
        expected = question.effect == .confirm ? "yes" : "\(subject) \(code)"
        text = box.text(asking: expected, width: width)
    }

    /// A name as it is shown: no longer than a name can be.
    private static func shown(_ name: String) -> String { TextCleaner.clean(name).truncated(toWidth: 80) }

    /// The guest as it has to be typed; a name that a person could not type is left out.
    private static func subject(_ guest: ConsentQuestion.GuestSummary) -> String {
        let isTypeable = guest.name.utf8.count <= 63 && guest.name.utf8.allSatisfy { (0x21...0x7e).contains($0) }
        return isTypeable && !guest.name.isEmpty ? "\(guest.vmid) \(guest.name)" : "\(guest.vmid)"
    }

    /// Whether the typed line is the yes that was asked for; spaces around and between the words do not matter.
    func accepts(_ line: String) -> Bool { TypedYes.isAnswer(line, expected) }
}

// SPDX-License-Identifier: Apache-2.0
internal import Journal
internal import Model
internal import Policy
internal import Proxmox
internal import Runbook
internal import Terminal
internal import Text

/// How the session shows where it is.
extension Repl {
    /// `lab> `, `lab frozen> `, `lab plan> `; the further lines of an input begin with as many dots.
    func prompt(continuing: Bool) async -> (text: String, colour: LineEditor.Colour?) {
        guard isAtTerminal else { return ("", nil) }
        let colours = context.errorStyle.isEnabled
        var words = [environment.clusterName]
        var colour: LineEditor.Colour?
        if environment.caller != .human { words.append(environment.caller.rawValue) }
        if rehearsal != nil {
            words.append("plan")
            colour = .yellow
        } else if await freeze() != nil {
            words.append("frozen")
            colour = .blue
        }
        let text = TextCleaner.clean(words.joined(separator: " "))
        return (continuing ? String(repeating: ".", count: text.count) + "> " : text + "> ", colours ? colour : nil)
    }

    /// The freeze that stands, where it can be read.
    private func freeze() async -> FreezeRecord? {
        guard let configuration = try? workplace.configuration() else { return nil }
        let journal = workplace.journal(configuration)
        guard journal.exists else { return nil }
        return try? await journal.open().standingFreeze(at: environment.now())
    }

    /// Two lines at most: where this is and how to go on.
    func greet() async {
        let inventory = knowledge.inventory
        var line = TextCleaner.clean(environment.clusterName)
        if !inventory.nodes.isEmpty {
            line += ": \(Self.count(inventory.nodes.count, "node")), \(Self.count(inventory.guests.count, "guest"))"
        }
        line += "; pvelua \(PveluaVersion.text)"
        if let freeze = await freeze() { line += "; changes are frozen until \(UTCTime.text(freeze.until))" }
        writeError(
            line + "\n"
                + context.errorStyle.dim((input.isEditing ? "Tab completes, " : "") + ":help explains, :quit ends")
                + "\n")
    }

    private static func count(_ number: Int, _ noun: String) -> String {
        "\(ReplResult.grouped(number)) \(noun)" + (number == 1 ? "" : "s")
    }
}

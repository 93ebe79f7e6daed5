// SPDX-License-Identifier: Apache-2.0
import Model
import Policy
import Terminal
import Testing

@testable import Commands

/// The text of an explanation, whatever a guest is called.
struct ExplanationReportTests {
    private static let names = ["a\u{1b}[2Jb", "a\nb", "a\u{202e}b", "a\u{200b}b", "a\rb", "a\u{9b}31mb"]

    @Test(arguments: names)
    func noNameReachesTheTerminalAsItIs(name: String) throws {
        let policy = try PolicySet.load(
            yaml: """
                version: 1
                rules:
                  - { id: a, actions: [guest.stop], effect: confirm }
                  - { id: b, actions: [guest.stop], where: { tag: x, name: "*", pool: y }, effect: deny }
                """, file: "p\u{1b}[1m.yaml")
        let question = PolicyQuestion(
            actions: ["guest.stop"], caller: .human,
            guest: PolicyGuest(vmid: 1, name: name, node: name, pool: name, tags: [name], status: name), cluster: name,
            storages: [name], time: 0)
        let text = ExplanationReport(
            explanation: policy.explain(question), question: question, subject: name, style: Style(isEnabled: false)
        ).text
        #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 && $0.value != 0x7f })
        for scalar: Unicode.Scalar in ["\u{202e}", "\u{200b}", "\u{9b}", "\r"] {
            #expect(!text.unicodeScalars.contains(scalar))
        }
        #expect(text.split(separator: "\n").count == 10, "\(text)")
    }
}

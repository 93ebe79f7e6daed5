// SPDX-License-Identifier: Apache-2.0
import Model
import Policy
import Runbook
import Synchronization
import Terminal
import Testing
import Text

@testable import Commands

private func question(_ effect: Effect = .confirmTyped, name: String = "web-1") throws -> ConsentQuestion {
    let vmid = try #require(VMID(101))
    let node = try #require(NodeName("pve1"))
    return ConsentQuestion(
        effect: effect, cluster: "lab", action: "guest.stop", rule: "hard",
        guest: .init(
            vmid: vmid, name: name, kind: .qemu, node: node, state: "running", notes: ["tags web"]),
        request: "POST /nodes/pve1/qemu/101/status/stop", warning: "Unsaved work is lost.")
}

private let plain = Style(isEnabled: false)

struct ConsentPromptTests {
    @Test func showsWhatIsMeantAndWhatIsLost() throws {
        let prompt = ConsentPrompt(try question(), code: "4821", style: plain)
        #expect(
            prompt.text == """
                ┌ pvelua asks for consent: guest.stop
                │ cluster  lab
                │ guest    101 web-1 (qemu) on pve1, running
                │          tags web
                │ request  POST /nodes/pve1/qemu/101/status/stop
                │ rule     hard
                │ ! Unsaved work is lost.
                └ type 101 web-1 4821 to go on, anything else to stop:\u{20}
                """)
    }

    @Test func showsWhatItMeansForTheGuestAsItIsNow() throws {
        var asked = try question()
        asked.consequences = ["2 newer snapshots are removed: b\u{1b}[31m, c"]
        let text = ConsentPrompt(asked, code: "4821", style: plain).text
        #expect(text.contains("│ ! 2 newer snapshots are removed: b"))
        #expect(!text.contains("\u{1b}"))
    }

    @Test func showsTheParametersOfACallThatIsAboutNoGuest() {
        var asked = ConsentQuestion(
            effect: .confirm, cluster: "lab", action: "pool.create", rule: "pools", request: "POST /pools")
        asked.details = ["comment = a\u{1b}[31m b", "poolid = new"]
        #expect(
            ConsentPrompt(asked, code: "4821", style: plain).text == """
                ┌ pvelua asks for consent: pool.create
                │ cluster  lab
                │ request  POST /pools
                │          comment = \(TextCleaner.clean("a\u{1b}[31m b"))
                │          poolid = new
                │ rule     pools
                └ type yes to go on, anything else to stop:\u{20}
                """)
    }

    @Test(arguments: [
        ("101 web-1 4821", true), ("  101   web-1 4821  ", true), ("101 web-1 4822", false), ("101 web-1", false),
        ("yes", false), ("", false), ("101 web-2 4821", false), ("4821", false), ("101 web-1 4821 yes", false),
    ])
    func onlyTheWholeTypedFormIsAYes(line: String, isYes: Bool) throws {
        #expect(ConsentPrompt(try question(), code: "4821", style: plain).accepts(line) == isYes)
    }

    @Test(arguments: [("yes", true), (" yes ", true), ("y", false), ("Yes", false), ("", false), ("no", false)])
    func aSimpleConfirmationWantsTheWordYes(line: String, isYes: Bool) throws {
        #expect(ConsentPrompt(try question(.confirm), code: "4821", style: plain).accepts(line) == isYes)
    }

    @Test(arguments: [
        "web\u{1b}[2Kdb", "web\ndb", "web\rdb", "web\u{202e}db", "web\u{200b}db", "web\u{2028}db", "web\u{9b}31mdb",
        "web\u{7}db",
    ])
    func namesFromTheClusterCannotMoveTheCursor(name: String) throws {
        let prompt = ConsentPrompt(try question(name: name), code: "4821", style: plain)
        #expect(prompt.text.split(separator: "\n").count == 8)
        let isClean = prompt.text.unicodeScalars.allSatisfy {
            $0 == "\n"
                || $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value) && !$0.properties.isBidiControl
                    && ![0x200b, 0x2028].contains($0.value)
        }
        #expect(isClean)
    }

    @Test func saysWhatChangedMeanwhile() throws {
        var changed = try question()
        changed.changedSinceAsked = ["name was a and is b\u{1b}[0m"]
        let text = ConsentPrompt(changed, code: "4821", style: plain).text
        #expect(text.contains("changed while you were asked: name was a and is b"))
        #expect(!text.contains("\u{1b}"))
    }

    @Test func warnsOfGuestsWithAlmostTheSameName() throws {
        var asked = try question()
        let (vmid, node) = (try #require(VMID(102)), try #require(NodeName("pve2")))
        asked.nearNames = [.init(vmid: vmid, name: "web-2", kind: .qemu, node: node, state: "running")]
        let lines = ConsentPrompt(asked, code: "4821", style: plain).text.split(separator: "\n")
        #expect(lines.contains("│ ! 102 web-2 (pve2, running) has almost the same name"))
    }

    @Test func whatIsTooLongGoesOnInsideTheFrame() throws {
        var asked = try question(name: "a-very-long-name-of-a-web-server-1")
        asked.details = ["description = one word after the other", "sshkeys = " + String(repeating: "x", count: 40)]
        #expect(
            ConsentPrompt(asked, code: "4821", style: plain, width: 40).text == """
                ┌ pvelua asks for consent: guest.stop
                │ cluster  lab
                │ guest    101
                │          a-very-long-name-of-a-web-se
                │          rver-1
                │          (qemu) on pve1, running
                │          tags web
                │ request  POST
                │          /nodes/pve1/qemu/101/status/
                │          stop
                │          description = one word after
                │          the other
                │          sshkeys =
                │          xxxxxxxxxxxxxxxxxxxxxxxxxxxx
                │          xxxxxxxxxxxx
                │ rule     hard
                │ ! Unsaved work is lost.
                │
                │ to go on, type
                │   101 a-very-long-name-of-a-web-server-1 4821
                │ anything else stops
                └\u{20}
                """)
    }

    @Test func aTextWithoutEndIsCutAndSaysSo() throws {
        var asked = try question()
        asked.details = [String(repeating: "x ", count: 5000)]
        let lines = ConsentPrompt(asked, code: "4821", style: plain, width: 80).text.split(separator: "\n")
        #expect(lines.count < 25)
        #expect(lines.contains { $0.hasSuffix(" more)") })
    }

    @Test(arguments: ["", "web 1", "wéb", "web\u{1b}[0m", String(repeating: "w", count: 64)])
    func aNameThatCannotBeTypedIsLeftOut(name: String) throws {
        let prompt = ConsentPrompt(try question(name: name), code: "4821", style: plain)
        #expect(prompt.expected == "101 4821")
    }
}

/// A person who answers from a list, and then says nothing for as long as anybody waits.
private final class Person: Prompter {
    private let state: Mutex<(answers: [String], asked: [(prompt: String, timeout: Double)])>
    let isPresent: Bool

    init(_ answers: [String] = [], isPresent: Bool = true) {
        state = Mutex((answers, []))
        self.isPresent = isPresent
    }

    var asked: [(prompt: String, timeout: Double)] { state.withLock { $0.asked } }

    func ask(_ prompt: String, timeout: Double) async -> String? {
        state.withLock { state in
            state.asked.append((prompt, timeout))
            return state.answers.isEmpty ? nil : state.answers.removeFirst()
        }
    }
}

/// What silence, an answer and nobody mean.
struct TerminalConsentTests {
    private func consent(_ person: Person) -> TerminalConsent {
        TerminalConsent(terminal: person, style: plain, makeCode: { "4711" })
    }

    @Test func aMinuteOfSilenceIsANo() async throws {
        let person = Person()
        #expect(await consent(person).ask(try question()) == .no(reason: "there was no answer"))
        #expect(person.asked.map(\.timeout) == [60])
        await #expect(throws: Failure.self) {
            try await TypedYes.demand("sure? ", for: "this", else: "nothing was done", at: person, hint: "")
        }
        #expect(person.asked.map(\.timeout) == [60, 60])
    }

    @Test func whereNobodyIsPresentNobodyIsAsked() async throws {
        let person = Person(["101 web-1 4711"], isPresent: false)
        #expect(await consent(person).ask(try question()) == .nobody)
        #expect(person.asked.isEmpty)
    }

    @Test func questionsAreAskedOneAfterAnotherEachWithItsOwnAnswer() async throws {
        let person = Person(["101 web-1 4711", "yes", "101 web-1 4711"])
        let consent = consent(person)
        var answers: [ConsentAnswer] = []
        for effect in [Effect.confirmTyped, .confirmTyped, .confirmTyped, .confirm] {
            answers.append(await consent.ask(try question(effect)))
        }
        let wrong = ConsentAnswer.no(reason: "the answer was not the one asked for")
        #expect(answers == [.yes, wrong, .yes, .no(reason: "there was no answer")])
    }
}

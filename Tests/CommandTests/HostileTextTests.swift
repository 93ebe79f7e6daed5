// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Plan
import Policy
import Proxmox
import Terminal
import Testing
import Text
import Wire

@testable import Commands
@testable import Monitor
@testable import Runbook

/// What a cluster, a script or a file may call something, and every way from there to a terminal.
struct HostileTextTests {
    /// Names, tags, notes, log lines: each steers some terminal, or hides something from its reader.
    static let texts: [String] =
        [
            // Colours, cursor, screen, title, clipboard, links, keys, answers typed by the terminal itself.
            "\u{1b}[31mred", "\u{1b}[2Jgone", "\u{1b}[1Aup", "\u{1b}[2K\rover", "\u{1b}[8mhidden\u{1b}[0m",
            "\u{1b}[?1049h", "\u{1b}]0;title\u{7}", "\u{1b}]2;title\u{1b}\\", "\u{1b}]52;c;ZXZpbA==\u{7}",
            "\u{1b}]8;;https://evil.example\u{1b}\\link\u{1b}]8;;\u{1b}\\", "\u{1b}]1337;File=:AA==\u{7}",
            "\u{1b}P$q\"p\u{1b}\\", "\u{1b}_apc\u{1b}\\", "\u{1b}^pm\u{1b}\\", "\u{1b}X sos\u{1b}\\", "\u{1b}c",
            "\u{1b}#8",
            "\u{1b}(0lqk", "\u{1b}[6n", "\u{1b}[c", "\u{1b}[20t", "\u{1b}Z", "\u{1b}", "\u{1b}[38;2;0;0;0mdark",
            "\u{1b}[1;1Hpvelua asks for consent: yes", "\u{1b}[200~paste\u{1b}[201~",
            // The same with C1 controls.
            "\u{9b}31mred", "\u{9b}2J", "\u{9d}52;c;ZXZpbA==\u{9c}", "\u{90}q\u{9c}", "\u{85}next", "\u{84}",
            "\u{8d}up",
            "\u{98}sos\u{9c}", "\u{9f}apc\u{9c}",
            // Plain controls.
            "a\nb", "a\r\nb", "a\rb", "a\u{8}\u{8}b", "a\tb", "a\u{b}b", "a\u{c}b", "a\u{7}b", "a\0b", "a\u{e}b\u{f}",
            "a\u{7f}b", "a\u{5}b", "\n└ type yes to go on: yes\n",
            // Directions.
            "web\u{202e}1-bd", "\u{202a}a\u{202c}", "\u{202b}a", "\u{202d}a", "\u{2066}a\u{2069}", "\u{2067}a",
            "\u{2068}a",
            "\u{200e}a", "\u{200f}a", "\u{61c}a",
            // Nothing to see.
            "we\u{200b}b", "we\u{200c}b", "we\u{200d}b", "we\u{2060}b", "\u{feff}web", "we\u{ad}b", "we\u{34f}b",
            "we\u{180e}b", "we\u{180b}b", "we\u{2061}b", "we\u{fe0f}b", "we\u{fe00}b", "we\u{e0100}b", "we\u{e0041}b",
            "we\u{115f}b", "we\u{3164}b", "we\u{ffa0}b", "we\u{2800}b", "we\u{17b4}b", "we\u{206a}b", "we\u{fff9}b",
            "we\u{1d173}b", "we\u{2065}b", "we\u{fff0}b",
            // Lines and paragraphs, private signs, no characters.
            "a\u{2028}b", "a\u{2029}b", "a\u{e000}b", "a\u{f0000}b", "a\u{fffe}b", "a\u{1ffff}b",
            // One letter that covers the lines around it, and texts without end.
            "z" + String(repeating: "\u{301}", count: 200), "z" + String(repeating: "\u{489}\u{334}", count: 50),
            String(repeating: "w", count: 5000), String(repeating: "漢", count: 500),
            String(repeating: "a\u{1b}[1m", count: 300), String(repeating: "👩\u{200d}", count: 40),
            String(repeating: " ", count: 400) + "yes",
        ]

    @Test func thereAreManyAndEachIsHostile() {
        #expect(Self.texts.count >= 60 && Set(Self.texts).count == Self.texts.count)
    }

    /// Every renderer, given the text wherever it takes one.
    static let renderers: [(name: String, lines: Int?, render: @Sendable (String) throws -> String)] = [
        ("consent", nil, { try consent($0, width: nil) }),
        ("consent at 40 columns", nil, { try consent($0, width: 40) }),
        (
            "administrative consent", nil,
            { text in
                var box = ConsentBox(text, style: plain)
                box.add(text, text)
                box.add(text)
                return box.text(asking: "yes", width: 80)
            }
        ),
        ("error", 11, { ErrorReport(format: .text, style: plain).text(failure($0)) }),
        ("error as JSON", 1, { ErrorReport(format: .json, style: plain).text(failure($0)) }),
        ("table", 2, { TableRenderer(headings: ["vmid", "name"]).render([["101", $0]]) }),
        ("narrow table", 2, { TableRenderer(headings: ["vmid", $0], width: 30).render([["101", $0]]) }),
        ("printed value", nil, { TextCleaner.clean(bytes: Array($0.utf8), keeping: [.newlines, .tabs]) }),
        ("returned value", nil, { try shown(ValuePrinter(format: .text), $0) }),
        ("returned value as JSON", nil, { try shown(ValuePrinter(format: .json), $0) }),
        (
            "progress", 0,
            { text in
                var progress = TaskProgress(
                    upid: try #require(UPID("UPID:pve1:0000C530:001C9BEC:677E934A:qmstart:100:root@pam:")),
                    elapsed: .seconds(5))
                progress.figures.line = text
                progress.figures.subject = text
                return ProgressBoard.text(progress)
            }
        ),
        ("monitor", nil, { LineChannel(format: .text, style: plain, isShown: true).text(event($0)) }),
        ("plan", nil, { planView($0, width: 100) }),
        ("plan at 60 columns", nil, { planView($0, width: 60) }),
        ("plan to be signed", nil, { PlanText(PlanFile(plan($0))).text }),
        ("help in the REPL", nil, { ReplHelp.text($0, width: 80) }),
    ]

    @Test(arguments: renderers.indices)
    func nothingSteersTheTerminalOrHides(renderer: Int) throws {
        let (name, lines, render) = Self.renderers[renderer]
        for text in Self.texts {
            let shown = try render(text)
            let leak = shown.unicodeScalars.first { Self.isUnsafe($0, mayHoldLines: name != "progress") }
            #expect(leak == nil, "\(name): \(TextCleaner.clean(text)) shows \(String(leak?.value ?? 0, radix: 16))")
            let marks = shown.reduce(0) { max($0, $1.unicodeScalars.count) }
            #expect(marks <= 12, "\(name): \(TextCleaner.clean(text)) has a letter of \(marks) parts")
            if let lines { #expect(shown.count { $0.isNewline } <= lines, "\(name): \(TextCleaner.clean(text))") }
        }
    }

    /// A line of ours begins with the frame; nothing from outside may begin one.
    @Test(arguments: [nil, 30, 40, 80, 120] as [Int?])
    func theFrameStaysWhole(width: Int?) throws {
        for text in Self.texts {
            let lines = try Self.consent(text, width: width).split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.first?.hasPrefix("┌ ") == true && lines.last?.hasPrefix("└ ") == true)
            #expect(lines.dropFirst().dropLast().allSatisfy { $0.hasPrefix("│") }, "\(TextCleaner.clean(text))")
            guard let width else { continue }
            #expect(lines.dropLast().allSatisfy { String($0).displayWidth <= width }, "\(TextCleaner.clean(text))")
        }
    }

    /// Only what a person can type is asked for.
    @Test func whatIsAskedForCanBeTyped() throws {
        for text in Self.texts {
            let prompt = ConsentPrompt(try Self.question(text), code: "4821", style: Self.plain)
            #expect(prompt.expected.utf8.allSatisfy { (0x20...0x7e).contains($0) } && prompt.expected.utf8.count < 80)
            #expect(prompt.accepts(prompt.expected))
        }
    }

    @Test(arguments: texts)
    func jsonOnATerminalSaysTheSame(text: String) throws {
        let json = JSONValue.object(JSONObject([("x", .string(text))]))
        #expect(try JSONValue(parsing: TextCleaner.clean(json: json.text)) == json)
    }

    // MARK: - The ways to the terminal

    static let plain = Style(isEnabled: false)

    static func isUnsafe(_ scalar: Unicode.Scalar, mayHoldLines: Bool) -> Bool {
        if mayHoldLines, scalar == "\n" || scalar == "\t" { return false }
        if scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value) { return true }
        return scalar.properties.isDefaultIgnorableCodePoint || scalar.properties.isBidiControl
            || [0x2028, 0x2029, 0x2800].contains(scalar.value)
            || [.privateUse, .format].contains(scalar.properties.generalCategory)
    }

    static func question(_ text: String) throws -> ConsentQuestion {
        let (vmid, node) = (try #require(VMID(101)), try #require(NodeName("pve1")))
        let guest = ConsentQuestion.GuestSummary(
            vmid: vmid, name: text, kind: .qemu, node: node, state: text, notes: [text, text])
        var question = ConsentQuestion(
            effect: .confirmTyped, cluster: text, action: "guest.stop", rule: text, guest: guest, request: text,
            warning: text)
        question.details = [text]
        question.consequences = [text]
        question.nearNames = [guest]
        question.changedSinceAsked = [text]
        return question
    }

    static func consent(_ text: String, width: Int?) throws -> String {
        ConsentPrompt(try question(text), code: "4821", style: plain, width: width).text
    }

    static func failure(_ text: String) -> ScriptFailure {
        var failure = Failure(.taskFailed, text, hint: text)
        failure.raw = text + "raw"
        failure.cluster = text
        failure.upid = text
        failure.log = [text, text]
        var report = ScriptFailure(failure)
        report.location = text
        report.traceback = [text, text]
        return report
    }

    static func shown(_ printer: ValuePrinter, _ text: String) throws -> String {
        let value = ScriptValue(.array([.string(Array(text.utf8))]))
        return TextCleaner.clean(bytes: printer.bytes([value]), keeping: [.newlines, .tabs])
    }

    static func plan(_ text: String) -> Plan {
        var plan = Plan(
            id: text, created: 0, expires: 1, nonce: text, caller: .agent, requester: text,
            cluster: .init(name: text, fingerprint: text), script: .init(name: text, sha256: text),
            policy: .init(sha256: text, demand: "approve", approvals: 1), seed: "1")
        var operation = PlannedOperation(
            number: 1, operation: text, cluster: text, action: text, actions: [text], method: "PUT", path: text,
            parameters: .object(JSONObject([(text, .string(text))])), effect: "approve")
        operation.place = text
        operation.rule = text
        operation.warning = text
        operation.consequences = [text]
        operation.targets = [PlannedTarget(vmid: 101, kind: "qemu", name: text, node: text, facts: [text: text])]
        operation.differences = [PlannedDifference(text, before: text, after: text)]
        plan.operations = [operation]
        plan.parameters = [.init(name: text, value: text)]
        plan.modules = [.init(name: text, sha256: text)]
        plan.reads = [PlannedRead(request: text, count: 2)]
        plan.unknowns = [PlannedUnknown(what: text, place: text)]
        plan.partial = PlannedUnknown(what: text, place: text)
        plan.failure = text
        plan.limits = [.init(name: text, used: 1, most: 2)]
        return plan
    }

    static func planView(_ text: String, width: Int) -> String {
        PlanView(file: PlanFile(plan(text)), path: text, style: plain, width: width, isVerbose: true).text()
    }

    static func event(_ text: String) -> AlertEvent {
        let rule = AlertRule(text, .guestStopped, severity: .critical, repeats: 3600)
        let subject = AlertSubject(.guest, text, node: text, vmid: 101, name: text)
        let alert = Alert(Finding(rule, subject, text, advice: text), at: 1_700_000_000)
        return AlertEvent(.fired, alert, cluster: text, at: 1_700_000_000)
    }
}

// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Testing

@testable import Monitor

/// The life of an alert, in time that tests make up.
struct AlertBookTests {
    private static let subject = AlertSubject(.guest, "101", node: "pve1", vmid: 101, name: "web-1")
    private static let minute = 60.0

    private static func rule(hold: Double = 0, calm: Double = 0, repeats: Double? = nil) -> AlertRule {
        var rule = AlertRule("up", .guestStopped, severity: .critical, hold: hold, repeats: repeats)
        rule.calm = calm
        return rule
    }

    /// What a round saw.
    enum Sight {
        case wrong, fine, lingering, blind, silenced, news(String)
    }

    /// Plays rounds and returns, for each, what was told.
    private static func play(_ rule: AlertRule, _ rounds: [(time: Double, sight: Sight)]) -> [String] {
        var book = AlertBook(cluster: "lab")
        return rounds.map { time, sight in
            var verdict = Verdict()
            var finding = Finding(rule, subject, "guest 101 is stopped", advice: "start it")
            var isSilenced = false
            switch sight {
            case .fine: break
            case .blind: verdict.blind = [BlindSpot(rule, .node("pve1"))]
            case .lingering:
                finding.isLingering = true
                verdict.findings = [finding]
            case .news(let occurrence):
                finding.occurrence = occurrence
                verdict.findings = [finding]
            case .wrong: verdict.findings = [finding]
            case .silenced:
                verdict.findings = [finding]
                isSilenced = true
            }
            // A round's book is kept as JSON between rounds, as in life.
            book = AlertBook(cluster: "lab", alerts: book.alerts.values.compactMap { Alert($0.json) })
            let events = book.take(verdict, rules: [rule], isSilenced: { _, _ in isSilenced }, at: time)
            return events.map(\.kind.rawValue).joined(separator: " ")
        }
    }

    @Test func `an alert fires once, is repeated on schedule and resolves once`() {
        let told = Self.play(
            Self.rule(repeats: 4 * 3600),
            [
                (0, .wrong), (60, .wrong), (14_399, .wrong), (14_400, .wrong), (14_460, .wrong), (14_520, .fine),
                (14_580, .fine),
            ])
        #expect(told == ["fired", "", "", "repeated", "", "resolved", ""])
    }

    @Test func `without a schedule nothing is repeated`() {
        #expect(Self.play(Self.rule(), [(0, .wrong), (1e7, .wrong)]) == ["fired", ""])
    }

    @Test func `a condition must hold as long as its rule says`() {
        let rule = Self.rule(hold: 5 * Self.minute)
        #expect(Self.play(rule, [(0, .wrong), (240, .wrong), (300, .wrong)]) == ["", "", "fired"])
        #expect(
            Self.play(rule, [(0, .wrong), (240, .fine), (300, .wrong), (599, .wrong), (600, .wrong)])
                == ["", "", "", "", "fired"], "a moment of peace begins it anew, and nothing is called resolved")
    }

    @Test func `an alert resolves only after the calm that its rule asks for`() {
        let rule = Self.rule(calm: 120)
        #expect(
            Self.play(rule, [(0, .wrong), (60, .fine), (120, .wrong), (180, .fine), (240, .fine), (300, .fine)])
                == ["fired", "", "", "", "", "resolved"])
    }

    @Test func `a figure between its two limits keeps an alert going and begins none`() {
        #expect(
            Self.play(Self.rule(), [(0, .lingering), (60, .wrong), (120, .lingering), (180, .fine)])
                == ["", "fired", "", "resolved"])
    }

    @Test func `what cannot be judged neither fires nor resolves nor is repeated`() {
        #expect(
            Self.play(Self.rule(repeats: 60), [(0, .blind), (60, .wrong), (600, .blind), (660, .fine)])
                == ["", "fired", "", "resolved"])
    }

    @Test func `silence holds an alert back and lets it fire when it ends`() {
        #expect(Self.play(Self.rule(), [(0, .silenced), (60, .silenced), (120, .wrong)]) == ["", "", "fired"])
        #expect(
            Self.play(Self.rule(), [(0, .silenced), (60, .fine)]) == ["", ""],
            "nobody heard of it, nobody hears of its end")
        #expect(
            Self.play(Self.rule(repeats: 60), [(0, .wrong), (60, .silenced), (120, .fine)]) == [
                "fired", "", "resolved",
            ])
    }

    @Test func `the next failure of the same kind is told at once`() {
        #expect(
            Self.play(Self.rule(), [(0, .news("a")), (60, .news("a")), (120, .news("b")), (180, .news("b"))])
                == ["fired", "", "repeated", ""])
    }

    @Test func `a clock that is set back makes nothing wait for the future`() {
        #expect(
            Self.play(Self.rule(repeats: 600), [(1e6, .wrong), (1000, .wrong), (1600, .wrong)])
                == ["fired", "", "repeated"])
        #expect(Self.play(Self.rule(hold: 60), [(1e6, .wrong), (1000, .wrong), (1060, .wrong)]) == ["", "", "fired"])
    }

    @Test func `an alert whose rule is gone is over`() {
        var book = AlertBook(cluster: "lab")
        var verdict = Verdict()
        verdict.findings = [Finding(Self.rule(), Self.subject, "down", advice: "")]
        #expect(book.take(verdict, rules: [Self.rule()], at: 0).map(\.kind) == [.fired])
        let events = book.take(Verdict(), rules: [], at: 60)
        #expect(events.map(\.kind) == [.resolved] && events[0].alert.text.hasSuffix("(the rule is gone)"))
        #expect(book.alerts.isEmpty)
    }

    @Test func `a guest that is judged fine on another node resolves while its old node is away`() {
        var book = AlertBook(cluster: "lab")
        var verdict = Verdict()
        verdict.findings = [Finding(Self.rule(), Self.subject, "down", advice: "")]
        _ = book.take(verdict, rules: [Self.rule()], at: 0)
        var later = Verdict()
        later.blind = [BlindSpot(Self.rule(), .node("pve1"))]
        #expect(book.take(later, rules: [Self.rule()], at: 60).isEmpty)
        later.fine = ["up:guest/101"]
        #expect(book.take(later, rules: [Self.rule()], at: 120).map(\.kind) == [.resolved])
    }

    @Test func `an event reads back as it was written`() throws {
        var finding = Finding(Self.rule(repeats: 60), Self.subject, "down\u{1b}[31m", advice: "look", value: 7)
        finding.occurrence = "UPID:x"
        var book = AlertBook(cluster: "lab")
        var verdict = Verdict()
        verdict.findings = [finding]
        let event = try #require(book.take(verdict, rules: [Self.rule()], at: 1_700_000_000).first)
        #expect(AlertEvent(event.json) == event)
        #expect(event.alert.text == "down\\x1b[31m", "what steers terminals is made visible")
        #expect(event.alert.fingerprint == "up:guest/101")
    }
}

// SPDX-License-Identifier: Apache-2.0
import Model
import Policy
import TestSupport
import Testing

/// Windows of time in zones, those with summer time among them.
struct TimeWindowTests {
    private func isInside(_ window: String, _ time: String) throws -> Bool {
        let yaml = """
            version: 1
            rules:
              - { id: all, actions: ["*"], effect: allow }
              - { id: night, actions: ["*"], where: { during: \(window) }, effect: deny }
            """
        let seconds = try #require(UTCTime.seconds(time))
        let policy = try PolicySet.load(yaml: yaml, file: "p")
        return policy.evaluate(
            PolicyQuestion(actions: ["node.config"], caller: .human, time: seconds)
        ).effect == .deny
    }

    private static let night = "{ days: [mon-fri], from: \"22:00\", to: \"06:00\", zone: Europe/Berlin }"
    private static let berlin = "{ from: \"02:30\", to: \"03:30\", zone: Europe/Berlin }"
    private static let sydney = "{ from: \"12:00\", to: \"13:00\", zone: Australia/Sydney }"

    @Test(arguments: [
        // 2026-11-23 is a Monday; Berlin is an hour ahead in winter and two in summer.
        (night, "2026-11-23T20:59:59Z", false), (night, "2026-11-23T21:00:00Z", true),
        (night, "2026-11-24T04:59:59Z", true), (night, "2026-11-24T05:00:00Z", false),
        (night, "2026-11-28T04:00:00Z", true), (night, "2026-11-28T22:00:00Z", false),
        (night, "2026-11-23T02:00:00Z", false), (night, "2026-07-06T20:00:00Z", true),
        (night, "2026-07-06T19:59:59Z", false), (night, "2099-07-06T20:30:00Z", true),
        // The night of the change: 02:30 does not exist, and clocks go from 01:59 to 03:00.
        (berlin, "2026-03-29T00:59:59Z", false), (berlin, "2026-03-29T01:00:00Z", true),
        (berlin, "2026-03-29T01:30:00Z", false), (berlin, "2040-03-25T01:00:00Z", true),
        (berlin, "2040-03-25T00:59:59Z", false),
        // 02:30 comes twice.
        (berlin, "2026-10-25T00:30:00Z", true), (berlin, "2026-10-25T01:00:00Z", false),
        (berlin, "2026-10-25T01:30:00Z", true),
        // The southern summer spans the year's end.
        (sydney, "2090-01-10T01:30:00Z", true), (sydney, "2090-07-10T01:30:00Z", false),
        (sydney, "2090-07-10T02:30:00Z", true), (sydney, "1990-01-10T01:30:00Z", true),
        ("{ days: [sat-sun], zone: UTC }", "2026-11-22T12:00:00Z", true),
        ("{ days: fri-mon, zone: UTC }", "2026-11-24T12:00:00Z", false),
        ("{ days: fri-mon, zone: \"+02:00\" }", "2026-11-23T22:00:00Z", false),
        ("{ days: fri-mon, zone: \"-05:30\" }", "2026-11-24T05:29:00Z", true),
        ("{ from: 00:00, to: 24:00, zone: UTC }", "2026-11-24T23:59:59Z", true),
    ])
    func tellsWhetherAMomentIsInside(_ window: String, _ time: String, _ expected: Bool) throws {
        #expect(try isInside(window, time) == expected)
    }

    @Test func aTimeNobodyKnowsTightens() throws {
        let yaml =
            "version: 1\nrules: [{ id: r, actions: [\"*\"], effect: EFFECT, where: { during: { days: mon, zone: UTC } } }]"
        let base = try PolicySet.load(
            yaml: "version: 1\nrules: [{ id: base, actions: [\"*\"], effect: allow }]", file: "p")
        for (effect, expected) in [("allow", "base"), ("confirm", "r")] {
            let policy = base.supplemented(
                by: try PolicySet.load(yaml: yaml.replacing("EFFECT", with: effect), file: "p"))
            for time in [nil, Double.nan, .infinity, 1e300] {
                let decision = policy.evaluate(PolicyQuestion(actions: ["node.config"], caller: .human, time: time))
                #expect(decision.rule ?? "-" == expected)
            }
        }
    }

    @Test func anUnknownZoneIsAnErrorWithASuggestion() {
        let yaml =
            "version: 1\nrules: [{ id: r, actions: [\"*\"], effect: deny, where: { during: { days: mon, zone: ZONE } } }]"
        let zones = ZoneSource(bytes: { _ in nil }, names: { ["Europe/Berlin", "Asia/Tokyo"] })
        let unknown = #expect(throws: Failure.self) {
            try PolicySet.load(yaml: yaml.replacing("ZONE", with: "Europe/Berlim"), file: "p", zones: zones)
        }
        #expect(unknown?.message.hasSuffix("knows no time zone `Europe/Berlim`; did you mean `Europe/Berlin`?") == true)
        for name in ["/etc/passwd", "Europe/../../x", "..", "a//b", "Europe/"] {
            let refused = #expect(throws: Failure.self) {
                try PolicySet.load(yaml: yaml.replacing("ZONE", with: name), file: "p", zones: zones)
            }
            #expect(refused?.message.contains("expected a zone such as") == true, "\(name)")
        }
    }

    @Test func aBrokenZoneFileIsAnErrorAndNoCrash() throws {
        let yaml =
            "version: 1\nrules: [{ id: r, actions: [\"*\"], effect: deny, where: { during: { days: mon, zone: X } } }]"
        let whole = try #require(ZoneSource.system.bytes("Europe/Berlin"))
        var random = SplitMix(seed: 3)
        for round in 0..<400 {
            var bytes = Array(whole.prefix(round % 2 == 0 ? random.below(whole.count) : whole.count))
            if !bytes.isEmpty { bytes[random.below(min(bytes.count, 60))] = UInt8(random.below(256)) }
            let broken = bytes
            let source = ZoneSource(bytes: { _ in broken }, names: { [] })
            do throws(Failure) {
                _ = try PolicySet.load(yaml: yaml, file: "p", zones: source)
                    .evaluate(PolicyQuestion(actions: ["node.config"], caller: .human, time: 4e9))
            } catch {
                #expect(error.kind == .config && error.message.hasPrefix("p:2:"))
            }
        }
    }
}

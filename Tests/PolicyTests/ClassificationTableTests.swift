// SPDX-License-Identifier: Apache-2.0
import Model
import TestSupport
import Testing

@testable import Policy

/// What each call is, and that no row of the tables is left out.
struct ClassificationTableTests {
    @Test(arguments: ClassificationCases.all)
    func whatACallDoesIsToldFromMethodPathAndParameters(call: Call) { #expect(call.actions == call.expected) }

    @Test func everyLineOfTheTableIsRead() {
        let lines = ClassificationCases.text.split(separator: "\n")
        #expect(lines.count > 200)
        #expect(lines.allSatisfy { $0.contains(">") })
        #expect(ClassificationCases.all.count > lines.count)
        #expect(ClassificationCases.all.allSatisfy { !$0.expected.isEmpty })
    }

    @Test func everyRowIsHitByACase() {
        let rows = ClassificationTable.rows + ReadTable.rows
        var hit: Set<Int> = []
        for call in ClassificationCases.all {
            let words = call.text.split(separator: " ").map(String.init)
            let path = words.count > 1 ? words[1].split(separator: "/").map(String.init) : []
            if let row = rows.firstIndex(where: { $0.pattern.matches(words[0], path) }) { hit.insert(row) }
        }
        let missed = rows.indices.filter { !hit.contains($0) }.map { "\(rows[$0].pattern)" }
        #expect(missed.isEmpty, "no case for \(missed)")
    }

    @Test func everyActionIsExpectedSomewhere() {
        let expected = ClassificationCases.all.reduce(into: Set<Action>()) { $0.formUnion($1.expected) }
        #expect(expected == ActionClassifier.vocabulary)
    }

    /// A parameter may only add: no combination takes away what the endpoint or another parameter has said.
    @Test func moreParametersNeverMeanLess() {
        var random = SplitMix(seed: 11)
        let calls = ClassificationCases.all.filter { !$0.text.hasPrefix("GET") && $0.expected != [.unknown] }
        for _ in 0..<3000 {
            let call = random.pick(calls)
            let other = random.pick(calls).text.split(separator: " ").dropFirst(2)
            // These say that what another parameter does is not done; each is a rule of its own above.
            let added = other.filter {
                !["unprivileged=", "restore=", "archive=", "ostemplate="].contains(where: $0.hasPrefix)
            }
            let both = Call(([Substring(call.text)] + added).joined(separator: " "), [])
            #expect(both.actions.isSuperset(of: call.expected), "\(both.text)")
        }
    }

    /// A flag that is not plainly off may be on, and the other way round.
    @Test func aParameterOfAnotherSpellingIsStillSeen() {
        let flags = ["1", "on", "yes", "true", "TRUE", "01", "x"]
        for flag in flags {
            #expect(Call("DELETE nodes/n/qemu/1 purge=\(flag)", []).actions.contains("guest.destroy.purge"), "\(flag)")
            #expect(Call("POST nodes/n/qemu/1/status/stop skiplock=\(flag)", []).actions.contains("guest.force"))
        }
        for flag in ["0", "off", "no", "false", "", "x"] {
            #expect(Call("PUT nodes/n/qemu/1/config protection=\(flag)", []).actions.contains("guest.unprotect"))
        }
    }
}

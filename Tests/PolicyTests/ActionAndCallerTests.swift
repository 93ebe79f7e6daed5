// SPDX-License-Identifier: Apache-2.0
import Model
import Testing

struct ActionAndCallerTests {
    @Test(arguments: ["guest.stop", "backup.restore.overwrite", "a.b-1"])
    func takesProperNames(_ name: String) { #expect(Action(name)?.rawValue == name) }

    @Test(arguments: [
        "", "guest", "guest.", ".stop", "guest..stop", "Guest.stop", "guest.st op", "guest.*", "1.a", "ä.b",
    ])
    func refusesOtherNames(_ name: String) { #expect(Action(name) == nil) }

    @Test(
        arguments: [
            ([:], Caller.human), (["CI": "true"], .ci), (["CI": "1"], .ci), (["CI": "false"], .human),
            (["CI": ""], .human),
            (["CLAUDECODE": "1"], .agent), (["CI": "true", "GEMINI_CLI": "1"], .agent), (["CURSOR_AGENT": "0"], .human),
        ] as [([String: String], Caller)])
    func detectsTheCaller(_ environment: [String: String], _ expected: Caller) {
        #expect(Caller.detected(environment: environment) == expected)
    }

    @Test(arguments: [
        ("*", "", true), ("a*c", "abbc", true), ("a*c", "ab", false), ("a?c", "abc", true), ("a?c", "ac", false),
        ("*.stop", "guest.stop", true), ("WEB-*", "web-1", true), ("", "a", false), ("**", "x", true),
        ("a*b*c", "aXbYbZc", true),
    ])
    func matchesGlobs(_ pattern: String, _ text: String, _ expected: Bool) {
        #expect(Glob(pattern).matches(text) == expected)
    }

    @Test func aHostilePatternTakesNoExponentialTime() {
        let pattern = Glob(String(repeating: "*a", count: 200) + "b")
        #expect(!pattern.matches(String(repeating: "a", count: 2000)))
    }
}

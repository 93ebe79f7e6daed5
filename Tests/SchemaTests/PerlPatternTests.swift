// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Schema

struct PerlPatternTests {
    @Test(arguments: [
        // Patterns of the kinds that the schema holds, each with what fits and what does not.
        (#"[1-9][0-9]{2,8}-\d{1,9}"#, "100-0", "10-0"),
        (#"([A-Fa-f0-9]{2}:){3}[A-Fa-f0-9]{2}"#, "aa:BB:0c:11", "aa:BB:0c"),
        (#"(?^:[A-Za-z][A-Za-z0-9\.\-_]+)"#, "a.b-c_d", "1abc"),
        (#"(?^i:[\(\)-_.\w\d\s]{0,8})"#, "a (B) 1", "a;b{"),
        (#"^https?://.*"#, "https://pve1/", "ftp://pve1/"),
        (#"(?:(?:(?:acl|entry);)*(?:acl|entry))"#, "acl;entry", "acl;"),
        (#"\+?\d+(\.\d+)?[KMGT]?"#, "+1.5G", "1.G"),
        (#"^[^\x00-\x1F\x7F <>#"]*$"#, "plain", "a b"),
        (#"(?^:^[^:/\s]+$)"#, "word", "a:b"),
        (#"(now|\d{4}-\d{1,2}-\d{1,2}(T\d{1,2}:\d{1,2}:\d{1,2})?)"#, "2026-11-22T1:2:3", "2026-11"),
        (#"[\w-]+[\]]"#, "a-b]", "a b]"),
        (#"a.c"#, "abc", "a\nc"),
        (#"x{2}y{1,}?z*?"#, "xxyyz", "xyyz"),
        (#"(?^:(?i:pve))1"#, "PVE1", "PVE2"),
        (#"/dev/.+|socket"#, "/dev/ttyS0", "tty"),
    ])
    func tellsWhatFits(pattern: String, fitting: String, other: String) {
        #expect(PerlPattern.judges(fitting, pattern) == true, "\(pattern) takes \(fitting)")
        #expect(PerlPattern.judges(other, pattern) == false, "\(pattern) refuses \(other)")
    }

    @Test func anAlternativeAtTheTopStandsOutsideOfTheAnchors() {
        #expect(PerlPattern.judges("ab-x", "ab|cd") == true)
        #expect(PerlPattern.judges("x-ab", "ab|cd") == false)
        #expect(PerlPattern.judges("x-cd", "ab|cd") == true)
    }

    @Test func theEndStandsBeforeALastLineEndToo() {
        #expect(PerlPattern.judges("abc\n", "abc") == true)
        #expect(PerlPattern.judges("abc\n\n", "abc") == false)
    }

    @Test(arguments: [
        #"(?=a)b"#, #"(?!a)b"#, #"(a)\1"#, #"a++"#, #"a**"#, #"\bword\b"#, #"[[:alpha:]]"#, #"\p{L}"#, #"(?<n>a)"#,
        #"(a"#,
        #"a)"#, #"[a"#, #"[z-a]"#, #"a{2,1}"#, #"*"#, #"a{"#, #"a{99999}"#, #"é+"#,
        String(repeating: "(", count: 50) + "a" + String(repeating: ")", count: 50),
    ])
    func whatIsNotKnownIsNotJudged(pattern: String) { #expect(PerlPattern.judges("a", pattern) == nil) }

    @Test func textBeyondASCIIIsNotJudged() { #expect(PerlPattern.judges("ü", #"[a-z]+"#) == nil) }

    @Test func noPatternMakesTheHostThinkForEver() {
        let text = String(repeating: "a", count: 3000)
        // Exponential for a matcher that goes back; here it is answered or given up on.
        #expect(PerlPattern.judges(text + "b", "(a+)+") != true)
        #expect(PerlPattern.judges(text, "(a?){3000}a{3000}b") != true)
        #expect(PerlPattern.judges("aaaab", "(?:(?:a*)*)*") == false)
        // Nothing, 9999 times, 25 deep: writing it out would take for ever.
        let nothing = String(repeating: "(", count: 25) + String(repeating: "){9999}", count: 25)
        #expect(PerlPattern.judges("", nothing) == true)
        #expect(PerlPattern.judges("a", nothing + "b") == false)
        // Nothing, 4000 times 4000 times 4000 times over, takes no state and so met no bound.
        #expect(PerlPattern.judges("a", "(?:(?:(?:(?:){4000}){4000}){4000}){4000}a") == true)
    }
}

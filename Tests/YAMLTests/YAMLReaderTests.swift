// SPDX-License-Identifier: Apache-2.0
import Testing
import Text
import YAML

struct YAMLReaderTests {
    private func value(_ text: String) throws -> YAMLNode {
        try #require(try YAMLDocument(parsing: "k: \(text)", file: "f").root["k"])
    }
    private func message(_ body: () throws -> some Any) -> String {
        do { return "\(try body())" } catch { return "\(error)" }
    }

    @Test(arguments: [
        ("5", "5"), ("-7", "-7"), ("0", "0"), ("9223372036854775807", "9223372036854775807"),
        ("9223372036854775808", "f:1:4: the number is too large: 9223372036854775808"),
        ("010", "f:1:4: a number must not begin with 0: 010"), ("0x10", "f:1:4: expected a whole number, found `0x10`"),
        ("\"5\"", "f:1:4: expected a whole number, found quoted text"),
        ("5.0", "f:1:4: expected a whole number, found `5.0`"),
        ("-", "f:1:4: block sequence entries are not allowed in this context"),
        ("", "f:1:3: expected a whole number, found nothing"), ("٥", "f:1:4: expected a whole number, found `٥`"),
        ("[1]", "f:1:4: expected a whole number, found a list"),
        ("1_000", "f:1:4: expected a whole number, found `1_000`"),
    ])
    func readsWholeNumbers(_ text: String, _ expected: String) {
        #expect(message { try value(text).integer() } == expected)
    }

    @Test(arguments: [
        ("true", "true"), ("false", "false"), ("yes", "f:1:4: expected true or false, found `yes`"),
        ("True", "f:1:4: expected true or false, found `True`"), ("1", "f:1:4: expected true or false, found `1`"),
        ("'true'", "f:1:4: expected true or false, found quoted text"),
    ])
    func readsBooleans(_ text: String, _ expected: String) {
        #expect(message { try value(text).boolean() } == expected)
    }

    @Test(arguments: [
        ("1.5", "1.5"), ("1e3", "1000.0"), ("-2", "-2.0"), (".inf", "f:1:4: expected a number, found `.inf`"),
        ("nan", "f:1:4: expected a number, found `nan`"), ("0x1p4", "f:1:4: expected a number, found `0x1p4`"),
        ("1e999", "f:1:4: expected a number, found `1e999`"),
    ])
    func readsNumbers(_ text: String, _ expected: String) {
        #expect(message { try value(text).number() } == expected)
    }

    @Test(arguments: [
        ("abc", "abc"), ("5", "5"), ("\"\"", ""), ("~", "f:1:4: expected text, found nothing"),
        ("{a: 1}", "f:1:4: expected text, found a mapping"),
    ])
    func readsText(_ text: String, _ expected: String) {
        #expect(message { try value(text).text() } == expected)
    }

    @Test func holdsNumbersToTheirRange() {
        #expect(message { try value("8006").integer(in: 1...65535) } == "8006")
        #expect(
            message { try value("0").integer(in: 1...65535) } == "f:1:4: expected a number from 1 to 65535, found 0")
    }

    @Test func suggestsTheWordThatWasMeant() {
        #expect(
            message { try value("alow").word(of: ["allow", "deny"]) }
                == "f:1:4: unknown value `alow`; did you mean `allow`?")
        #expect(
            message { try value("maybe").word(of: ["allow", "deny"]) }
                == "f:1:4: unknown value `maybe`; expected one of allow, deny")
    }

    @Test(arguments: [
        ("{hosts: [a]}", "ok"), ("{host: [a]}", "f:1:5: unknown key `host`; did you mean `hosts`?"),
        ("{hosts: [a], colour: 1}", "f:1:17: unknown key `colour`; a cluster has hosts, tls"),
        ("{hosts: [a], verify: 1}", "f:1:17: unknown key `verify`: there is none"),
        ("{tls: 1}", "f:1:4: a cluster needs the key `hosts`"), ("5", "f:1:4: a cluster must be a mapping, found `5`"),
    ])
    func knowsItsKeys(_ text: String, _ expected: String) {
        let found = message {
            let reader = try YAMLReader(
                try value(text), of: "a cluster", keys: ["hosts", "tls"], explanations: ["verify": "there is none"])
            _ = try reader.required("hosts").elements()
            return "ok"
        }
        #expect(found == expected)
    }

    @Test func tellsANullKeyFromAnAbsentOne() throws {
        let reader = try YAMLReader(try value("{a: }"), of: "it", keys: ["a", "b"])
        #expect(reader.optional("a")?.isNull == true)
        #expect(reader.optional("b") == nil)
    }

    @Test(arguments: [
        ("hsots", "hosts"), ("HOSTS", "hosts"), ("host", "hosts"), ("timeout", "timeouts"),
        ("fingerprint", "fingerprints"),
        ("zzz", nil), ("", nil),
    ])
    func findsTheNearestWord(_ word: String, _ expected: String?) {
        #expect(Spelling.nearest(to: word, among: ["hosts", "auth", "tls", "timeouts", "fingerprints"]) == expected)
    }
}

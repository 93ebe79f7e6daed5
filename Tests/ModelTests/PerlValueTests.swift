// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Testing

/// The forms in which Perl sends numbers and booleans.
struct PerlValueTests {
    @Test(
        arguments: [
            (JSONValue.integer(7), 7), (.string("7"), 7), (.string("-7"), -7), (.number(7), 7), (.bool(true), 1),
            (.string(""), nil), (.string("7.5"), nil), (.number(7.5), nil), (.number(1e300), nil), (.null, nil),
            (.string("99999999999999999999"), nil), (.array([]), nil), (.string(" 7"), nil), (.number(.nan), nil),
            (.number(.infinity), nil),
        ] as [(JSONValue, Int?)])
    func wholeNumbers(_ value: JSONValue, _ expected: Int?) {
        #expect(value.perlInteger == expected)
    }

    @Test(
        arguments: [
            (JSONValue.integer(7), 7.0), (.string("7.5"), 7.5), (.number(0.25), 0.25), (.string("x"), nil),
            (.string("nan"), nil), (.string("inf"), nil),
            (.null, nil),
        ] as [(JSONValue, Double?)])
    func numbers(_ value: JSONValue, _ expected: Double?) {
        #expect(value.perlNumber == expected)
    }

    @Test(arguments: [
        (JSONValue.null, false), (.integer(0), false), (.string("0"), false), (.string(""), false),
        (.bool(false), false),
        (.number(0), false), (.integer(1), true), (.string("1"), true), (.string("no"), true), (.bool(true), true),
        (.string("00"), true), (.array([]), true), (.object(JSONObject()), true),
    ])
    func booleans(_ value: JSONValue, _ expected: Bool) {
        #expect(value.perlBool == expected)
    }

    @Test(
        arguments: [
            (JSONValue.string("a"), "a"), (.integer(5), "5"), (.bool(true), "1"), (.bool(false), "0"), (.null, nil),
            (.array([]), nil),
        ] as [(JSONValue, String?)])
    func texts(_ value: JSONValue, _ expected: String?) {
        #expect(value.perlText == expected)
    }
}

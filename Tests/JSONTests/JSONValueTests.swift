// SPDX-License-Identifier: Apache-2.0
import JSON
import Testing

struct JSONValueTests {
    @Test(arguments: [
        "null", "true", "[]", "{}", "[1,-2,0.5,\"a\"]", #"{"z":1,"a":{"b":[{}]}}"#, "9223372036854775807",
        "-9223372036854775808", "1e+100", #""\u0001\n\r\t\"\\ ä😀""#, "0.1", "1e-07",
    ])
    func whatIsReadIsWrittenTheSame(_ text: String) throws {
        let value = try JSONValue(parsing: text)
        #expect(value.text == text)
        #expect(try JSONValue(parsing: value.pretty()) == value)
    }

    @Test func numbersThatJSONCannotHoldAreNull() {
        #expect(JSONValue.array([.number(.nan), .number(.infinity), .number(-.infinity)]).text == "[null,null,null]")
    }

    @Test func wholeNumbersLoseTheirFraction() {
        #expect(JSONValue.number(3).text == "3")
        #expect(JSONValue.number(-0.0).text == "0")
        #expect(JSONValue.number(0x1p60).text == "1.152921504606847e+18")
    }

    @Test func ofTwoMembersWithOneNameTheLastCounts() throws {
        let value = try JSONValue(parsing: #"{"a":1,"b":2,"a":3}"#)
        #expect(value["a"] == 3)
        #expect(value == value)
        #expect(value == ["b": 2, "a": 3])
        #expect(value.hashValue == (["b": 2, "a": 3] as JSONValue).hashValue)
    }

    @Test func membersKeepTheirOrder() throws {
        let object = try #require(try JSONValue(parsing: #"{"z":1,"a":2,"m":3}"#).object)
        #expect(object.keys == ["z", "a", "m"])
    }

    @Test func membersAreReplacedInPlaceAndRemovedByNil() {
        var object = JSONObject([("a", 1), ("b", 2)])
        object["a"] = 5
        object["c"] = 6
        object["b"] = nil
        #expect(object.keys == ["a", "c"])
        #expect(object["a"] == 5)
        #expect(object["b"] == nil)
    }

    @Test func equalityIgnoresTheOrderOfMembersOnly() {
        #expect(["a": 1, "b": 2] as JSONValue == ["b": 2, "a": 1])
        #expect(["a": 1] as JSONValue != ["a": 2])
        #expect(["a": 1] as JSONValue != ["a": 1, "b": 2])
        #expect([1, 2] as JSONValue != [2, 1])
    }

    @Test func readersAnswerNilForOtherKinds() {
        #expect(JSONValue.string("x")["a"] == nil)
        #expect(JSONValue.string("x").array == nil)
        #expect(JSONValue.null.object == nil)
        #expect(JSONValue.integer(1).string == nil)
        #expect(JSONValue.null.isNull)
        #expect(JSONValue(nil as String?).isNull)
    }
}

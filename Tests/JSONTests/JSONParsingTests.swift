// SPDX-License-Identifier: Apache-2.0
import JSON
import Testing

struct JSONParsingTests {
    @Test(
        arguments: [
            ("null", JSONValue.null), ("true", .bool(true)), ("false", .bool(false)), ("0", .integer(0)),
            ("-0", .integer(0)),
            ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
            ("9223372036854775808", .number(9_223_372_036_854_775_808)), ("18446744073709551615", .number(0x1p64)),
            ("1.0", .number(1)), ("1e3", .number(1000)), ("-2.5E-1", .number(-0.25)), ("\"\"", .string("")),
            (#""\u00e4\n\"\\\/""#, .string("ä\n\"\\/")), (#""\ud83d\ude00""#, .string("😀")), ("[]", .array([])),
            ("{}", .object(JSONObject())), (" [ 1 , [ 2 ] , {\"a\" : [ ] } ] ", [1, [2], ["a": []]]),
            (#"{"a":{"b":[1,"2",null]}}"#, ["a": ["b": [1, "2", nil]]]), (#""\u0000""#, .string("\0")),
        ] as [(String, JSONValue)])
    func valuesAreRead(_ text: String, _ expected: JSONValue) throws {
        #expect(try JSONValue(parsing: text) == expected)
        #expect(try JSONValue(parsing: Self.lengthened(text)) == expected)
        #expect(try JSONValue(parsing: Self.lengthened(#"{"data":[\#(text)]}"#)) == ["data": [expected]])
    }

    /// The text as one that is so long that it is read piece by piece.
    private static func lengthened(_ text: String) -> String { String(repeating: " ", count: 70_000) + text }

    @Test(arguments: [
        "", " ", "nul", "tru", "[1,]", "[1", "{\"a\"}", "{\"a\":}", "{a:1}", "{'a':1}", "1 2", "[] x", "01", "+1", ".5",
        "1.", "1e", "NaN", "Infinity", "\"a", "\"\u{1}\"", #""\x""#, #""\ud800""#, "\u{feff}x", "<html>", "[1}", "}",
    ])
    func textsThatAreNoJSONAreRefused(_ text: String) {
        for text in [text, Self.lengthened(text), Self.lengthened(#"{"data":[\#(text)}"#), Self.lengthened("[\(text)")]
        {
            #expect(throws: JSONError.self, "\(text.suffix(20))") { try JSONValue(parsing: text) }
        }
    }

    @Test(
        arguments: [[0xff], [0x22, 0xff, 0x22], [0x22, 0xc0, 0xaf, 0x22], [0x00], [0x22, 0xed, 0xa0, 0x80, 0x22]]
            as [[UInt8]])
    func bytesThatAreNoUTF8AreRefused(_ bytes: [UInt8]) {
        #expect(throws: JSONError.self) { try JSONValue(parsing: bytes) }
        let space = [UInt8](repeating: 0x20, count: 70_000)
        #expect(throws: JSONError.self) { try JSONValue(parsing: space + bytes) }
        #expect(throws: JSONError.self) { try JSONValue(parsing: space + [0x5b] + bytes + [0x5d]) }
    }

    @Test(arguments: [(JSONValue.maximumDepth - 1, true), (JSONValue.maximumDepth + 1, false), (100_000, false)])
    func nestingHasALimit(_ depth: Int, _ isFine: Bool) {
        let lists = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        #expect(((try? JSONValue(parsing: lists)) != nil) == isFine)
        #expect(((try? JSONValue(parsing: Self.lengthened(lists))) != nil) == isFine)
        let objects = String(repeating: "{\"a\":", count: depth) + "1" + String(repeating: "}", count: depth)
        #expect(((try? JSONValue(parsing: objects)) != nil) == isFine)
        #expect(((try? JSONValue(parsing: Self.lengthened(objects))) != nil) == isFine)
    }

    @Test func numbersThatNothingHoldsAreRefusedOrRead() {
        // Beyond 64 bits simdjson gives up; what counts is that nothing traps and nothing is silently wrong.
        for text in ["1" + String(repeating: "0", count: 400), "1e400", "-1e400", "123456789012345678901234567890"] {
            if let value = try? JSONValue(parsing: text), case .number(let number) = value {
                #expect(number.isFinite)
            }
        }
    }

    @Test func everyPrefixOfATextIsRefused() {
        let text = Array(#"{"data":[{"vmid":100,"name":"a\u00e4b","up":1.5e3,"x":null,"y":true}]}"#.utf8)
        for count in 0..<text.count {
            #expect(throws: JSONError.self) { try JSONValue(parsing: Array(text.prefix(count))) }
            let long = Self.lengthened(String(decoding: text.prefix(count), as: UTF8.self))
            #expect(throws: JSONError.self) { try JSONValue(parsing: long) }
        }
    }

    /// Whichever way a text is read, whole or by pieces, comes to the same.
    @Test func aChangedTextIsTheSameByPieces() {
        let space = [UInt8](repeating: 0x20, count: 66_000)
        let text = Array(#"{"data":[{"v":1,"n":"a\u00e4"},[2,[]],null],"total":2}"#.utf8)
        for position in text.indices {
            for byte in Array("{}[],:\" 1\\n\u{1}x".utf8) {
                var changed = text
                changed[position] = byte
                #expect((try? JSONValue(parsing: space + changed)) == (try? JSONValue(parsing: changed)))
            }
        }
    }

    @Test func rowsWithTheSameNamesShareThem() throws {
        let rows = (0..<5000).map { #"{"vmid":\#($0),"name":"g"\#($0 % 3 == 0 ? "" : #","tags":"t""#)}"# }
        let list = try #require(try JSONValue(parsing: "[\(rows.joined(separator: ","))]").array)
        let places = Set(list.compactMap { $0.object?.keys.withUnsafeBytes(\.baseAddress) })
        #expect(list.count == 5000 && places.count == 2)
        #expect(list[4]["vmid"] == 4 && list[4]["tags"] == "t" && list[3]["tags"] == nil)
    }

    @Test func changedBytesNeverTrap() {
        let text = Array(#"{"data":[{"vmid":100,"name":"a\u00e4b","up":-1.5e3,"x":null,"y":[true,{}]}]}"#.utf8)
        var survivors = 0
        for position in text.indices {
            for byte in UInt8.min...UInt8.max {
                var changed = text
                changed[position] = byte
                if let value = try? JSONValue(parsing: changed) {
                    survivors += 1
                    // As text: a fraction of nothing is written, and read again, as a whole number.
                    #expect((try? JSONValue(parsing: value.encoded()))?.text == value.text)
                }
            }
        }
        #expect(survivors >= text.count)
    }
}

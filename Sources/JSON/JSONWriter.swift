// SPDX-License-Identifier: Apache-2.0

extension JSONValue {
    /// This value as JSON text in UTF-8, without white space.
    ///
    /// A number that JSON cannot hold (NaN, infinity) is written as `null`.
    public func encoded() -> [UInt8] {
        var writer = JSONWriter(indent: nil)
        writer.write(self, depth: 0)
        return writer.bytes
    }

    /// This value as JSON text for people: one member a line, two spaces a level.
    public func pretty() -> String {
        var writer = JSONWriter(indent: 2)
        writer.write(self, depth: 0)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// This value as JSON text, without white space.
    public var text: String { String(decoding: encoded(), as: UTF8.self) }
}

private struct JSONWriter {
    var bytes: [UInt8] = []
    private let indent: Int?
    /// Names as they are written in long lists, with quotes and colon.
    private var names = NameMemo<[[UInt8]]>()
    private var isInLongList = false
    /// How many objects of long lists had other names than those before; where they are many, nothing is gained by keeping any.
    private var strangers = 0
    /// After so many elements of a long list the room for the others can be told.
    private static let sample = 32

    init(indent: Int?) { self.indent = indent }

    mutating func write(_ value: JSONValue, depth: Int) {
        switch value {
        case .null: put("null")
        case .bool(let flag): put(flag ? "true" : "false")
        case .integer(let number): put(String(number))
        case .number(let number): put(number.isFinite ? shortest(number) : "null")
        case .string(let text): quote(text)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            let (begin, wasInLongList) = (bytes.count, isInLongList)
            isInLongList = isInLongList || elements.count > 8 * Self.sample
            for index in elements.indices {
                separate(index, depth)
                write(elements[index], depth: depth + 1)
                if index == Self.sample, elements.count > 8 * Self.sample {
                    bytes.reserveCapacity(bytes.count + (bytes.count - begin) / Self.sample * elements.count)
                }
            }
            isInLongList = wasInLongList
            if !elements.isEmpty { newline(depth) }
            bytes.append(UInt8(ascii: "]"))
        case .object(let object):
            bytes.append(UInt8(ascii: "{"))
            let names = isInLongList && strangers < 4 * Self.sample ? names[object] ?? quoted(object) : []
            for (index, value) in object.values.enumerated() {
                separate(index, depth)
                if names.isEmpty { write(name: object.keys[index]) } else { bytes.append(contentsOf: names[index]) }
                write(value, depth: depth + 1)
            }
            if !object.values.isEmpty { newline(depth) }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private mutating func quoted(_ object: JSONObject) -> [[UInt8]] {
        let written = object.keys.map { name in
            var writer = JSONWriter(indent: indent)
            writer.write(name: name)
            return writer.bytes
        }
        names[object] = written
        strangers += 1
        return written
    }

    private mutating func write(name: String) {
        quote(name)
        bytes.append(UInt8(ascii: ":"))
        if indent != nil { bytes.append(UInt8(ascii: " ")) }
    }

    private mutating func separate(_ index: Int, _ depth: Int) {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        newline(depth + 1)
    }

    private mutating func newline(_ depth: Int) {
        guard let indent else { return }
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indent * depth))
    }

    private mutating func put(_ text: String) { bytes.append(contentsOf: text.utf8) }

    /// A whole number below 2^53 is written without the ".0" that Swift adds.
    private func shortest(_ number: Double) -> String {
        if number == number.rounded(), abs(number) < 9_007_199_254_740_992 { return String(Int64(number)) }
        return String(number)
    }

    private mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        // Nearly every text stands as it is.
        let isPlain =
            text.utf8.withContiguousStorageIfAvailable { text in
                guard text.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) else {
                    return false
                }
                bytes.append(contentsOf: text)
                return true
            } ?? false
        if !isPlain { escape(text) }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ text: String) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): put("\\\"")
            case UInt8(ascii: "\\"): put("\\\\")
            case 0x0a: put("\\n")
            case 0x0d: put("\\r")
            case 0x09: put("\\t")
            case 0..<0x20:
                let hex = String(byte, radix: 16)
                put("\\u" + String(repeating: "0", count: 4 - hex.count) + hex)
            default: bytes.append(byte)
            }
        }
    }
}

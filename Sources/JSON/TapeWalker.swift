// SPDX-License-Identifier: Apache-2.0
internal import CSimdjson
internal import Glibc

/// Turns a tape of simdjson into values.
///
/// The tape is simdjson's own output, so its offsets are trusted.
struct TapeWalker {
    private let words: UnsafePointer<UInt64>
    private let strings: UnsafePointer<UInt8>
    private let lists: NameLists
    private var index = 1
    /// Where the names of the objects are that have not come to their end, the outer ones first.
    private var open: [Int] = []

    /// The value on a tape; `lists` is shared by all tapes of one text.
    static func value(on tape: sj_tape, _ lists: NameLists) throws(JSONError) -> JSONValue {
        guard let words = tape.words, let strings = tape.strings else { throw JSONError(message: "no value") }
        var walker = TapeWalker(words: words, strings: strings, lists: lists)
        return walker.next()
    }

    private init(words: UnsafePointer<UInt64>, strings: UnsafePointer<UInt8>, lists: NameLists) {
        (self.words, self.strings, self.lists) = (words, strings, lists)
    }

    private mutating func next() -> JSONValue {
        let word = words[index]
        let payload = Int(word & 0x00ff_ffff_ffff_ffff)
        index += 1
        switch UInt8(truncatingIfNeeded: word >> 56) {
        case UInt8(ascii: "\""): return .string(string(at: payload))
        case UInt8(ascii: "l"): return .integer(Int64(bitPattern: raw()))
        case UInt8(ascii: "u"): return .number(Double(raw()))
        case UInt8(ascii: "d"): return .number(Double(bitPattern: raw()))
        case UInt8(ascii: "t"): return .bool(true)
        case UInt8(ascii: "f"): return .bool(false)
        // The tape counts up to 2^24 - 1 elements; more are counted as that.
        case UInt8(ascii: "["): return .array(elements(until: payload & 0xffff_ffff, count: payload >> 32))
        case UInt8(ascii: "{"): return .object(members(until: payload & 0xffff_ffff, count: payload >> 32))
        default: return .null
        }
    }

    private mutating func raw() -> UInt64 {
        defer { index += 1 }
        return words[index]
    }

    private func string(at offset: Int) -> String {
        String(decoding: NameLists.bytes(strings + offset), as: UTF8.self)
    }

    private mutating func elements(until end: Int, count: Int) -> [JSONValue] {
        var result: [JSONValue] = []
        result.reserveCapacity(count)
        while index < end - 1 { result.append(next()) }
        index = end
        return result
    }

    private mutating func members(until end: Int, count: Int) -> JSONObject {
        let begin = open.count
        var values: [JSONValue] = []
        values.reserveCapacity(count)
        while index < end - 1 {
            open.append(Int(words[index] & 0x00ff_ffff_ffff_ffff))
            index += 1
            values.append(next())
        }
        index = end
        defer { open.removeLast(open.count - begin) }
        return JSONObject(keys: lists.names(open[begin...], in: strings), values: values)
    }
}

/// The names of objects that came last, so that those of a list's rows are made once.
final class NameLists {
    /// Each name with its length before it, as on the tape; the list that was asked for last stands at the end.
    private var lists: [(bytes: [UInt8], names: [String])] = []
    /// How many are looked through; guests of a cluster differ in a few members only.
    private static let most = 8

    /// The names at these offsets.
    func names(_ offsets: ArraySlice<Int>, in strings: UnsafePointer<UInt8>) -> [String] {
        let last = lists.count - 1
        for known in stride(from: last, through: 0, by: -1) where Self.holds(lists[known].bytes, offsets, in: strings) {
            if known != last { lists.swapAt(known, last) }
            return lists[last].names
        }
        let names = offsets.map { String(decoding: Self.bytes(strings + $0), as: UTF8.self) }
        let bytes = offsets.flatMap { offset in
            UnsafeBufferPointer(start: strings + offset, count: 4 + Self.bytes(strings + offset).count)
        }
        if lists.count == Self.most { lists.removeFirst() }
        lists.append((bytes, names))
        return names
    }

    /// The bytes of a string, before which its length stands.
    static func bytes(_ string: UnsafePointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        let count = UnsafeRawPointer(string).loadUnaligned(as: UInt32.self)
        return UnsafeBufferPointer(start: string + 4, count: Int(count))
    }

    /// Whether the bytes are the names at these offsets and no more.
    private static func holds(
        _ known: [UInt8], _ offsets: ArraySlice<Int>, in strings: UnsafePointer<UInt8>
    ) -> Bool {
        known.withUnsafeBytes { known in
            guard let start = known.baseAddress else { return offsets.isEmpty }
            var place = 0
            for offset in offsets {
                let count = 4 + bytes(strings + offset).count
                guard count <= known.count - place, memcmp(start + place, strings + offset, count) == 0 else {
                    return false
                }
                place += count
            }
            return place == known.count
        }
    }
}

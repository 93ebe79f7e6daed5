// SPDX-License-Identifier: Apache-2.0
internal import CSimdjson
internal import Glibc

/// Why a text is not JSON.
public struct JSONError: Error, Hashable, Sendable {
    /// simdjson's description of what is wrong.
    public let message: String
}

extension JSONValue {
    /// How deep arrays and objects may stand in each other before a text is refused.
    public static let maximumDepth = 64

    /// Reads one JSON text.
    ///
    /// - Parameter bytes: UTF-8, at most 4 GiB, nested at most ``maximumDepth`` deep.
    /// - Throws: ``JSONError`` where the text is not exactly one JSON value.
    public init(parsing bytes: some ContiguousBytesLike) throws(JSONError) {
        self = try bytes.withBytes { (buffer) throws(JSONError) in try parse(buffer) }
    }

    /// Reads one JSON text.
    public init(parsing text: String) throws(JSONError) {
        try self.init(parsing: Array(text.utf8))
    }
}

/// Something that lies in memory as one run of bytes.
public protocol ContiguousBytesLike {
    /// Lends the bytes for the length of the call.
    func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws(JSONError) -> Result) throws(JSONError) -> Result
}

extension [UInt8]: ContiguousBytesLike {
    /// Lends the bytes for the length of the call.
    public func withBytes<Result>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(JSONError) -> Result
    ) throws(JSONError) -> Result {
        var outcome: Swift.Result<Result, JSONError>?
        withUnsafeBufferPointer { buffer in
            do throws(JSONError) { outcome = .success(try body(buffer)) } catch { outcome = .failure(error) }
        }
        guard let outcome else { throw JSONError(message: "the bytes could not be read") }
        return try outcome.get()
    }
}

private func parse(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONError) -> JSONValue {
    guard let parser = sj_new(JSONValue.maximumDepth) else { throw JSONError(message: "out of memory") }
    defer { sj_free(parser) }
    var tape = sj_tape()
    let code = sj_parse(parser, bytes.baseAddress, bytes.count, &tape)
    guard code == 0, let words = tape.words, let strings = tape.strings else {
        throw JSONError(message: String(cString: sj_error_message(code)))
    }
    var walker = TapeWalker(words: words, strings: strings, index: 1)
    return walker.next()
}

/// Turns simdjson's tape into values.
///
/// The tape is simdjson's own output, so its offsets are trusted.
private struct TapeWalker {
    let words: UnsafePointer<UInt64>
    let strings: UnsafePointer<UInt8>
    var index: Int
    /// Where the names of the objects are that have not come to their end, the outer ones first.
    private var open: [Int] = []
    /// Names of objects that came last, with where they were found; the latest stands at the end.
    private var lists: [(offsets: [Int], names: [String])] = []
    /// How many are looked through; guests of a cluster differ in a few members only.
    private static let mostLists = 8

    init(words: UnsafePointer<UInt64>, strings: UnsafePointer<UInt8>, index: Int) {
        self.words = words
        self.strings = strings
        self.index = index
    }

    mutating func next() -> JSONValue {
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
        let start = strings + offset
        let count = UnsafeRawPointer(start).loadUnaligned(as: UInt32.self)
        return String(decoding: UnsafeBufferPointer(start: start + 4, count: Int(count)), as: UTF8.self)
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
        return JSONObject(keys: names(at: open[begin...]), values: values)
    }

    /// The names at these offsets; those of an earlier object where it has the same, so that a list's names are kept once.
    private mutating func names(at offsets: ArraySlice<Int>) -> [String] {
        for known in (0..<lists.count).reversed() where isSame(lists[known].offsets, offsets) {
            lists.swapAt(known, lists.count - 1)
            return lists[lists.count - 1].names
        }
        let names = offsets.map(string(at:))
        if lists.count == Self.mostLists { lists.removeFirst() }
        lists.append((Array(offsets), names))
        return names
    }

    private func isSame(_ left: [Int], _ right: ArraySlice<Int>) -> Bool {
        guard left.count == right.count else { return false }
        return zip(left, right).allSatisfy { left, right in
            let (left, right) = (UnsafeRawPointer(strings + left), UnsafeRawPointer(strings + right))
            let count = left.loadUnaligned(as: UInt32.self)
            return count == right.loadUnaligned(as: UInt32.self) && memcmp(left + 4, right + 4, Int(count)) == 0
        }
    }
}

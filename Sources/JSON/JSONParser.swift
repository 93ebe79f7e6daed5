// SPDX-License-Identifier: Apache-2.0
internal import CSimdjson

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
        var result = JSONObject()
        result.reserve(count)
        while index < end - 1 {
            let key = string(at: Int(words[index] & 0x00ff_ffff_ffff_ffff))
            index += 1
            result.append(key, next())
        }
        index = end
        return result
    }
}

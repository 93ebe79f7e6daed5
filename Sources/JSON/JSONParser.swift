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

/// Longer texts are read piece by piece, so that no tape of all of them is needed.
private let longText = 64 << 10

private func parse(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONError) -> JSONValue {
    guard let parser = sj_new(JSONValue.maximumDepth) else { throw JSONError(message: "out of memory") }
    defer { sj_free(parser) }
    if bytes.count > longText {
        var reader = PieceReader(parser, bytes)
        return try reader.text()
    }
    var tape = sj_tape()
    try check(sj_parse(parser, bytes.baseAddress, bytes.count, &tape))
    return try TapeWalker.value(on: tape, NameLists())
}

private func check(_ code: Int32) throws(JSONError) {
    if code != 0 { throw JSONError(message: String(cString: sj_error_message(code))) }
}

/// Puts together what simdjson takes apart.
private struct PieceReader {
    private let parser: OpaquePointer
    private let lists = NameLists()
    private var piece = SJ_OVER
    private var tape = sj_tape()

    init(_ parser: OpaquePointer, _ bytes: UnsafeBufferPointer<UInt8>) {
        self.parser = parser
        sj_begin(parser, bytes.baseAddress, bytes.count)
    }

    /// The one value that the text is.
    mutating func text() throws(JSONError) -> JSONValue {
        try advance()
        let value = try value()
        try advance()
        return value
    }

    private mutating func advance() throws(JSONError) { try check(sj_next(parser, &piece, &tape)) }

    private mutating func value() throws(JSONError) -> JSONValue {
        switch piece {
        case SJ_ARRAY:
            var elements: [JSONValue] = []
            try advance()
            while piece != SJ_CLOSE {
                elements.append(try value())
                try advance()
            }
            return .array(elements)
        case SJ_OBJECT:
            var object = JSONObject()
            try advance()
            while piece != SJ_CLOSE {
                let name = try TapeWalker.value(on: tape, lists).string ?? ""
                try advance()
                object.append(name, try value())
                try advance()
            }
            return .object(object)
        default: return try TapeWalker.value(on: tape, lists)
        }
    }
}

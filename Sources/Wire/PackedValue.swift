// SPDX-License-Identifier: Apache-2.0

/// A Lua value as it travels from worker to host: exact, with strings as bytes.
///
/// Encoding, little endian: `00` nil · `01` false · `02` true · `03` int64 · `04` double · `05` string (u32 length, bytes) ·
/// `06` array (u32 count, values) · `07` map (u32 count, then key as u32 length and bytes, value) · `08` a value that cannot
/// travel (u32 length, its description) · `09` a value that is not known while a script is planned (u32 number, u32 length,
/// what it is).
public enum PackedValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string([UInt8])
    case array([PackedValue])
    /// Pairs in the order the worker met them.
    case map([Pair])
    /// Something that cannot leave the worker, by its description: `a function`, `a table that contains itself`.
    case opaque(String)
    /// A value that only the real run will know: the host's number of it, or 0 for what a script computed from one; and what
    /// it is.
    case unknown(UInt32, String)

    /// A key and its value.
    public struct Pair: Hashable, Sendable {
        /// The key.
        public var key: String
        /// The value.
        public var value: PackedValue

        /// Makes a pair.
        public init(_ key: String, _ value: PackedValue) {
            self.key = key
            self.value = value
        }
    }

    /// How deep values may stand in each other: 64 tables, the list of arguments around them and what the last one holds.
    public static let maximumDepth = 66
}

extension PackedValue: ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    /// Makes a string.
    public init(stringLiteral value: String) { self = .string(Array(value.utf8)) }
    /// Makes an array.
    public init(arrayLiteral elements: PackedValue...) { self = .array(elements) }
    /// Makes a map.
    public init(dictionaryLiteral elements: (String, PackedValue)...) {
        self = .map(elements.map { Pair($0.0, $0.1) })
    }

    /// Makes a string from text.
    public init(_ text: String) { self = .string(Array(text.utf8)) }
}

extension PackedValue {
    /// The value of that key, or nil where this is no map or has none.
    public subscript(_ key: String) -> PackedValue? {
        guard case .map(let pairs) = self else { return nil }
        return pairs.first { $0.key == key }?.value
    }

    /// The text, with invalid UTF-8 replaced, or nil where this is no string.
    public var text: String? {
        guard case .string(let bytes) = self else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The elements, or nil where this is no array.
    ///
    /// An empty map counts as an empty array: Lua cannot tell them apart.
    public var elements: [PackedValue]? {
        switch self {
        case .array(let elements): elements
        case .map(let pairs) where pairs.isEmpty: []
        default: nil
        }
    }
}

// MARK: - Bytes

extension PackedValue {
    /// The value as bytes.
    public func encoded() -> [UInt8] {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return bytes
    }

    private func write(to bytes: inout [UInt8]) {
        func put(_ tag: UInt8, _ count: Int) {
            bytes.append(tag)
            bytes.append(littleEndian: UInt32(truncatingIfNeeded: count))
        }
        switch self {
        case .null: bytes.append(0)
        case .bool(let flag): bytes.append(flag ? 2 : 1)
        case .integer(let number):
            bytes.append(3)
            bytes.append(littleEndian: number)
        case .number(let number):
            bytes.append(4)
            bytes.append(littleEndian: number.bitPattern)
        case .string(let text):
            put(5, text.count)
            bytes.append(contentsOf: text)
        case .array(let elements):
            put(6, elements.count)
            for element in elements { element.write(to: &bytes) }
        case .map(let pairs):
            put(7, pairs.count)
            for pair in pairs {
                bytes.append(littleEndian: UInt32(truncatingIfNeeded: pair.key.utf8.count))
                bytes.append(contentsOf: pair.key.utf8)
                pair.value.write(to: &bytes)
            }
        case .unknown(let number, let what):
            bytes.append(9)
            bytes.append(littleEndian: number)
            bytes.append(littleEndian: UInt32(truncatingIfNeeded: what.utf8.count))
            bytes.append(contentsOf: what.utf8)
        case .opaque(let description):
            put(8, description.utf8.count)
            bytes.append(contentsOf: description.utf8)
        }
    }

    /// Reads one value that fills the bytes exactly.
    ///
    /// - Throws: ``WireError`` for anything else; never traps, whatever the bytes are.
    public init(decoding bytes: [UInt8]) throws(WireError) {
        var cursor = Cursor(bytes: bytes)
        self = try cursor.value(depth: 0)
        guard cursor.offset == bytes.count else { throw WireError(description: "bytes after the value") }
    }

    private struct Cursor {
        let bytes: [UInt8]
        var offset = 0

        mutating func take(_ count: Int) throws(WireError) -> ArraySlice<UInt8> {
            guard count >= 0, count <= bytes.count - offset else { throw WireError(description: "a value cut short") }
            defer { offset += count }
            return bytes[offset..<(offset + count)]
        }

        mutating func count(minimumSize: Int) throws(WireError) -> Int {
            let start = offset
            _ = try take(4)
            let count = Int(bytes.littleEndian(UInt32.self, at: start))
            // An element takes at least this many bytes, so a lying count fails here and not in an allocation.
            guard count <= (bytes.count - offset) / minimumSize else {
                throw WireError(description: "a count of \(count) with \(bytes.count - offset) bytes left")
            }
            return count
        }

        mutating func value(depth: Int) throws(WireError) -> PackedValue {
            guard depth <= PackedValue.maximumDepth else { throw WireError(description: "a value nested too deep") }
            let tag = try take(1).first
            let start = offset
            switch tag {
            case 0: return .null
            case 1: return .bool(false)
            case 2: return .bool(true)
            case 3:
                _ = try take(8)
                return .integer(bytes.littleEndian(Int64.self, at: start))
            case 4:
                _ = try take(8)
                return .number(Double(bitPattern: bytes.littleEndian(UInt64.self, at: start)))
            case 5: return .string(Array(try take(try count(minimumSize: 1))))
            case 6:
                var elements: [PackedValue] = []
                for _ in 0..<(try count(minimumSize: 1)) { elements.append(try value(depth: depth + 1)) }
                return .array(elements)
            case 7:
                var pairs: [Pair] = []
                for _ in 0..<(try count(minimumSize: 5)) {
                    let key = String(decoding: try take(try count(minimumSize: 1)), as: UTF8.self)
                    pairs.append(Pair(key, try value(depth: depth + 1)))
                }
                return .map(pairs)
            case 8: return .opaque(String(decoding: try take(try count(minimumSize: 1)), as: UTF8.self))
            case 9:
                _ = try take(4)
                let number = bytes.littleEndian(UInt32.self, at: start)
                return .unknown(number, String(decoding: try take(try count(minimumSize: 1)), as: UTF8.self))
            default: throw WireError(description: "an unknown tag")
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import CZlib

/// Large texts in the journal, compressed with zlib.
enum Deflate {
    /// The bytes in zlib's format, as small as its fastest level makes them.
    static func compressed(_ bytes: [UInt8]) throws(SQLiteError) -> [UInt8] {
        var length = compressBound(uLong(bytes.count))
        var result = [UInt8](repeating: 0, count: Int(length))
        guard compress2(&result, &length, bytes, uLong(bytes.count), 1) == Z_OK else {
            throw SQLiteError(code: 0, message: "a text cannot be compressed")
        }
        return Array(result.prefix(Int(length)))
    }

    /// The bytes that were compressed; nil where these are none of that size.
    static func expanded(_ bytes: [UInt8], size: Int) -> [UInt8]? {
        guard size >= 0, size <= 1 << 30 else { return nil }
        guard size > 0 else { return [] }
        var length = uLong(size)
        var result = [UInt8](repeating: 0, count: size)
        guard uncompress(&result, &length, bytes, uLong(bytes.count)) == Z_OK, Int(length) == size else { return nil }
        return result
    }
}

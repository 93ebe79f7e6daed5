// SPDX-License-Identifier: Apache-2.0
internal import CZlib
internal import NIOHTTP1
internal import Proxmox

/// What an answer's body may be packed into, as pveproxy does it: gzip where the client takes it, else deflate.
enum Compression: String, Sendable {
    case gzip
    /// The `deflate` of HTTP: zlib's wrapper, not the bare stream.
    case deflate

    /// Bodies up to this size go out as they are (PVE/APIServer/AnyEvent.pm).
    static let threshold = 1024

    /// What the client of this request takes, or nil where it says nothing of either.
    init?(_ head: HTTPRequestHead) {
        // As pveproxy reads it: the word is looked for, weights do not matter.
        let accepted = head.headers["accept-encoding"].joined(separator: ",").lowercased()
        if accepted.contains("gzip") {
            self = .gzip
        } else if accepted.contains("deflate") {
            self = .deflate
        } else {
            return nil
        }
    }

    /// The answer with its body packed, or as it was where it is short or packed already.
    func pack(_ response: HTTPResponse) -> HTTPResponse {
        guard response.body.count > Self.threshold,
            !response.headers.contains(where: { $0.name.lowercased() == "content-encoding" }),
            let packed = bytes(response.body)
        else { return response }
        var result = response
        result.body = packed
        result.headers.removeAll { $0.name == "Content-Length" }
        result.headers.append(HTTPHeader("Content-Encoding", rawValue))
        result.headers.append(HTTPHeader("Content-Length", String(packed.count)))
        return result
    }

    private func bytes(_ body: [UInt8]) -> [UInt8]? {
        var stream = z_stream()
        // 16 more than the largest window asks zlib for gzip's wrapper in place of its own.
        let window = self == .gzip ? MAX_WBITS + 16 : MAX_WBITS
        let size = Int32(MemoryLayout<z_stream>.size)
        guard
            deflateInit2_(
                &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size) == Z_OK
        else { return nil }
        defer { deflateEnd(&stream) }
        var input = body
        var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(body.count))) + 64)
        let isWhole = input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                stream.next_in = input.baseAddress
                stream.avail_in = uInt(clamping: input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = uInt(clamping: output.count)
                return CZlib.deflate(&stream, Z_FINISH) == Z_STREAM_END
            }
        }
        guard isWhole else { return nil }
        output.removeLast(output.count - min(output.count, Int(clamping: stream.total_out)))
        return output
    }
}

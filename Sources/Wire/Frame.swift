// SPDX-License-Identifier: Apache-2.0

/// What a frame between host and worker is about.
///
/// The worker is hostile in principle: the host accepts only the kinds with the high bit set, the worker only the others.
public enum FrameKind: UInt8, Sendable {
    /// Host to worker, first of all: packed map `functions`, `methods`, `memory`, `seed`, `interactive`.
    case boot = 0x01
    /// Host to worker: packed map `source`, `name`, `params`, `expression`; the id numbers the chunk.
    case run = 0x02
    /// Host to worker: JSON text, the value that the call with this id returns.
    case reply = 0x03
    /// Host to worker: JSON object, the error that the call with this id raises.
    case fail = 0x04
    /// Host to worker: stop the running chunk, keep the session.
    case interrupt = 0x06

    /// Worker to host, once the sandbox stands: packed map `lua`, `sandbox`.
    case ready = 0x81
    /// Worker to host: packed array `name`, `where`, arguments…
    case call = 0x82
    /// Worker to host: bytes that the script printed.
    case output = 0x83
    /// Worker to host: packed array, what the chunk with this id returned.
    case done = 0x84
    /// Worker to host: packed map `message`, `traceback`, `where`, `call`, `incomplete`, `limit`.
    case error = 0x85
    /// Worker to host: nobody waits any more for the call with this id.
    case abandon = 0x86
    /// Worker to host, where the boot frame asked for it: all is done that the host's frames had it do, as many as the id says.
    case idle = 0x87
    /// Worker to host, before a chunk's end, where that was asked for: packed map of files to lists of lines and counts in turn.
    case coverage = 0x88

    /// Whether a worker may send it; the other kinds are the host's.
    public var isFromWorker: Bool { rawValue & 0x80 != 0 }
}

/// One message between host and worker.
///
/// On the wire: 4 bytes length of what follows (little endian), 1 byte kind, 4 bytes id, payload.
public struct Frame: Hashable, Sendable {
    /// What the frame is about.
    public var kind: FrameKind
    /// The call or the chunk that the frame belongs to.
    public var id: UInt32
    /// Packed values, JSON text or plain bytes, as the kind says.
    public var payload: [UInt8]

    /// The largest frame either side accepts, in bytes.
    public static let maximumSize = 64 << 20
    /// Bytes before the payload, the length field included.
    public static let headerSize = 9

    /// Makes a frame.
    public init(_ kind: FrameKind, id: UInt32 = 0, payload: [UInt8] = []) {
        self.kind = kind
        self.id = id
        self.payload = payload
    }

    /// What goes over the wire before the payload.
    public var header: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.headerSize)
        addHeader(to: &bytes)
        return bytes
    }

    /// The frame as it goes over the wire.
    public func encoded() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.headerSize + payload.count)
        addHeader(to: &bytes)
        bytes.append(contentsOf: payload)
        return bytes
    }

    private func addHeader(to bytes: inout [UInt8]) {
        bytes.append(littleEndian: UInt32(truncatingIfNeeded: payload.count + 5))
        bytes.append(kind.rawValue)
        bytes.append(littleEndian: id)
    }
}

/// Why bytes from the other side are not a frame or not a value.
public struct WireError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong with them.
    public let description: String
}

/// Cuts a stream of bytes into frames; feed it what was read, take out what is whole.
public struct FrameReader: Sendable {
    private var buffer: [UInt8] = []
    private var start = 0
    /// From this size on a frame is handed over as it was collected, not copied.
    private static let largeFrame = 1 << 16

    /// Makes a reader with nothing in it.
    public init() {}

    /// Bytes held in memory, taken out or not.
    var buffered: Int { buffer.count }

    /// Adds bytes as they came.
    public mutating func feed(_ bytes: UnsafeRawBufferPointer) {
        if start > 0, start == buffer.count || start > 1 << 16 {
            buffer.removeFirst(start)
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next whole frame, or nil until more bytes come.
    ///
    /// - Throws: ``WireError`` for a length out of bounds or an unknown kind; the stream is lost then.
    public mutating func next() throws(WireError) -> Frame? {
        let available = buffer.count - start
        guard available >= Frame.headerSize else { return nil }
        let length = Int(buffer.littleEndian(UInt32.self, at: start))
        guard length >= 5, length <= Frame.maximumSize else {
            throw WireError(description: "a frame of \(length) bytes")
        }
        guard let kind = FrameKind(rawValue: buffer[start + 4]) else {
            throw WireError(description: "a frame of unknown kind \(buffer[start + 4])")
        }
        guard available >= 4 + length else {
            // In one step and not by doubling, which would copy what is there each time.
            if start == 0, length > Self.largeFrame { buffer.reserveCapacity(4 + length) }
            return nil
        }
        let id = buffer.littleEndian(UInt32.self, at: start + 5)
        if start == 0, available == 4 + length, length > Self.largeFrame {
            var payload: [UInt8] = []
            swap(&payload, &buffer)
            payload.removeFirst(Frame.headerSize)
            return Frame(kind, id: id, payload: payload)
        }
        let payload = Array(buffer[(start + Frame.headerSize)..<(start + 4 + length)])
        start += 4 + length
        return Frame(kind, id: id, payload: payload)
    }
}

extension [UInt8] {
    mutating func append<Number: FixedWidthInteger>(littleEndian number: Number) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }

    /// Reads a number; the caller has checked that the bytes are there.
    func littleEndian<Number: FixedWidthInteger>(_ type: Number.Type, at offset: Int) -> Number {
        Number(littleEndian: withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Number.self) })
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import Wire

/// The one descriptor of the worker, as frames in both directions.
///
/// What cannot go on ends the process here: the host is gone, or what it sends is no frame.
final class Channel {
    private let descriptor: Int32
    private var reader = FrameReader()
    private var waiting: [Frame] = []
    private var short = ShortWait()
    /// How many frames of the host were acted upon.
    private(set) var taken: UInt32 = 0
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)

    init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { buffer.deallocate() }

    /// The next frame in the order they came, however long it takes.
    func next() -> Frame {
        taken &+= 1
        if !waiting.isEmpty { return waiting.removeFirst() }
        return receive()
    }

    /// The frame that the test picks, however long it takes; others keep their place for ``next()``.
    func next(where isWanted: (Frame) -> Bool) -> Frame {
        taken &+= 1
        if let index = waiting.firstIndex(where: isWanted) { return waiting.remove(at: index) }
        while true {
            let frame = receive()
            if isWanted(frame) { return frame }
            waiting.append(frame)
        }
    }

    /// Takes the frame that the test picks out of what has come already.
    func take(where isWanted: (Frame) -> Bool) -> Frame? {
        while true {
            guard let count = received() else { break }
            if count < 0, errno == EINTR { continue }
            if count == 0 { WorkerProcess.leave(.done) }
            guard count > 0 else { break }
            feed(count)
        }
        while let frame = nextBuffered() { waiting.append(frame) }
        guard let index = waiting.firstIndex(where: isWanted) else { return nil }
        taken &+= 1
        return waiting.remove(at: index)
    }

    /// Sends a frame.
    func send(_ kind: UInt8, id: UInt32, payload: UnsafeRawBufferPointer) {
        let length = UInt32(truncatingIfNeeded: payload.count + Frame.headerSize - 4)
        var header: [UInt8] = []
        header.reserveCapacity(Frame.headerSize + min(payload.count, 4096))
        withUnsafeBytes(of: length.littleEndian) { header.append(contentsOf: $0) }
        header.append(kind)
        withUnsafeBytes(of: id.littleEndian) { header.append(contentsOf: $0) }
        // A small frame in one write: the host wakes up once.
        let joined = payload.count <= 4096
        if joined { header.append(contentsOf: payload) }
        header.withUnsafeBytes { write($0) }
        if !joined { write(payload) }
    }

    /// Sends a frame.
    func send(_ frame: Frame) {
        frame.payload.withUnsafeBytes { send(frame.kind.rawValue, id: frame.id, payload: $0) }
    }

    private func receive() -> Frame {
        while true {
            if let frame = nextBuffered() { return frame }
            let count = short.look { received() } ?? read(descriptor, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { WorkerProcess.leave(.done) }
            feed(count)
        }
    }

    /// How many bytes came without waiting, or 0 at the end; nil where there are none yet.
    private func received() -> Int? {
        let count = recv(descriptor, buffer.baseAddress, buffer.count, Int32(truncatingIfNeeded: MSG_DONTWAIT))
        return count < 0 && errno == EAGAIN ? nil : count
    }

    private func feed(_ count: Int) { reader.feed(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }

    private func nextBuffered() -> Frame? {
        do { return try reader.next() } catch { WorkerProcess.leave(.garbled) }
    }

    private func write(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { WorkerProcess.leave(.done) }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }
}

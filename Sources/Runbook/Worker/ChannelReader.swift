// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import Wire

/// Reads frames from a worker's channel on a thread of its own until the channel ends.
struct ChannelReader: Sendable {
    let link: WorkerLink
    let continuation: AsyncStream<WorkerProcess.Event>.Continuation

    /// Starts the thread.
    func start() {
        let box = Unmanaged.passRetained(Box(reader: self))
        var thread = pthread_t()
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setstacksize(&attributes, 256 << 10)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        let code = pthread_create(
            &thread, &attributes,
            { context in
                guard let context else { return nil }
                Unmanaged<Box>.fromOpaque(context).takeRetainedValue().reader.run()
                return nil
            }, box.toOpaque())
        pthread_attr_destroy(&attributes)
        if code != 0 {
            box.release()
            finish("no thread to read from the worker: \(errorText(code))")
        }
    }

    private final class Box: Sendable {
        let reader: ChannelReader
        init(reader: ChannelReader) { self.reader = reader }
    }

    private func run() {
        var frames = FrameReader()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = read(link.channel, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return finish(nil) }
            frames.feed(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            do throws(WireError) {
                while let frame = try frames.next() {
                    guard frame.kind.isFromWorker else { return finish("it sent a frame that only the host may send") }
                    guard link.received(frame) else { return finish("it sent more than anybody can listen to") }
                    continuation.yield(.frame(frame))
                }
            } catch {
                return finish("it sent \(error.description)")
            }
        }
    }

    private func finish(_ nonsense: String?) {
        continuation.yield(.ended(link.reap(nonsense: nonsense)))
        continuation.finish()
    }
}

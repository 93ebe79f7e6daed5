// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import Wire

/// Reads frames from a worker's channel on the thread of its loop until the channel ends.
struct ChannelReader: Sendable {
    let link: WorkerLink
    let loop: WorkerLoop
    let continuation: AsyncStream<WorkerProcess.Event>.Continuation

    /// Starts the thread.
    func start() {
        let box = Unmanaged.passRetained(Box(reader: self))
        var thread = pthread_t()
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
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
            loop.end()
        }
    }

    private final class Box: Sendable {
        let reader: ChannelReader
        init(reader: ChannelReader) { self.reader = reader }
    }

    private func run() {
        var frames = FrameReader()
        var nonsense: String?
        loop.run { bytes in
            frames.feed(bytes)
            nonsense = handOver(&frames)
            return nonsense == nil
        }
        finish(nonsense)
        loop.end()
    }

    /// Hands over the frames that are whole; what is wrong with them where something is.
    private func handOver(_ frames: inout FrameReader) -> String? {
        do throws(WireError) {
            while let frame = try frames.next() {
                guard frame.kind.isFromWorker else { return "it sent a frame that only the host may send" }
                guard link.received(frame) else { return "it sent more than anybody can listen to" }
                continuation.yield(.frame(frame))
            }
            return nil
        } catch {
            return "it sent \(error.description)"
        }
    }

    private func finish(_ nonsense: String?) {
        continuation.yield(.ended(link.reap(nonsense: nonsense)))
        continuation.finish()
    }
}

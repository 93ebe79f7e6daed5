// SPDX-License-Identifier: Apache-2.0
internal import CCurl
internal import Glibc
internal import Synchronization

/// One request that waits for its turn on the transport's thread.
struct CurlJob: Sendable {
    let id: UInt64
    let request: HTTPRequest
    let continuation: CheckedContinuation<Result<HTTPResponse, TransportFailure>, Never>
}

/// What callers and the transport's thread share: the queue, and the handle that wakes the thread.
final class CurlEngine: Sendable {
    struct Commands: Sendable {
        var jobs: [CurlJob] = []
        var cancelled: Set<UInt64> = []
        var isClosed = false
        var isRunning = false
        var nextID: UInt64 = 0
        /// The multi handle's address while the thread lives; waking is the one use that other threads make of it.
        var multi: UInt?
    }

    let endpoint: HTTPEndpoint
    let settings: CurlSettings
    private let commands = Mutex(Commands())

    init(endpoint: HTTPEndpoint, settings: CurlSettings) {
        self.endpoint = endpoint
        self.settings = settings
    }

    /// A number for a request, by which it can be cancelled even before it is queued.
    func reserve() -> UInt64 {
        commands.withLock { commands in
            commands.nextID &+= 1
            return commands.nextID
        }
    }

    /// Queues a request, starting the thread if this is the first.
    func enqueue(_ job: CurlJob) {
        enum Step { case queued, refuse(TransportFailure), start }
        let step: Step = commands.withLock { commands in
            if commands.isClosed {
                return .refuse(TransportFailure(.cancelled, mayHaveBeenSent: false, "the transport is closed"))
            }
            if commands.cancelled.remove(job.id) != nil {
                return .refuse(TransportFailure(.cancelled, mayHaveBeenSent: false, "the caller gave up"))
            }
            commands.jobs.append(job)
            defer { commands.isRunning = true }
            Self.wake(commands)
            return commands.isRunning ? .queued : .start
        }
        switch step {
        case .queued: break
        case .refuse(let failure): job.continuation.resume(returning: .failure(failure))
        case .start: startThread()
        }
    }

    /// Gives up a request, whether it waits, runs or has ended.
    func cancel(_ id: UInt64) {
        commands.withLock { commands in
            commands.cancelled.insert(id)
            Self.wake(commands)
        }
    }

    /// Forgets a cancellation that came after the end of its request.
    func forget(_ id: UInt64) {
        commands.withLock { _ = $0.cancelled.remove(id) }
    }

    /// Gives up all requests and ends the thread.
    func close() {
        commands.withLock { commands in
            commands.isClosed = true
            Self.wake(commands)
        }
    }

    /// What the thread has to do, handed over whole; only cancellations stay until their request ends.
    func take(opened multi: UnsafeMutableRawPointer) -> Commands {
        commands.withLock { commands in
            commands.multi = UInt(bitPattern: multi)
            defer { commands.jobs = [] }
            return commands
        }
    }

    /// Keeps other threads from the handle that is about to go, and takes what is still queued.
    func retire() -> [CurlJob] {
        commands.withLock { commands in
            commands.multi = nil
            commands.isClosed = true
            defer { commands.jobs = [] }
            return commands.jobs
        }
    }

    private static func wake(_ commands: Commands) {
        if let address = commands.multi, let multi = UnsafeMutableRawPointer(bitPattern: address) {
            curl_multi_wakeup(multi)
        }
    }

    private func startThread() {
        var thread = pthread_t()
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        // Nobody joins it: closing must not wait for a name look-up that libcurl cannot interrupt.
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        let context = Unmanaged.passRetained(self)
        let code = pthread_create(&thread, &attributes, runCurlEngine, context.toOpaque())
        if code != 0 {
            context.release()
            let failure = TransportFailure(
                .connect, mayHaveBeenSent: false, "no thread for the network could be started")
            for job in retire() { job.continuation.resume(returning: .failure(failure)) }
        }
    }
}

private func runCurlEngine(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    // Signals belong to the main thread; SIGPIPE from a dead connection belongs to nobody.
    var all = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, nil)
    CurlLoop(Unmanaged<CurlEngine>.fromOpaque(context).takeRetainedValue()).run()
    return nil
}

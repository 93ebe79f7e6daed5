// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import JSON
internal import Model
internal import Programs
internal import Synchronization

/// What a run of `pvesh` came to, as far as its caller is concerned.
enum PveshEnd: Sendable {
    case finished(ProgramRun.Outcome)
    /// It still runs, and this is its task.
    case accepted(UPID)
    /// The caller gave up; it may still run.
    case abandoned
    case notStarted(String)

    func response(to command: PveshCommand, _ limit: Duration) -> Result<HTTPResponse, TransportFailure> {
        switch self {
        case .finished(let outcome): PveshAnswer.response(outcome, to: command, limit: limit)
        case .accepted(let upid): .success(PveshAnswer.success(.string(upid.description)))
        case .abandoned:
            .failure(TransportFailure(.cancelled, mayHaveBeenSent: true, "the caller gave up; pvesh may still run"))
        case .notStarted(let text):
            .failure(TransportFailure(.connect, mayHaveBeenSent: false, "pvesh cannot be started: \(text)"))
        }
    }
}

/// Hands the first of several possible ends to the one who waits, and tells the run's thread what it needs to know.
final class PveshEnding: Sendable {
    private struct State {
        var continuation: CheckedContinuation<PveshEnd, Never>?
        var end: PveshEnd?
        var child: Int32?
        var shallStop = false
    }

    private let state = Mutex(State())

    /// Whether the program shall be ended.
    var shallStop: Bool { state.withLock { $0.shallStop } }

    /// The program's process, while it runs and nobody has an answer.
    var runningChild: Int32? { state.withLock { $0.end == nil ? $0.child : nil } }

    /// Whether the one who waited has gone.
    var isOver: Bool { state.withLock { $0.end != nil } }

    func started(_ child: Int32) { state.withLock { $0.child = child } }

    func stop() { state.withLock { $0.shallStop = true } }

    func open(_ continuation: CheckedContinuation<PveshEnd, Never>) {
        let end: PveshEnd? = state.withLock { state in
            if state.end == nil { state.continuation = continuation }
            return state.end
        }
        if let end { continuation.resume(returning: end) }
    }

    func resolve(_ end: PveshEnd) {
        let waiting: CheckedContinuation<PveshEnd, Never>? = state.withLock { state in
            guard state.end == nil else { return nil }
            state.end = end
            defer { state.continuation = nil }
            return state.continuation
        }
        waiting?.resume(returning: end)
    }
}

/// Lets so many callers in at a time, in the order they come.
actor Turnstile {
    private var free: Int
    private var waiting: [(id: Int, continuation: CheckedContinuation<Bool, Never>)] = []
    private var nextID = 0

    init(places: Int) { free = places }

    /// Waits for a place; false where the caller gave up meanwhile.
    func enter() async -> Bool {
        if Swift.Task.isCancelled { return false }
        if free > 0 {
            free -= 1
            return true
        }
        let id = nextID
        nextID += 1
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if Swift.Task.isCancelled {
                    continuation.resume(returning: false)
                } else {
                    waiting.append((id, continuation))
                }
            }
        } onCancel: {
            Swift.Task { await self.giveUp(id) }
        }
    }

    func leave() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().continuation.resume(returning: true) }
    }

    private func giveUp(_ id: Int) {
        guard let index = waiting.firstIndex(where: { $0.id == id }) else { return }
        waiting.remove(at: index).continuation.resume(returning: false)
    }
}

/// Remembers whether `pvesh` takes the names of options literally; asked once.
actor PveshGuard {
    private var verdict: Bool?

    /// Whether it does; nil where the answer tells nothing, a failure where there is none.
    func isExact(
        _ probe: @Sendable () async -> Result<ProgramRun.Outcome, ProgramFailure>
    ) async -> Result<Bool?, ProgramFailure> {
        if let verdict { return .success(verdict) }
        let outcome: ProgramRun.Outcome
        switch await probe() {
        case .success(let found): outcome = found
        case .failure(let reason): return .failure(reason)
        }
        if outcome.ending == .exited(0) {
            // A shortened option that is taken makes the call succeed.
            verdict = false
        } else if String(decoding: outcome.errors.prefix(2000), as: UTF8.self).contains("Unknown option: output-forma")
        {
            verdict = true
        }
        return .success(verdict)
    }
}

/// What `/proc` tells of processes on this machine.
enum RunningProcess {
    /// Whether a task's worker is a child of that process: by its number, and by the moment it was started.
    static func isTask(_ upid: UPID, childOf parent: Int32) -> Bool {
        guard let worker = Int32(exactly: upid.pid), let facts = facts(of: worker) else { return false }
        return facts.parent == Int(parent) && facts.start == upid.processStart
    }

    /// Parent and start, in clock ticks since boot: fields 4 and 22 of `/proc/PID/stat` (proc(5)).
    private static func facts(of process: Int32) -> (parent: Int, start: UInt64)? {
        let descriptor = Glibc.open("/proc/\(process)/stat", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(descriptor, &bytes, bytes.count)
        guard count > 0 else { return nil }
        let text = String(decoding: bytes.prefix(count), as: UTF8.self)
        // The second field is the program's name in parentheses and may hold anything.
        guard let name = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: name)...].split(separator: " ")
        guard fields.count > 19, let parent = Int(fields[1]), let start = UInt64(fields[19]) else { return nil }
        return (parent, start)
    }
}

// SPDX-License-Identifier: Apache-2.0
public import Dispatch
public import Foundation
internal import Glibc
internal import Programs
internal import Synchronization

/// A program that runs beside a test and is asked to end with this value.
public final class ChildProcess: Sendable {
    private let life: Life

    /// Starts a program in a process group of its own.
    ///
    /// - Parameters:
    ///   - environment: Added to PATH and HOME of this process; nothing else is passed on.
    ///   - input: What it reads from; nothing unless told otherwise. This process closes it, as it does the others.
    public init(
        _ program: URL, _ arguments: [String], environment: [String: String] = [:], directory: URL? = nil,
        input: FileHandle? = nil, output: FileHandle? = nil, errors: FileHandle? = nil
    ) throws {
        let own = ProcessInfo.processInfo.environment
        let variables = ["PATH": own["PATH"] ?? "/usr/bin:/bin", "HOME": own["HOME"] ?? "/"]
            .merging(environment) { $1 }
        var words = [program.path] + arguments
        if let directory { words = ["/usr/bin/env", "-C", directory.path] + words }
        let files = [input, output, errors]
        defer { for file in files { try? file?.close() } }
        var descriptors: [ProgramStart.Descriptor] = [.null(0)]
        for (number, file) in files.enumerated() {
            if let file { descriptors.append(.copy(of: file.fileDescriptor, at: Int32(number))) }
        }
        let id = try ProgramStart.start(
            words[0], arguments: words, environment: variables.map { "\($0.key)=\($0.value)" },
            descriptors: descriptors)
        let life = Life(id)
        self.life = life
        Thread.detachNewThread { life.watch() }
    }

    deinit {
        life.signal(SIGTERM)
        DispatchQueue.global().asyncAfter(deadline: .now() + 10) { [life] in life.endAll() }
    }

    /// Whether it has not ended yet.
    public var isRunning: Bool { life.status == nil }

    /// Whether ``end(after:)`` had to end it.
    public var tookTooLong: Bool { life.isOverdue }

    /// Sends it a signal.
    public func signal(_ number: Int32) { life.signal(number) }

    /// Waits for its end: the exit status, or minus the number of the signal that ended it.
    public func ending() async -> Int32 { await life.ending() }

    /// Ends it and all that it started when the time is over, unless that is cancelled first.
    public func end(after seconds: Int) -> DispatchWorkItem {
        let work = DispatchWorkItem { [life] in life.endAll() }
        DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(seconds), execute: work)
        return work
    }
}

/// What is known of a process, from its start to its end.
private final class Life: Sendable {
    private struct State {
        var status: Int32?
        var isOverdue = false
        var waiting: [CheckedContinuation<Int32, Never>] = []
    }

    private let id: Int32
    private let state = Mutex(State())

    init(_ id: Int32) { self.id = id }

    var status: Int32? { state.withLock { $0.status } }
    var isOverdue: Bool { state.withLock { $0.isOverdue } }

    /// Blocks until the end, then tells all who wait.
    func watch() {
        var information = siginfo_t()
        while waitid(P_PID, id_t(id), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
        // Collected under the lock, so that no signal goes to a process that has the id after it.
        let (status, waiting) = state.withLock { state in
            var raw: Int32 = 0
            while waitpid(id, &raw, 0) < 0, errno == EINTR {}
            let signal = raw & 0x7f
            let status = signal == 0 ? (raw >> 8) & 0xff : -signal
            state.status = status
            defer { state.waiting = [] }
            return (status, state.waiting)
        }
        for continuation in waiting { continuation.resume(returning: status) }
    }

    func ending() async -> Int32 {
        await withCheckedContinuation { continuation in
            let status = state.withLock { state in
                if state.status == nil { state.waiting.append(continuation) }
                return state.status
            }
            if let status { continuation.resume(returning: status) }
        }
    }

    func signal(_ number: Int32) {
        state.withLock { state in if state.status == nil { kill(id, number) } }
    }

    /// Kills the process with all that descend from it, whatever session they have made for themselves.
    func endAll() {
        state.withLock { state in
            guard state.status == nil else { return }
            state.isOverdue = true
            for process in Self.descendants(of: id) { kill(process, SIGKILL) }
            kill(-id, SIGKILL)
        }
    }

    private static func descendants(of id: Int32) -> [Int32] {
        var children: [Int32: [Int32]] = [:]
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] {
            guard let process = Int32(name),
                let text = try? String(contentsOfFile: "/proc/\(name)/stat", encoding: .utf8),
                let words = text.split(separator: ")").last?.split(separator: " "), words.count > 1,
                let parent = Int32(words[1])
            else { continue }
            children[parent, default: []].append(process)
        }
        var found: [Int32] = []
        var next = children[id] ?? []
        while let process = next.popLast() {
            found.append(process)
            next += children[process] ?? []
        }
        return found
    }
}

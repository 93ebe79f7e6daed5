// SPDX-License-Identifier: Apache-2.0
internal import CPrograms
internal import Glibc

/// One run of a program to its end, with bounds on time and output.
///
/// Its output goes to files in memory, not to pipes: a program whose reader goes away lives on and finishes what it is
/// doing.
public struct ProgramRun: Sendable {
    /// How a run ended.
    public enum Ending: Hashable, Sendable {
        /// By itself, with this status.
        case exited(Int)
        /// By a signal that was not ours.
        case killed(Int)
        /// It took too long and was ended.
        case timedOut
        /// It printed too much and was ended.
        case printedTooMuch
        /// The caller gave up, and it was ended.
        case cancelled
    }

    /// What came of a run.
    public struct Outcome: Hashable, Sendable {
        /// How it ended.
        public var ending: Ending
        /// What it wrote to standard output.
        public var output: [UInt8]
        /// What it wrote to standard error, where that was asked for.
        public var errors: [UInt8]
    }

    /// What to do with output beyond the bound.
    public enum Overflow: Sendable {
        /// End the program.
        case stop
        /// Let it go on and keep the end of what it prints.
        case keepEnd
    }

    /// The program: a path, or a name where ``searchesPath`` is set.
    public var program: String
    /// Its arguments, its own name not among them.
    public var arguments: [String]
    /// Its whole environment.
    public var environment: [String: String]
    /// What it finds on its standard input.
    public var input: [UInt8] = []
    /// What it finds at its descriptors from 3 on, one file each; it opens them as `/proc/self/fd/3` and so on.
    public var attachments: [[UInt8]] = []
    /// The terminal at which it may ask, as its standard input and error; ``input`` and ``collectsErrors`` are not heeded then.
    public var terminal: String?
    /// Whether the program is looked for along `PATH`.
    public var searchesPath = false
    /// Whether it gets a session of its own, in which no terminal can be asked at.
    public var leavesTerminal = false
    /// The most bytes of output, and of errors.
    public var maximumOutput: Int
    /// What happens beyond that.
    public var overflow = Overflow.stop
    /// Whether standard error is ours to read; it stays the terminal's otherwise.
    public var collectsErrors = false
    /// How many seconds it may take.
    public var seconds: Double
    /// How many seconds it has to clean up between being asked to end (SIGTERM) and being ended (SIGKILL).
    public var grace = 0.0

    /// Makes a run.
    public init(
        _ program: String, _ arguments: [String], environment: [String: String], maximumOutput: Int, seconds: Double
    ) {
        self.program = program
        self.arguments = arguments
        self.environment = environment
        self.maximumOutput = maximumOutput
        self.seconds = seconds
    }

    /// Runs the program; blocks the thread, so this is not for the threads that tasks share.
    ///
    /// - Parameters:
    ///   - onStart: Told the process id.
    ///   - isCancelled: Asked now and then whether to give up.
    public func run(
        onStart: (Int32) -> Void = { _ in }, isCancelled: () -> Bool = { false }
    ) throws(ProgramFailure) -> Outcome {
        let output = try MemoryFile()
        let errors = collectsErrors ? try MemoryFile() : nil
        let source = input.isEmpty ? nil : try MemoryFile(holding: input)
        var descriptors: [ProgramStart.Descriptor] = [
            source.map { .copy(of: $0.descriptor, at: 0) } ?? .null(0), .copy(of: output.descriptor, at: 1),
        ]
        if let errors { descriptors.append(.copy(of: errors.descriptor, at: 2)) }
        var files: [MemoryFile] = []
        for (number, bytes) in attachments.enumerated() {
            // Beyond all targets, so that none of them is replaced before it is copied.
            let file = try MemoryFile(holding: bytes, above: 3 + Int32(attachments.count))
            files.append(file)
            descriptors.append(.copy(of: file.descriptor, at: 3 + Int32(number)))
        }
        let asked = try terminal.map { path throws(ProgramFailure) in try LentTerminal(path) }
        defer { asked?.takeBack() }
        if let asked { descriptors += asked.descriptors }
        let child = try ProgramStart.start(
            program, arguments: [program] + arguments, environment: environment.map { "\($0.key)=\($0.value)" },
            descriptors: descriptors, searchesPath: searchesPath, leavesTerminal: leavesTerminal)
        onStart(child)
        let end = Self.now() + seconds
        var pause: UInt32 = 1000
        var verdict: Ending?
        while !Self.hasEnded(child) {
            // Nobody would wake it: Ctrl-Z at a program that asks is giving up.
            if isCancelled() || (asked != nil && Self.hasStopped(child)) { verdict = .cancelled }
            if Self.now() >= end { verdict = .timedOut }
            if overflow == .stop, output.size > maximumOutput || (errors?.size ?? 0) > maximumOutput {
                verdict = .printedTooMuch
            }
            if overflow == .keepEnd {
                output.forget(allBut: maximumOutput)
                errors?.forget(allBut: maximumOutput)
            }
            if verdict != nil {
                stop(child)
                break
            }
            usleep(pause)
            pause = min(pause * 2, 20_000)
        }
        let ending = Self.collect(child)
        // What it printed in its last moment counts as well.
        if verdict == nil, overflow == .stop, output.size > maximumOutput { verdict = .printedTooMuch }
        return Outcome(
            ending: verdict ?? ending, output: output.end(maximumOutput), errors: errors?.end(maximumOutput) ?? [])
    }

    /// Ends the program and, as it has a group of its own, what it started.
    private func stop(_ child: Int32) {
        if grace > 0 {
            kill(-child, SIGTERM)
            let end = Self.now() + grace
            while !Self.hasEnded(child), Self.now() < end { usleep(5000) }
        }
        // Not collected yet, so the id of the group cannot be another's.
        kill(-child, SIGKILL)
    }

    /// Whether the process is gone, without collecting it.
    private static func hasEnded(_ child: Int32) -> Bool {
        var information = siginfo_t()
        let code = waitid(P_PID, id_t(child), &information, WEXITED | WNOWAIT | WNOHANG)
        return code == 0 ? information.si_signo != 0 : errno != EINTR
    }

    /// Whether the process was stopped, as by Ctrl-Z.
    private static func hasStopped(_ child: Int32) -> Bool {
        var information = siginfo_t()
        let code = waitid(P_PID, id_t(child), &information, WSTOPPED | WNOWAIT | WNOHANG)
        return code == 0 && information.si_signo != 0
    }

    private static func collect(_ child: Int32) -> Ending {
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 { if errno != EINTR { return .exited(-1) } }
        let signal = status & 0x7f
        return signal == 0 ? .exited(Int((status >> 8) & 0xff)) : .killed(Int(signal))
    }

    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import JSON
internal import Model
internal import Programs

/// A run that goes on without the terminal: this command starts itself once more, waits until that process has begun the run and
/// left the terminal, and tells its name.
///
/// The other process is the one that asks, so no yes is ever handed from one to the other.
struct Detachment {
    let context: CommandContext
    let options: GlobalOptions

    /// Where the other process finds the descriptor that it reports to.
    static let variable = "PVELUA_DETACHED"
    static let flag = "--detach"
    private static let descriptor: Int32 = 3

    /// Starts the command anew, and returns when its run has begun, or with the status that it ended with before that.
    func begin() throws(Failure) -> ExitStatus {
        let ends = try Self.pipe()
        let variables = context.environment.merging([Self.variable: String(Self.descriptor)]) { $1 }
        let child: Int32
        do {
            defer { close(ends.write) }
            child = try ProgramStart.start(
                "/proc/self/exe", arguments: ["pvelua"] + context.arguments.filter { $0 != Self.flag },
                environment: variables.map { "\($0.key)=\($0.value)" },
                descriptors: [.copy(of: ends.write, at: Self.descriptor)], sharesGroup: true)
        } catch {
            close(ends.read)
            throw Failure(.config, "the run cannot be started apart: \(error)")
        }
        defer { close(ends.read) }
        // Ctrl-C reaches both; what becomes of the run the other one decides.
        signal(SIGINT, SIG_IGN)
        let run = Self.line(ends.read)
        guard !run.isEmpty else { return try Self.ending(of: child) }
        try options.format.write(json: ["run": .string(run)], text: run + "\n")
        if !options.quiet {
            writeError("it goes on without this terminal; watch it: pvelua runs show --follow \(run)\n")
        }
        return .done
    }

    /// What the other process says, up to the end of its line; empty where it ended without a word.
    private static func line(_ file: Int32) -> String {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while bytes.count < 100 {
            let count = read(file, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1, byte != UInt8(ascii: "\n") else { break }
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// How it ended before its run had begun; it has said why.
    private static func ending(of child: Int32) throws(Failure) -> ExitStatus {
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        guard status & 0x7f == 0 else {
            if status & 0x7f == SIGINT { return .interrupted }
            throw Failure(.script, "the run's process ended by signal \(status & 0x7f) before the run had begun")
        }
        let code = status >> 8 & 0xff
        guard let known = ExitStatus(rawValue: code), known != .done else {
            throw Failure(.script, "the run's process ended with status \(code) before the run had begun")
        }
        return known
    }

    /// A pipe whose ends close themselves at exec.
    static func pipe() throws(Failure) -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else {
            throw Failure(.config, "the run cannot be started apart: \(String(cString: strerror(errno)))")
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }
}

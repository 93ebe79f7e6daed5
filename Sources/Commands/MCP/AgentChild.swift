// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Programs
internal import Synchronization

/// A command of pvelua that is run for a client: by this same program, as an agent, without a terminal.
///
/// So every tool goes the one way that there is, from arguments to the Gate, and this process, which reads what strangers write,
/// never holds a token.
struct AgentChild: Sendable {
    let context: CommandContext
    /// Options for every command: `--config`, `--cluster`.
    let options: [String]
    /// Who asks, as the client calls itself.
    var client: String?
    /// For whom, as the server's start said.
    var principal: String?

    /// What came of a command.
    struct Outcome: Sendable {
        var status: Int
        var output: [UInt8]
        /// The error that was printed, as its JSON; nil where there was none.
        var error: JSONObject?
        /// What else was told on the way.
        var notes: [String]

        /// The last of it as a model is told: warnings, and what the script has logged.
        var told: JSONValue? {
            guard !notes.isEmpty else { return nil }
            let left = notes.count - Self.mostNotes
            let shown = notes.suffix(Self.mostNotes).map { JSONValue.string(String($0.prefix(500))) }
            return .array((left > 0 ? [.string("… \(left) lines before")] : []) + shown)
        }

        private static let mostNotes = 20
    }

    /// The most bytes of output that are kept.
    static let mostOutput = 8 << 20
    /// How long a command may take, in seconds: a day, as a task may.
    static let longest = 86_400.0

    func run(_ arguments: [String], input: [UInt8] = []) async throws(Failure) -> Outcome {
        guard !(options + arguments).contains(where: { $0.utf8.contains(0) }) else {
            throw .parameter("arguments", "hold a NUL, which ends a text for the system")
        }
        var environment = context.environment
        // It would lend the command somebody else's word.
        environment[Detachment.variable] = nil
        environment["AI_AGENT"] = "1"
        environment["PVELUA_AGENT"] = client
        environment["PVELUA_ON_BEHALF_OF"] = principal
        var program = ProgramRun(
            "/proc/self/exe", options + ["--format", "json"] + arguments, environment: environment,
            maximumOutput: Self.mostOutput, seconds: Self.longest)
        program.input = input
        program.collectsErrors = true
        // Whoever sits at the terminal that the client was started from is not to be asked by surprise.
        program.leavesTerminal = true
        // Asked to end it ends as by Ctrl-C: nothing new is begun, what was sent is finished.
        program.grace = 30
        let isCancelled = Cancellation()
        let ready = program
        let outcome = await withTaskCancellationHandler {
            await BlockingWork.run { () -> Result<ProgramRun.Outcome, ProgramFailure> in
                do throws(ProgramFailure) {
                    return .success(try ready.run(isCancelled: { isCancelled.isSet }))
                } catch { return .failure(error) }
            }
        } onCancel: {
            isCancelled.set()
        }
        switch outcome {
        case .failure(let error): throw Failure(.config, "pvelua cannot start itself: \(error)")
        case .success(let outcome): return try Self.read(outcome)
        }
    }

    private static func read(_ outcome: ProgramRun.Outcome) throws(Failure) -> Outcome {
        let status: Int
        switch outcome.ending {
        case .exited(let code): status = code
        case .printedTooMuch: throw Failure(.limit, "it printed more than \(mostOutput) bytes")
        case .cancelled: throw Failure(.cancelled, "the request was cancelled")
        case .timedOut: throw Failure(.taskTimeout, "it took longer than a day")
        case .killed(let signal): throw Failure(.script, "the command was ended by signal \(signal)")
        }
        var lines = String(decoding: outcome.errors, as: UTF8.self).split(separator: "\n").map(String.init)
        // The error is the last line, always.
        var error: JSONObject?
        if status != 0, let last = lines.last, let found = (try? JSONValue(parsing: last))?["error"]?.object {
            error = found
            lines.removeLast()
        }
        return Outcome(status: status, output: outcome.output, error: error, notes: lines)
    }

    private final class Cancellation: Sendable {
        private let flag = Mutex(false)
        var isSet: Bool { flag.withLock { $0 } }
        func set() { flag.withLock { $0 = true } }
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import Journal
internal import Model
internal import Runbook
internal import Terminal
internal import Text

/// Reads a line, runs it, shows what it returns; keeps variables from line to line and survives every error.
final class Repl {
    let context: CommandContext
    var options: GlobalOptions
    var environment: RunEnvironment
    let input: ReplInput
    let knowledge: ReplKnowledge
    let interrupts: InterruptWatch
    var scope: RunScope
    var session: RunbookSession
    /// The changes that are being planned; nil where inputs go to the cluster.
    var rehearsal: ReplRehearsal?
    /// The inputs of this session, and which of them succeeded.
    var inputs: [(text: String, isGood: Bool)] = []
    /// The first of them that only a twin has seen.
    var firstPlanned: Int?
    var last: [ScriptValue] = []
    /// The globals that every session has.
    var ordinary: Set<String> = []
    var isEnding = false
    var tellsTime = false
    private var failure: ExitStatus?

    init(
        context: CommandContext, options: GlobalOptions, environment: RunEnvironment, input: ReplInput,
        knowledge: ReplKnowledge
    ) async throws(Failure) {
        (self.context, self.options, self.environment) = (context, options, environment)
        (self.input, self.knowledge) = (input, knowledge)
        interrupts = await InterruptWatch()
        scope = RunScope(id: environment.makeID(), environment: environment, script: nil)
        session = try await Self.start(environment, scope, context)
    }

    static func start(
        _ environment: RunEnvironment, _ scope: RunScope, _ context: CommandContext
    ) async throws(Failure) -> RunbookSession {
        try await RunbookSession.start(environment, worker: try context.launchWorker(), run: scope)
    }

    var workplace: Workplace { Workplace(context: context, options: options) }
    var isAtTerminal: Bool { context.isTerminal.input }

    func run() async throws(Failure) -> ExitStatus {
        await settle()
        if isAtTerminal { await greet() }
        var pending = ""
        reading: while !isEnding {
            let prompt = await prompt(continuing: !pending.isEmpty)
            switch await input.line(prompt: prompt.text, colour: prompt.colour) {
            case .end: break reading
            case .interrupted: pending = ""
            case .text(let line):
                if pending.isEmpty, line.hasPrefix(":") {
                    await input.remember(line, if: ReplHistory.mayKeep(line, context.secrets))
                    await command(line)
                    continue
                }
                pending += pending.isEmpty ? line : "\n" + line
                if pending.allSatisfy(\.isWhitespace) {
                    pending = ""
                } else if await take(pending) {
                    pending = ""
                }
            }
        }
        if !pending.isEmpty {
            report(.failed(ScriptFailure(Failure(.script, "the input ends in the middle of something"))), nil)
        }
        await rehearsal?.end()
        await session.end()
        // A pipe has nobody who saw the errors go by.
        let status = isAtTerminal ? .done : failure ?? .done
        await scope.close(status: status.rawValue)
        return status
    }

    /// Runs an input; false where more lines belong to it.
    private func take(_ text: String) async -> Bool {
        var chunk = Chunk(source: Array(text.utf8), name: "=repl", isExpression: true)
        chunk.keepsResult = true
        let began = ContinuousClock.now
        let outcome = await evaluate(chunk)
        if case .incomplete = outcome { return false }
        await input.remember(text, if: ReplHistory.mayKeep(text, context.secrets))
        report(outcome, chunk)
        if tellsTime { writeError(context.errorStyle.dim("took \(Self.took(ContinuousClock.now - began))") + "\n") }
        var isGood = false
        if case .values = outcome { isGood = true }
        inputs.append((text, isGood))
        await settle()
        return true
    }

    /// Has the cluster or its twin carry out a chunk; Ctrl-C ends it.
    func evaluate(_ chunk: Chunk) async -> ChunkOutcome {
        if let rehearsal { return await rehearsal.evaluate(chunk, interrupts) }
        let current = session
        return await interrupts.during {
            await current.evaluate(chunk)
        } onInterrupt: {
            await current.interrupt()
        }
    }

    /// Shows what came of a chunk.
    func report(_ outcome: ChunkOutcome, _ chunk: Chunk?) {
        switch outcome {
        case .values(let values):
            if values.contains(where: { !$0.isNil }) { last = values }
            result(most: mostRows).show(values)
        case .incomplete: break
        case .failed(let failure): tell(failure, chunk)
        }
    }

    func tell(_ failure: ScriptFailure, _ chunk: Chunk? = nil) {
        writeError(
            ErrorReport(format: options.format, style: context.errorStyle, secrets: context.secrets).text(
                failure, chunk: chunk))
        self.failure = ExitStatus(failure.failure)
    }

    func result(most: Int? = nil) -> ReplResult {
        ReplResult(format: options.format, output: environment.output, most: most)
    }

    /// The rows that leave the input in sight; a pipe gets all.
    private var mostRows: Int? { context.isTerminal.output ? max((windowHeight(1) ?? 24) - 4, 10) : nil }

    /// After an input: asks what the session knows by now, and begins anew where it was lost.
    func settle() async {
        if rehearsal == nil, await session.hasEnded {
            let gone = knowledge.variables.map(\.name)
            do throws(Failure) { session = try await Self.start(environment, scope, context) } catch {
                tell(ScriptFailure(error))
                isEnding = true
                return
            }
            let names = gone.isEmpty ? "variables" : gone.prefix(12).joined(separator: ", ")
            writeError(
                "the session was lost and begins anew; gone: \(TextCleaner.clean(names))"
                    + (gone.count > 12 ? " and \(gone.count - 12) more" : "") + "\n")
        }
        // Nobody presses Tab in a pipe.
        if isAtTerminal || ordinary.isEmpty { await look() }
    }

    /// Asks what the session has defined.
    func look() async {
        if let rehearsal {
            knowledge.variables = await rehearsal.variables(without: ordinary)
            return
        }
        guard case .values(let values) = await session.evaluate(ReplVariable.question) else { return }
        if ordinary.isEmpty { ordinary = Set(ReplVariable.read(values).map(\.name)).union(["_"]) }
        knowledge.variables = ReplVariable.read(values, without: ordinary)
    }

    private func command(_ line: String) async {
        let words = line.dropFirst().split(separator: " ", maxSplits: 1).map(String.init)
        let name = words.first ?? "help"
        let argument = words.count > 1 ? words[1].trimmed : ""
        do throws(Failure) {
            guard let command = ColonCommand.named(name) else { throw ColonCommand.unknown(name) }
            if name == "save!" { return try await save(argument, replaces: true) }
            try await command.act(self, argument)
        } catch {
            tell(ScriptFailure(error))
        }
    }

    private static func took(_ time: Duration) -> String {
        let milliseconds = time.components.seconds * 1000 + time.components.attoseconds / 1_000_000_000_000_000
        return milliseconds < 10_000 ? "\(milliseconds) ms" : "\(milliseconds / 1000) s"
    }
}

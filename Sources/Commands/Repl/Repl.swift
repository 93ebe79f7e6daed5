// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Runbook
internal import Terminal
internal import Text

/// Reads a line, runs it, prints what it returns; keeps variables from line to line and survives every error.
struct Repl {
    let context: CommandContext
    let options: GlobalOptions
    let environment: RunEnvironment
    let input: ReplInput

    func run() async throws(Failure) -> ExitStatus {
        let scope = RunScope(id: environment.makeID(), environment: environment, script: nil)
        var session = try await start(scope)
        if context.isTerminal.input {
            writeError("pvelua \(PveluaVersion.text) on \(environment.clusterName) — :help, :quit\n")
        }
        let interrupts = await InterruptWatch()
        var pending = ""
        var failure: ExitStatus?
        reading: while true {
            let prompt =
                pending.isEmpty
                ? "\(environment.clusterName)> " : String(repeating: ".", count: environment.clusterName.count) + "> "
            switch await input.line(prompt: prompt) {
            case .end: break reading
            case .interrupted: pending = ""
            case .text(let line):
                if pending.isEmpty, line.hasPrefix(":") {
                    if command(line) { break reading }
                    continue
                }
                pending += pending.isEmpty ? line : "\n" + line
                if pending.allSatisfy(\.isWhitespace) {
                    pending = ""
                    continue
                }
                let chunk = Chunk(source: Array(pending.utf8), name: "=repl", isExpression: true)
                let current = session
                let outcome = await interrupts.during {
                    await current.evaluate(chunk)
                } onInterrupt: {
                    await current.interrupt()
                }
                if case .incomplete = outcome { continue }
                await input.remember(pending)
                failure = print(outcome, chunk) ?? failure
                pending = ""
                if await session.hasEnded {
                    writeError("the session was lost and begins anew: variables are gone\n")
                    session = try await start(scope)
                }
            }
        }
        if !pending.isEmpty {
            failure = print(.failed(ScriptFailure(Failure(.script, "the input ends in the middle of something"))), nil)
        }
        await session.end()
        // A pipe has nobody who saw the errors go by.
        let status = context.isTerminal.input ? .done : failure ?? .done
        await scope.close(status: status.rawValue)
        return status
    }

    private func start(_ scope: RunScope) async throws(Failure) -> RunbookSession {
        try await RunbookSession.start(
            environment, worker: try .launch(executable: context.worker), run: scope)
    }

    /// Shows what came of a chunk; gives the status of an error.
    private func print(_ outcome: ChunkOutcome, _ chunk: Chunk?) -> ExitStatus? {
        switch outcome {
        case .values(let values):
            if options.format == .text, values.count == 1, let table = ReplTable.table(of: values[0]) {
                environment.output.table(table)
            } else {
                environment.output.write(ValuePrinter(format: options.format).bytes(values))
            }
        case .incomplete: break
        case .failed(let failure):
            writeError(
                ErrorReport(format: options.format, style: context.errorStyle, secrets: context.secrets).text(
                    failure, chunk: chunk))
            return ExitStatus(failure.failure)
        }
        return nil
    }

    /// Carries out a line that begins with a colon; true ends the session.
    private func command(_ line: String) -> Bool {
        let words = line.split(separator: " ", maxSplits: 1).map(String.init)
        switch words[0] {
        case ":q", ":quit", ":exit": return true
        case ":h", ":help":
            let width = context.isTerminal.output ? windowWidth(1) : nil
            let text = ReplHelp.text(words.count > 1 ? words[1] : "", width: width)
            environment.output.write(Array(text.utf8))
        default: writeError("there is no \(TextCleaner.clean(words[0])); :help and :quit are known\n")
        }
        return false
    }
}

/// Decides which results are shown as tables.
enum ReplTable {
    /// A list of records becomes a table of its most telling columns; anything else stays as it is.
    static func table(of value: ScriptValue) -> RunTable? {
        guard let rows = value.json.array, !rows.isEmpty, rows.allSatisfy({ $0.object?.members.isEmpty == false })
        else {
            return nil
        }
        let isGuestList = rows.allSatisfy { $0["vmid"] != nil && $0["kind"] != nil }
        return RunTable(
            records: rows,
            columns: isGuestList ? ["vmid", "name", "kind", "node", "status", "tags", "pool"] : nil)
    }
}

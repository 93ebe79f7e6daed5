// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import Journal
internal import Model
internal import Runbook

/// Runs one chunk as one run of the journal and writes what comes of it.
struct ScriptRun {
    let context: CommandContext
    let options: GlobalOptions
    /// Whether Ctrl-C has what was done undone.
    var undoesOnCancel = false

    /// - Parameter path: Where the script is; nil where it is no file.
    func run(_ chunk: Chunk, folder: String?, path: String? = nil) async throws(Failure) -> ExitStatus {
        let header = try RunbookHeader.read(chunk)
        // The worker comes up while the host reads its files, but for a runbook that may still be refused.
        let worker = header == nil ? try context.launchWorker() : nil
        let environment = try Workplace(context: context, options: options).environment(
            moduleFolder: folder.map(context.absolute)
        ).governed(by: header)
        var source = RunSource(path: path.map(context.absolute))
        source.isDetached = context.detachedReport != nil
        let scope = RunScope(id: environment.makeID(), environment: environment, script: chunk, source: source)
        return try await run(chunk, environment, scope, worker: worker)
    }

    /// Runs a chunk in a world that is there already.
    ///
    /// - Parameter judge: Says how the run ended, where that is not what the script makes of it.
    func run(
        _ chunk: Chunk, _ environment: RunEnvironment, _ scope: RunScope, worker: WorkerProcess? = nil,
        judge: (ChunkOutcome) async -> ChunkOutcome = { $0 }
    ) async throws(Failure) -> ExitStatus {
        let worker = if let worker { worker } else { try context.launchWorker() }
        let session = try await RunbookSession.start(environment, worker: worker, run: scope)
        var detached: DetachedOutput?
        if let report = context.detachedReport { detached = try await DetachedOutput.leave(scope, report: report) }
        let cancellation = RunCancellation(session: session, scope: scope, undoes: undoesOnCancel)
        let wishes = Swift.Task { await cancellation.watchWishes() }
        var outcome = await InterruptWatch().during {
            await session.evaluate(chunk)
        } onInterrupt: {
            await cancellation.pressed()
        }
        wishes.cancel()
        await session.end()
        outcome = await judge(outcome)
        // Before the error: with --format json that is the last line.
        let failure = outcome.failure
        let isUndone = failure?.account?.isUndone == true
        if let failure, !isUndone { await cancellation.tellHowToGoOn(ExitStatus(failure.failure)) }
        let status = report(outcome, chunk, environment.output)
        await detached?.finish()
        await scope.close(status: status.rawValue, isAccident: failure?.isAccident == true, isUndone: isUndone)
        return status
    }

    private func report(_ outcome: ChunkOutcome, _ chunk: Chunk, _ output: any RunOutput) -> ExitStatus {
        switch outcome {
        case .values(let values):
            output.write(ValuePrinter(format: options.format).bytes(values))
            guard output.hasLostOutput else { return .done }
            return fail(ScriptFailure(.lostOutput), chunk)
        case .incomplete(let failure), .failed(let failure):
            return fail(failure, chunk)
        }
    }

    private func fail(_ failure: ScriptFailure, _ chunk: Chunk) -> ExitStatus {
        writeError(
            ErrorReport(format: options.format, style: context.errorStyle, secrets: context.secrets).text(
                failure, chunk: chunk))
        return ExitStatus(failure.failure)
    }
}

/// Standard input as one piece.
enum StandardInput {
    static func readAll(maximum: Int) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = read(0, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Failure(.usage, "cannot read standard input") }
            guard count > 0 else { return bytes }
            bytes.append(contentsOf: chunk[..<count])
            guard bytes.count <= maximum else {
                throw Failure(.usage, "standard input is larger than \(maximum) bytes")
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import Dispatch
internal import Glibc
internal import JSON
internal import Model
internal import Programs
internal import Synchronization

/// The way to the node that pvelua itself runs on: the `pvesh` program, as root and without network or token.
///
/// A request is a run of `pvesh`, on a thread of its own. In it tasks run in the foreground; so the task of a write that
/// takes longer is looked for while it runs, and answered with as soon as it is found. From then on it is followed like any
/// other, and goes on when pvelua ends.
public final class PveshTransport: Transport {
    private let settings: PveshSettings
    private let queue = DispatchQueue(label: "pvelua.pvesh", attributes: .concurrent)
    private let reads: Turnstile
    private let writes: Turnstile
    private let guardian = PveshGuard()

    /// Makes a transport; nothing is run before the first request.
    public init(settings: PveshSettings = PveshSettings()) {
        self.settings = settings
        reads = Turnstile(places: settings.parallel)
        writes = Turnstile(places: settings.parallel)
    }

    /// Runs `pvesh` for one request.
    ///
    /// - Throws: ``TransportFailure``; what cannot be told to `pvesh` was not sent.
    public func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
        let command = try PveshCommand(request)
        if !command.isRead, command.hasParameters { try await checkNames() }
        let turnstile = command.isRead ? reads : writes
        guard await turnstile.enter() else {
            throw TransportFailure(.cancelled, mayHaveBeenSent: false, "the caller gave up")
        }
        let answer = await answer(to: command, request.timeout)
        await turnstile.leave()
        return try answer.get()
    }

    private func answer(
        to command: PveshCommand, _ timeout: Duration
    ) async -> Result<HTTPResponse, TransportFailure> {
        let limit = command.isRead ? timeout : max(timeout, settings.writeTimeout)
        let first = await run(command, limit: limit)
        guard case .finished(let outcome) = first, Self.refusesFormat(outcome) else {
            return first.response(to: command, limit)
        }
        return await run(command.withoutFormat, limit: limit).response(to: command, limit)
    }

    /// Whether `pvesh` read its options, did not know the one for the format, and did no more.
    ///
    /// A task's hook script may say the same words after something was done: whoever prints anything else has begun.
    private static func refusesFormat(_ outcome: ProgramRun.Outcome) -> Bool {
        guard case .exited(let status) = outcome.ending, status != 0, outcome.output.isEmpty else { return false }
        let lines = String(decoding: outcome.errors.prefix(2000), as: UTF8.self).split(separator: "\n")
        return lines.count >= 2 && lines[0] == "Unknown option: output-format"
            && lines[1].hasPrefix("400 unable to parse option")
    }

    /// Runs `pvesh` until it ends, its task is found, or the caller gives up.
    private func run(_ command: PveshCommand, limit: Duration) async -> PveshEnd {
        let end = PveshEnding()
        let run = program(command.words, limit: limit, isRead: command.isRead)
        let watch = command.isRead ? nil : Swift.Task { await self.lookForTask(of: command, end) }
        defer { watch?.cancel() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                end.open(continuation)
                queue.async {
                    // Given up before it began.
                    if end.isOver { return }
                    do throws(ProgramFailure) {
                        let outcome = try run.run(onStart: { end.started($0) }, isCancelled: { end.shallStop })
                        end.resolve(.finished(outcome))
                    } catch {
                        end.resolve(.notStarted(error.description))
                    }
                }
            }
        } onCancel: {
            // A write is left alone: in the middle of its task is the worst moment to end it.
            if command.isRead { end.stop() } else { end.resolve(.abandoned) }
        }
    }

    private func program(_ words: [String], limit: Duration, isRead: Bool) -> ProgramRun {
        var run = ProgramRun(
            settings.program, words, environment: settings.environment, maximumOutput: settings.maximumOutput,
            seconds: Double(limit.boundedMilliseconds) / 1000)
        run.overflow = isRead ? .stop : .keepEnd
        run.collectsErrors = true
        run.grace = Double(settings.grace.boundedMilliseconds) / 1000
        return run
    }

    /// Looks for the task that a running write has become, until it is found.
    private func lookForTask(of command: PveshCommand, _ end: PveshEnding) async {
        guard let node = command.node,
            let listing = try? PveshCommand(
                HTTPRequest(.get, "/api2/json/nodes/\(PercentEncoding.encode(node))/tasks?source=active"))
        else { return }
        var pause = settings.firstLook
        while true {
            do { try await ContinuousClock().sleep(for: pause) } catch { return }
            guard let child = end.runningChild else { continue }
            let found = await run(listing, limit: .seconds(30))
            if case .success(let response) = found.response(to: listing, .seconds(30)),
                let rows = (try? JSONValue(parsing: response.body))?["data"]?.array
            {
                let tasks = rows.compactMap { $0["upid"]?.string.flatMap(UPID.init) }
                if let upid = tasks.first(where: { RunningProcess.isTask($0, childOf: child) }) {
                    return end.resolve(.accepted(upid))
                }
            }
            pause = min(pause * 2, .seconds(4))
        }
    }

    /// Makes sure, once, that this `pvesh` takes the names of parameters literally.
    private func checkNames() async throws(TransportFailure) {
        let isExact = await guardian.isExact {
            let run = self.program(["get", "/version", "--output-forma", "json"], limit: .seconds(30), isRead: true)
            return await withCheckedContinuation { continuation in
                self.queue.async {
                    continuation.resume(returning: Result { () throws(ProgramFailure) in try run.run() })
                }
            }
        }
        switch isExact {
        case .failure(let reason):
            throw TransportFailure(.connect, mayHaveBeenSent: false, "pvesh cannot be started: \(reason)")
        case .success(true?): return
        case .success(nil):
            throw TransportFailure(
                .connect, mayHaveBeenSent: false,
                "\(settings.program) does not answer as pvesh does; does it run for this user?")
        case .success(false?):
            throw TransportFailure(
                .garbled, mayHaveBeenSent: false,
                "this pvesh takes shortened names of parameters, so that what is asked for is not what is judged")
        }
    }
}

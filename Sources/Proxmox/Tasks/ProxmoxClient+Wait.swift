// SPDX-License-Identifier: Apache-2.0
public import Model

extension ProxmoxClient {
    /// Waits until a task has ended well.
    ///
    /// Passing troubles of the connection do not end the waiting. A task that hands a request to high availability ends when
    /// the request is queued; ask ``verify(_:of:since:snapshot:timeout:)`` for the effect.
    ///
    /// - Parameters:
    ///   - upid: The task.
    ///   - timeout: How long to wait.
    ///   - interval: The longest pause between two looks.
    ///   - progress: Told of every look at the running task; where it is given, the log is read along every two seconds.
    /// - Throws: ``Failure`` with task, node and the last lines of the log: what the classifier makes of the exit text,
    ///   `outcome_unknown` where nobody knows how it ended or nobody may look, `task_timeout` where it still runs, `cancelled`.
    public func wait(
        for upid: UPID, timeout: Duration = .seconds(300), interval: Duration = .seconds(1),
        progress: (@Sendable (TaskProgress) -> Void)? = nil
    ) async throws(Failure) -> TaskOutcome {
        await board.enter(upid)
        let result: Result<TaskStatus, Failure>
        let start = clock.now()
        do throws(Failure) {
            result = .success(try await end(of: upid, start, timeout, interval, progress))
        } catch {
            result = .failure(error)
        }
        await board.leave(upid)
        let status = try result.get()
        let duration = clock.now() - start
        switch status {
        case .ok, .running: return TaskOutcome(upid: upid, status: status, duration: duration)
        case .warnings:
            return TaskOutcome(upid: upid, status: status, log: await logTail(upid), duration: duration)
        case .error(let text), .unknown(let text):
            throw await failure(of: upid, text, status)
        }
    }

    private func end(
        of upid: UPID, _ start: Duration, _ timeout: Duration, _ interval: Duration,
        _ progress: (@Sendable (TaskProgress) -> Void)?
    ) async throws(Failure) -> TaskStatus {
        var schedule = PollSchedule(now: start, timeout: timeout, longest: interval, part: 24)
        var trouble: Failure?
        var hasLooked = false
        var grace = TroubleGrace()
        var reader = progress.map { _ in LogReader(upid: upid) }
        while true {
            // What has run for long may end a little unnoticed.
            let common = await board.commonPause(on: upid.node).map {
                min(max($0, (clock.now() - start) / 8), interval)
            }
            switch schedule.step(now: clock.now()) {
            case .wait(let pause):
                let shared = common.map { schedule.shortened($0, now: clock.now()) }
                do { try await clock.sleep(for: shared ?? pause) } catch {
                    throw Failure(.cancelled, "the waiting was given up; the task goes on").about(upid)
                }
            // Even without any time a task that has ended already can be told of.
            case .giveUp where !hasLooked: break
            case .giveUp: throw Self.stillRunning(upid, timeout, trouble)
            }
            hasLooked = true
            do throws(Failure) {
                let status = try await look(upid, since: start, freshness: common.map { $0 / 2 } ?? schedule.freshness)
                trouble = nil
                grace = TroubleGrace()
                if status.hasEnded { return status }
                await reader?.read(with: self)
            } catch {
                guard grace.bears(error, now: clock.now()) else { throw Self.notFollowed(upid, error) }
                trouble = error
            }
            progress?(
                TaskProgress(upid: upid, elapsed: clock.now() - start, figures: reader?.figures ?? TaskFigures()))
        }
    }

    private func look(_ upid: UPID, since: Duration, freshness: Duration) async throws(Failure) -> TaskStatus {
        let listed = await board.listed(
            upid, since: since, freshness: freshness, now: clock.now(), list: { await self.states(of: $1, on: $0) })
        if let listed { return listed }
        return try await task(upid)
    }

    private func failure(of upid: UPID, _ text: String, _ status: TaskStatus) async -> Failure {
        var failure = ErrorClassifier.classify(.task(text)).about(upid)
        if case .unknown = status {
            failure.kind = .outcomeUnknown
            if text.isEmpty { failure.message = "the task ended and says nothing about how" }
        }
        failure.message = "task \(upid.type) failed: \(failure.message)"
        failure.log = await logTail(upid)
        return failure
    }

    /// The task was accepted, so what stands in the way of looking says nothing about how it ends.
    private static func notFollowed(_ upid: UPID, _ trouble: Failure) -> Failure {
        guard trouble.kind != .cancelled else { return trouble.about(upid) }
        var failure = trouble
        failure.kind = .outcomeUnknown
        failure.message = "task \(upid.type) cannot be followed: \(trouble.message)"
        return failure.about(upid)
    }

    private static func stillRunning(_ upid: UPID, _ timeout: Duration, _ trouble: Failure?) -> Failure {
        let seconds = "\(timeout.boundedMilliseconds / 1000) s"
        var failure = Failure(
            .taskTimeout, "task \(upid.type) still runs after \(seconds)",
            hint: "it goes on: wait longer, or stop it if it hangs")
        if let trouble {
            failure.kind = .outcomeUnknown
            failure.hint = "it may still run: look at it before doing anything again"
            failure.message =
                "task \(upid.type) was not seen to end within \(seconds); the last look failed: "
                + trouble.message
        }
        return failure.about(upid)
    }
}

/// Reads a running task's log along, a page every two seconds at most.
private struct LogReader {
    let upid: UPID
    var figures = TaskFigures()
    private var next = 0
    private var lastRead: Duration?

    init(upid: UPID) { self.upid = upid }

    mutating func read(with client: ProxmoxClient) async {
        let now = client.clock.now()
        if let lastRead, now - lastRead < .seconds(2) { return }
        lastRead = now
        do throws(Failure) {
            for line in try await client.log(upid, start: next, limit: 500).lines where line.number > next {
                figures.read(line.text)
                next = line.number
            }
        } catch {
            // The figures are for people who wait; the waiting does not depend on them.
            return
        }
    }
}

extension Failure {
    /// Whether looking again in a moment may do better.
    var isPassing: Bool {
        switch kind {
        case .connection, .nodeUnreachable, .busy, .noQuorum, .server, .guestTimeout: true
        default: false
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Twin

/// Something that takes time, and stops at the moments that the test has named.
struct Passing {
    let mailbox: Mailbox
    /// Ends it before it is through.
    let end: @Sendable () async -> Void
    /// Those who watch for moments, by number.
    var watchers: [Int: Task<Void, Never>] = [:]
}

extension CaseDesk {
    /// Lets time pass.
    func advance(_ seconds: Double?) async throws(Failure) -> JSONValue {
        guard let seconds, seconds >= 0, seconds.isFinite else {
            throw .parameter("sim.advance", "takes seconds, 0 or more")
        }
        let mailbox = Mailbox()
        let clock = StageClock(stage: stage, isRunbook: true)
        let sleeper = Task {
            try? await clock.sleep(for: .milliseconds(Int64(min(seconds, 1e11) * 1000)))
            mailbox.post(.finished(.success(.null)))
        }
        return try await pass(Passing(mailbox: mailbox) { sleeper.cancel() })
    }

    /// Waits for the end of something, or for the next moment that the test has named.
    ///
    /// - Throws: ``Failure`` where something takes time already: a moment's function may not begin another run.
    func pass(_ beginning: Passing) async throws(Failure) -> JSONValue {
        guard passing == nil else {
            await beginning.end()
            throw .parameter("sim", "a function of sim.at cannot begin a run or let time pass with sim.advance")
        }
        passing = beginning
        let clock = stage.world.clock
        for (number, time) in moments {
            passing?.watchers[number] = Task { [stage] in
                do throws(CancellationError) {
                    try await clock.watch(until: time)
                    stage.hold()
                    beginning.mailbox.post(.moment(number))
                } catch {}
            }
        }
        return try await next()
    }

    /// Goes on after a moment's function.
    func goOn() async throws(Failure) -> JSONValue {
        guard passing != nil else { return .null }
        stage.release()
        return try await next()
    }

    private func next() async throws(Failure) -> JSONValue {
        guard let passing else { return .null }
        switch await passing.mailbox.next() {
        case .moment(let number):
            moments[number] = nil
            return .object(JSONObject([("at", JSONValue(number))]))
        case .finished(let result):
            await settle()
            return try result.get()
        }
    }

    /// Lets go of what was under way, and of time.
    private func settle() async {
        guard let ended = passing else { return }
        passing = nil
        for watcher in ended.watchers.values { watcher.cancel() }
        for watcher in ended.watchers.values { await watcher.value }
        while stage.isHolding { stage.release() }
    }

    /// Ends whatever the case has left under way.
    func close() async {
        guard let left = passing else { return }
        while stage.isHolding { stage.release() }
        await left.end()
        await settle()
    }
}

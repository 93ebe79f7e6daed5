// SPDX-License-Identifier: Apache-2.0
import Proxmox

/// A clock for several sleepers: when all of them sleep, it jumps to the first that wants to wake.
final class PartyClock: ClientClock {
    private struct State {
        var now = Duration.zero
        var parties: Int
        var sleepers: [(target: Duration, continuation: CheckedContinuation<Void, Never>)] = []

        /// Those to wake now, if nobody is left awake.
        mutating func due() -> [CheckedContinuation<Void, Never>] {
            guard !sleepers.isEmpty, sleepers.count >= parties else { return [] }
            now = sleepers.map(\.target).min() ?? now
            let due = sleepers.filter { $0.target <= now }.map(\.continuation)
            sleepers.removeAll { $0.target <= now }
            return due
        }
    }

    private let state: Lock<State>

    init(parties: Int) { state = Lock(State(parties: parties)) }

    func now() -> Duration { state.withLock { $0.now } }

    func sleep(for duration: Duration) async throws(CancellationError) {
        await withCheckedContinuation { continuation in
            let due = state.withLock { state in
                state.sleepers.append((state.now + duration, continuation))
                return state.due()
            }
            for sleeper in due { sleeper.resume() }
        }
    }

    /// One party sleeps no more.
    func leave() {
        let due = state.withLock { state in
            state.parties -= 1
            return state.due()
        }
        for sleeper in due { sleeper.resume() }
    }
}

// SPDX-License-Identifier: Apache-2.0
public import Proxmox
internal import Simulator
internal import Synchronization

/// The time of a twin: it passes only while everybody who uses the twin waits.
///
/// Sleepers are woken in the order of their moments, the next one when no request is under way and everything that is ready
/// to go on has had its turns. So things that wait at the same time wait together, as in life, and none of it takes time.
public final class TwinClock: ClientClock {
    private struct Sleeper {
        let wake: Double
        let number: Int
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var time: Double
        var busy = 0
        var number = 0
        var sleepers: [Sleeper] = []
        var cancelled: Set<Int> = []
        var isPumping = false
    }

    private let start: Double
    private let state: Mutex<State>
    /// How often whatever is ready may go on before time does.
    private static let turns = 4

    init(start: Double) {
        self.start = start
        state = Mutex(State(time: start))
    }

    /// Seconds since 1970.
    public var wallTime: Double { state.withLock { $0.time } }
    /// The time since the twin began.
    public func now() -> Duration { .milliseconds(Int64(((wallTime - start) * 1000).rounded())) }

    /// Lets time pass.
    ///
    /// - Throws: `CancellationError` where the task was cancelled meanwhile.
    public func sleep(for duration: Duration) async throws(CancellationError) {
        let parts = duration.components
        await wait(Double(parts.seconds) + Double(parts.attoseconds) / 1e18)
        if Task.isCancelled { throw CancellationError() }
    }

    /// Lets time pass within a request.
    fileprivate func sleepInside(_ seconds: Double) async {
        leave()
        await wait(seconds)
        enter()
    }

    /// A request begins: time stands still.
    func enter() { state.withLock { $0.busy += 1 } }

    /// A request ends.
    func leave() {
        let begins = state.withLock { state in
            state.busy -= 1
            return Self.mayPump(&state)
        }
        if begins { pump() }
    }

    private static func mayPump(_ state: inout State) -> Bool {
        guard state.busy == 0, !state.sleepers.isEmpty, !state.isPumping else { return false }
        state.isPumping = true
        return true
    }

    private func wait(_ seconds: Double) async {
        let number = state.withLock { state in
            state.number += 1
            return state.number
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (isCancelled, begins) = state.withLock { state in
                    if state.cancelled.remove(number) != nil { return (true, false) }
                    let wake = state.time + max(0, seconds.isFinite ? seconds : 0)
                    state.sleepers.append(Sleeper(wake: wake, number: number, continuation: continuation))
                    return (false, Self.mayPump(&state))
                }
                if isCancelled { continuation.resume() }
                if begins { pump() }
            }
        } onCancel: {
            let sleeper = state.withLock { state -> Sleeper? in
                guard let index = state.sleepers.firstIndex(where: { $0.number == number }) else {
                    state.cancelled.insert(number)
                    return nil
                }
                return state.sleepers.remove(at: index)
            }
            sleeper?.continuation.resume()
        }
        state.withLock { _ = $0.cancelled.remove(number) }
    }

    /// Wakes one sleeper after the other, as long as there is nothing else to do.
    private func pump() {
        Task {
            while true {
                for _ in 0..<Self.turns { await Task.yield() }
                let next = state.withLock { state -> Sleeper? in
                    let first = state.sleepers.indices.min {
                        (state.sleepers[$0].wake, state.sleepers[$0].number)
                            < (state.sleepers[$1].wake, state.sleepers[$1].number)
                    }
                    guard state.busy == 0, let first else {
                        state.isPumping = false
                        return nil
                    }
                    let sleeper = state.sleepers.remove(at: first)
                    state.time = max(state.time, sleeper.wake)
                    return sleeper
                }
                guard let next else { return }
                next.continuation.resume()
            }
        }
    }
}

/// A twin's time as its simulated clusters see it.
struct SimulatedTime: SimulatorClock {
    let clock: TwinClock
    let scale = 1.0
    var now: Double { clock.wallTime }
    func sleep(seconds: Double) async { await clock.sleepInside(seconds) }
}

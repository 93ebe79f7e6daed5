// SPDX-License-Identifier: Apache-2.0
public import Proxmox
public import Simulator
internal import Synchronization

/// The time of a twin: it passes only while everybody who uses the twin waits.
///
/// Sleepers are woken in the order of their moments, the next one when no request is under way and everything that is ready
/// to go on has had its turns. So things that wait at the same time wait together, as in life, and none of it takes time.
public final class TwinClock: ClientClock {
    private struct Sleeper {
        let wake: Double
        let number: Int
        /// Whether it is there to see a moment come, and makes no time pass of its own.
        let isWatcher: Bool
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var time: Double
        var busy = 0
        /// Calls that have no answer yet; one that does not sleep is at work, or waits for another.
        var calls = 0
        /// Counts everything that happens.
        var events = 0
        var number = 0
        var sleepers: [Sleeper] = []
        var cancelled: Set<Int> = []
        var isPumping = false
    }

    private let start: Double
    private let state: Mutex<State>
    /// How often whatever is ready may go on before time does.
    private static let turns = 4
    /// How many milliseconds of the world's time calls that do not sleep must have been quiet before time goes on: they may
    /// compute, or wait for something that is not known here.
    private static let quiet = 300

    /// Makes a clock that begins at a time, in seconds since 1970.
    public init(start: Double) {
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
    public func sleepInside(_ seconds: Double) async {
        leave()
        await wait(seconds)
        enter()
    }

    /// This time is nobody else's.
    public var isVirtual: Bool { true }
    /// Somebody is at work.
    public func hold() { enter() }
    /// Whoever was at work waits.
    public func release() { leave() }

    /// A request begins: time stands still.
    public func enter() {
        state.withLock {
            $0.busy += 1
            $0.events += 1
        }
    }

    /// A call begins.
    public func callBegins() { state.withLock { $0.calls += 1 } }

    /// A call has its answer.
    public func callEnds() {
        state.withLock {
            $0.calls -= 1
            $0.events += 1
        }
    }
    /// Waits until others have let time pass to a moment, at which it then stands still until ``leave()``.
    ///
    /// - Throws: `CancellationError` where the task was cancelled meanwhile; time goes on then.
    public func watch(until time: Double) async throws(CancellationError) {
        guard await wait(time - wallTime, isWatcher: true) else { throw CancellationError() }
    }

    /// A request ends.
    public func leave() {
        let begins = state.withLock { state in
            state.busy -= 1
            return Self.mayPump(&state)
        }
        if begins { pump() }
    }

    private static func mayPump(_ state: inout State) -> Bool {
        guard state.busy == 0, state.sleepers.contains(where: { !$0.isWatcher }), !state.isPumping else { return false }
        state.isPumping = true
        return true
    }

    /// - Returns: Whether the moment has come; false where the task was cancelled before it.
    @discardableResult
    private func wait(_ seconds: Double, isWatcher: Bool = false) async -> Bool {
        let number = state.withLock { state in
            state.number += 1
            return state.number
        }
        defer { state.withLock { _ = $0.cancelled.remove(number) } }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Bool, Never>) in
                let (isCancelled, begins) = state.withLock { state in
                    if state.cancelled.remove(number) != nil { return (true, false) }
                    state.events += 1
                    let wake = state.time + max(0, seconds.isFinite ? seconds : 0)
                    state.sleepers.append(
                        Sleeper(wake: wake, number: number, isWatcher: isWatcher, continuation: continuation))
                    return (false, Self.mayPump(&state))
                }
                if isCancelled { continuation.resume(returning: false) }
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
            sleeper?.continuation.resume(returning: false)
        }
    }

    /// Waits until whatever does not sleep has been quiet for a while.
    ///
    /// - Returns: False where something has happened, so that everything is to be looked at anew.
    private func letWork() async -> Bool {
        var last: Int?
        for _ in 0..<Self.quiet {
            let events = state.withLock { state -> Int? in
                guard state.calls > state.sleepers.count(where: { !$0.isWatcher }),
                    state.busy == 0, !state.sleepers.isEmpty
                else { return nil }
                return state.events
            }
            guard let events else { return last == nil }
            guard last == nil || events == last else { return false }
            last = events
            try? await ContinuousClock().sleep(for: .milliseconds(1))
        }
        return true
    }

    /// Wakes one sleeper after the other, as long as there is nothing else to do.
    private func pump() {
        Task {
            while true {
                for _ in 0..<Self.turns { await Task.yield() }
                guard await letWork() else { continue }
                let next = state.withLock { state -> Sleeper? in
                    let first = state.sleepers.indices.min {
                        (state.sleepers[$0].wake, state.sleepers[$0].number)
                            < (state.sleepers[$1].wake, state.sleepers[$1].number)
                    }
                    guard state.busy == 0, let first, state.sleepers.contains(where: { !$0.isWatcher }) else {
                        state.isPumping = false
                        return nil
                    }
                    let sleeper = state.sleepers.remove(at: first)
                    state.time = max(state.time, sleeper.wake)
                    if sleeper.isWatcher { state.busy += 1 }
                    return sleeper
                }
                guard let next else { return }
                next.continuation.resume(returning: true)
            }
        }
    }
}

/// A twin's time as its simulated clusters see it.
public struct SimulatedTime: SimulatorClock {
    let clock: TwinClock
    /// Things take as long as in life.
    public let scale = 1.0

    /// Makes the simulator's view of a clock.
    public init(clock: TwinClock) { self.clock = clock }

    /// Seconds since 1970.
    public var now: Double { clock.wallTime }
    /// Lets time pass within a request.
    public func sleep(seconds: Double) async { await clock.sleepInside(seconds) }
}

// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Synchronization

/// One read for all who want the same: whoever comes while one is under way shares the next.
///
/// So nobody is answered by what was begun before the question, and a thousand questions at once cost two reads.
final class GatheredRead<Value: Sendable>: Sendable {
    private struct Turn {
        var isTaken = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    /// The flight that has not begun, which may still be joined.
    private let open = Mutex(SingleFlight<Value>())
    private let turn = Mutex(Turn())
    /// When the last read began.
    private let begun = Mutex<Duration?>(nil)

    /// What a read brings that begins after this call.
    ///
    /// - Parameter spacing: How long after the beginning of the last one it begins at the earliest, so that more can share it.
    func read(
        spacing: Duration = .zero, by clock: any ClientClock,
        _ work: @escaping @Sendable () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let flight = open.withLock { $0 }
        return try await flight.run { [self] () async throws(Failure) -> Value in
            await takeTurn()
            defer { endTurn() }
            await keep(spacing, by: clock)
            open.withLock { if $0 === flight { $0 = SingleFlight() } }
            return try await work()
        }
    }

    private func keep(_ spacing: Duration, by clock: any ClientClock) async {
        let left = begun.withLock { $0.map { $0 + spacing - clock.now() } } ?? .zero
        // Whoever gives up meanwhile is told by the read itself.
        if left > .zero { try? await clock.sleep(for: left) }
        begun.withLock { $0 = clock.now() }
    }

    private func takeTurn() async {
        await withCheckedContinuation { waiter in
            let isFree = turn.withLock { turn in
                if turn.isTaken {
                    turn.waiting.append(waiter)
                    return false
                }
                turn.isTaken = true
                return true
            }
            if isFree { waiter.resume() }
        }
    }

    private func endTurn() {
        let next = turn.withLock { turn -> CheckedContinuation<Void, Never>? in
            guard !turn.waiting.isEmpty else {
                turn.isTaken = false
                return nil
            }
            return turn.waiting.removeFirst()
        }
        next?.resume()
    }
}

/// Gathered reads of several things, each by its name.
final class GatheredReads<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let reads = Mutex<[Key: GatheredRead<Value>]>([:])

    /// The one of that name.
    subscript(key: Key) -> GatheredRead<Value> {
        reads.withLock { reads in
            if let read = reads[key] { return read }
            let read = GatheredRead<Value>()
            reads[key] = read
            return read
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Synchronization

/// Work that many may ask for at once and that is done once for all of them.
///
/// It goes on while anybody waits for it: who gives up leaves at once, and the last one to leave takes the work along.
final class SingleFlight<Value: Sendable>: Sendable {
    private typealias Waiter = CheckedContinuation<Result<Value, Failure>, Never>

    private struct State {
        var waiters: [UInt64: Waiter] = [:]
        /// Those that gave up before they had begun to wait.
        var early: Set<UInt64> = []
        var task: Task<Void, Never>?
        /// Counts flights, so that one that everybody left cannot answer those who came later.
        var number: UInt64 = 0
        var lastID: UInt64 = 0
    }

    private let state = Mutex(State())
    private static var givenUp: Failure { Failure(.cancelled, "the caller gave up") }

    /// What the work comes to; joins the flight that is on its way, or starts one.
    ///
    /// - Throws: What the work throws, or ``Failure`` of the kind `cancelled` where this caller gave up.
    func run(_ work: @escaping @Sendable () async throws(Failure) -> Value) async throws(Failure) -> Value {
        let id = state.withLock { state in
            state.lastID &+= 1
            return state.lastID
        }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in join(id, waiter, work) }
        } onCancel: {
            leave(id)
        }
        state.withLock { _ = $0.early.remove(id) }
        return try result.get()
    }

    private func join(
        _ id: UInt64, _ waiter: Waiter, _ work: @escaping @Sendable () async throws(Failure) -> Value
    ) {
        let isTooLate = state.withLock { state in
            guard state.early.remove(id) == nil else { return true }
            state.waiters[id] = waiter
            guard state.task == nil else { return false }
            state.number &+= 1
            let number = state.number
            state.task = Task { [self] in
                do throws(Failure) {
                    land(number, .success(try await work()))
                } catch {
                    land(number, .failure(error))
                }
            }
            return false
        }
        if isTooLate { waiter.resume(returning: .failure(Self.givenUp)) }
    }

    private func land(_ number: UInt64, _ result: Result<Value, Failure>) {
        let waiters = state.withLock { state -> [Waiter] in
            guard state.number == number, state.task != nil else { return [] }
            state.task = nil
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume(returning: result) }
    }

    private func leave(_ id: UInt64) {
        let waiter = state.withLock { state -> Waiter? in
            guard let waiter = state.waiters.removeValue(forKey: id) else {
                state.early.insert(id)
                return nil
            }
            if state.waiters.isEmpty {
                state.task?.cancel()
                state.task = nil
            }
            return waiter
        }
        waiter?.resume(returning: .failure(Self.givenUp))
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Synchronization

/// Lets so many changes of a cluster be on their way at once; the others wait in their order, with nothing written down.
///
/// Connections are few, so of a thousand changes at once the first are answered while the others' intents would still be written.
/// And what is written down without an answer is in doubt should this process die.
final class Departures: Sendable {
    /// More than there are connections, so that none waits for the disk.
    static let most = 32

    private struct Dock {
        var away = 0
        var waiting: [(number: Int, waiter: CheckedContinuation<Bool, Never>)] = []
    }

    private struct State {
        var docks: [String: Dock] = [:]
        var last = 0
    }

    private let state = Mutex(State())

    /// Waits until a change of the cluster may be written down and sent; its place is free again when the departure ends.
    ///
    /// - Throws: ``Failure`` of kind `cancelled` where the call is given up meanwhile.
    func enter(_ cluster: String) async throws(Failure) -> Departure {
        let number = state.withLock { state in
            state.last += 1
            return state.last
        }
        let isIn = await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let answer = state.withLock { state -> Bool? in
                    if Swift.Task.isCancelled { return false }
                    guard state.docks[cluster, default: Dock()].away >= Self.most else {
                        state.docks[cluster, default: Dock()].away += 1
                        return true
                    }
                    state.docks[cluster]?.waiting.append((number, waiter))
                    return nil
                }
                if let answer { waiter.resume(returning: answer) }
            }
        } onCancel: {
            giveUp(number, cluster)
        }
        guard isIn else { throw Failure(.cancelled, "the call was given up before anything was sent") }
        return Departure { [self] in leave(cluster) }
    }

    private func giveUp(_ number: Int, _ cluster: String) {
        let waiter = state.withLock { state in
            let index = state.docks[cluster]?.waiting.firstIndex { $0.number == number }
            return index.flatMap { state.docks[cluster]?.waiting.remove(at: $0).waiter }
        }
        waiter?.resume(returning: false)
    }

    private func leave(_ cluster: String) {
        let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard let dock = state.docks[cluster], !dock.waiting.isEmpty else {
                state.docks[cluster]?.away -= 1
                return nil
            }
            return state.docks[cluster]?.waiting.removeFirst().waiter
        }
        next?.resume(returning: true)
    }
}

/// A change's place among those that are on their way.
final class Departure: Sendable {
    private let end: Mutex<(@Sendable () -> Void)?>

    fileprivate init(_ end: @escaping @Sendable () -> Void) { self.end = Mutex(end) }

    deinit { leave() }

    /// Frees the place, once: the change was answered, or is not sent.
    func leave() {
        let end = end.withLock { end in
            defer { end = nil }
            return end
        }
        end?()
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Synchronization

/// What of a run must not be given up in the middle: the changes that were sent.
///
/// A call that is cancelled ends at once, but for a change that was sent: that one is finished, unless the run is left.
final class RunHalt: Sendable {
    /// One change on its way.
    private struct Passage {
        let title: String
        var isSent = false
        var isCancelled = false
        var task: String?
        var cancel: (@Sendable () -> Void)?
    }

    private struct State {
        var passages: [Int: Passage] = [:]
        var next = 0
        var isLeaving = false
    }

    private let state = Mutex(State())

    /// Whether nobody waits any longer.
    var isLeaving: Bool { state.withLock { $0.isLeaving } }

    /// The changes that were sent and have no end yet, as a person is told of them.
    var underWay: [String] {
        state.withLock { state in
            state.passages.sorted { $0.key < $1.key }.map(\.value).filter(\.isSent).map { passage in
                passage.title + (passage.task.map { ", task \($0)" } ?? "")
            }
        }
    }

    /// Begins anew, for another chunk.
    func reset() { state.withLock { $0.isLeaving = false } }

    /// Gives up all waiting; what was accepted stays accepted.
    func leave() {
        let cancels = state.withLock { state in
            state.isLeaving = true
            return state.passages.values.compactMap(\.cancel)
        }
        for cancel in cancels { cancel() }
    }

    /// Does the work of one change, which a cancelled caller ends only while nothing was sent.
    ///
    /// - Parameters:
    ///   - isSent: Whether the change was sent before, as where its task is only waited for.
    ///   - patience: Whether the call is waited for; where its block was ended, it is left even when it was sent.
    func shield<Value: Sendable>(
        _ title: String, isSent: Bool = false, task: String? = nil, patience: CallPatience? = nil,
        _ work: @escaping @Sendable (Int) async -> Value
    ) async -> Value {
        let number = state.withLock { state in
            state.next += 1
            state.passages[state.next] = Passage(title: title, isSent: isSent, task: task)
            return state.next
        }
        defer { state.withLock { $0.passages[number] = nil } }
        let inner = Swift.Task { await work(number) }
        return await withTaskCancellationHandler {
            let isOver = state.withLock { state in
                state.passages[number]?.cancel = { inner.cancel() }
                return state.isLeaving || patience?.hasEnded == true
            }
            if isOver { inner.cancel() }
            return await inner.value
        } onCancel: {
            let gives = state.withLock { state in
                state.passages[number]?.isCancelled = true
                return state.passages[number]?.isSent != true || state.isLeaving || patience?.hasEnded == true
            }
            if gives { inner.cancel() }
        }
    }

    /// Marks a change as sent; from here on it is finished.
    ///
    /// - Throws: ``Failure`` of kind `cancelled` where its caller was cancelled before.
    func send(_ number: Int) throws(Failure) {
        let isSent = state.withLock { state in
            guard state.passages[number]?.isCancelled == false, !state.isLeaving else { return false }
            state.passages[number]?.isSent = true
            return true
        }
        guard isSent else { throw Failure(.cancelled, "interrupted before it was sent") }
    }

    /// Names the task that a change became.
    func accepted(_ number: Int, _ task: String) { state.withLock { $0.passages[number]?.task = task } }
}

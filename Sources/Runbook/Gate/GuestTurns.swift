// SPDX-License-Identifier: Apache-2.0
internal import Journal
internal import Proxmox

/// Which guests the calls of one run are at: of two calls at one guest the second waits until the first has an answer.
actor GuestTurns {
    private struct Waiter {
        let id: Int
        let call: Call
        let go: CheckedContinuation<Bool, Never>
    }

    /// What a call touches.
    struct Call: Sendable {
        /// The cluster.
        let cluster: String
        /// The guests.
        let guests: Set<Int>
        /// The guest that it only copies; several may do so at once.
        let copied: Int?

        func collides(_ other: Call) -> Bool {
            guard !guests.isDisjoint(with: other.guests), cluster == other.cluster else { return false }
            var common = guests.intersection(other.guests)
            if let copied, copied == other.copied { common.remove(copied) }
            return !common.isEmpty
        }
    }

    private var present: [Int: Call] = [:]
    private var waiters: [Waiter] = []
    private var last = 0

    /// Waits for its turn.
    ///
    /// - Parameter clock: What is told that the call waits for another one, and is not at work.
    /// - Returns: The turn, to be given to ``leave(_:)``, and whether it was waited for.
    /// - Throws: `CancellationError` where the call was given up meanwhile.
    func enter(_ call: Call, clock: any ClientClock) async throws(CancellationError) -> (turn: Int, waited: Bool) {
        last += 1
        let id = last
        guard !call.guests.isEmpty, isTaken(call, before: waiters.count) else {
            present[id] = call
            return (id, false)
        }
        clock.callEnds()
        defer { clock.callBegins() }
        let isIn = await withTaskCancellationHandler {
            await withCheckedContinuation { go in
                if Swift.Task.isCancelled { return go.resume(returning: false) }
                waiters.append(Waiter(id: id, call: call, go: go))
            }
        } onCancel: {
            Swift.Task { await self.giveUp(id) }
        }
        guard isIn else { throw CancellationError() }
        return (id, true)
    }

    /// Lets the next ones in.
    func leave(_ turn: Int) {
        present[turn] = nil
        letIn()
    }

    private func giveUp(_ id: Int) {
        guard let index = waiters.firstIndex(where: { $0.id == id }) else { return }
        waiters.remove(at: index).go.resume(returning: false)
        letIn()
    }

    private func letIn() {
        var index = 0
        while index < waiters.count {
            if isTaken(waiters[index].call, before: index) {
                index += 1
                continue
            }
            let next = waiters.remove(at: index)
            present[next.id] = next.call
            next.go.resume(returning: true)
        }
    }

    /// Nobody overtakes those who wait for the same guest.
    private func isTaken(_ call: Call, before index: Int) -> Bool {
        present.values.contains { $0.collides(call) } || waiters.prefix(index).contains { $0.call.collides(call) }
    }
}

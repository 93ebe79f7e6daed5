// SPDX-License-Identifier: Apache-2.0
internal import Synchronization

/// Lets one task after the other do something, in the order in which they came.
public final class OneAtATime: Sendable {
    private struct Turn {
        var isTaken = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let turn = Mutex(Turn())

    /// Makes one that nobody holds.
    public init() {}

    /// Waits until it is this task's turn; whoever had it must call ``end()``.
    public func take() async {
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

    /// Gives the turn to whoever has waited longest.
    public func end() {
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

// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Ends a process that is played within this one, at a point that its journal and its transports pass.
///
/// From then on nothing of it reaches disk, network, clock or terminal any more: whatever it still tries fails at once. So what is
/// left of it comes to its end and is freed, as a killed process is.
final class CrashSwitch: Sendable {
    private struct State {
        var labels: [String] = []
        var isDead = false
        var isBuried = false
        var undertakers: [@Sendable () -> Void] = []
    }

    private let point: Int?
    private let state = Mutex(State())

    /// - Parameter point: The number of the point, from 1, at which it ends; nil for a process that lives.
    init(at point: Int?) { self.point = point }

    /// All points that were passed, in order.
    var labels: [String] { state.withLock { $0.labels } }
    var isDead: Bool { state.withLock { $0.isDead } }

    /// Passes a point; false where the process ends there, or has ended.
    func pass(_ label: String) -> Bool {
        let (lives, undertakers) = state.withLock { state -> (Bool, [@Sendable () -> Void]?) in
            guard !state.isDead else { return (false, nil) }
            state.labels.append(label)
            guard state.labels.count == point else { return (true, nil) }
            state.isDead = true
            defer { state.undertakers = [] }
            return (false, state.undertakers)
        }
        guard let undertakers else { return lives }
        for undertaker in undertakers { undertaker() }
        state.withLock { $0.isBuried = true }
        return false
    }

    /// Waits until nothing of a process that ended holds a file any more.
    func burial() async {
        while !state.withLock({ $0.isBuried }) { await Task.yield() }
    }

    /// What the kernel does when the process ends.
    func whenDead(_ undertaker: @escaping @Sendable () -> Void) {
        let isDead = state.withLock { state in
            if !state.isDead { state.undertakers.append(undertaker) }
            return state.isDead
        }
        if isDead { undertaker() }
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import Synchronization

/// Whether a call is still waited for; a change that was sent goes on without its caller once it is not.
final class CallPatience: Sendable {
    private let isOver = Mutex(false)

    /// Whether the block that made the call was ended.
    var hasEnded: Bool { isOver.withLock { $0 } }

    /// Nobody waits any longer.
    func end() { isOver.withLock { $0 = true } }
}

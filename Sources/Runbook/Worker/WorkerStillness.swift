// SPDX-License-Identifier: Apache-2.0
internal import Proxmox

/// Has a time that is not the world's stand still while a script computes.
///
/// Such a time passes while everybody waits; that a worker does it says itself, by the number of frames it has acted upon.
struct WorkerStillness {
    private let clock: any ClientClock
    private var frames: UInt32 = 0
    private var holds = false

    init(clock: any ClientClock) { self.clock = clock }

    /// A frame goes to the worker, which will do something about it.
    mutating func sent() {
        frames &+= 1
        guard clock.isVirtual, !holds else { return }
        holds = true
        clock.hold()
    }

    /// The worker waits, and has acted upon so many frames.
    mutating func isStill(after count: UInt32) { if count == frames { ended() } }

    /// The worker is gone.
    mutating func ended() {
        guard holds else { return }
        holds = false
        clock.release()
    }
}

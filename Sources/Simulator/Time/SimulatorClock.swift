// SPDX-License-Identifier: Apache-2.0

/// The time that a simulated cluster lives in.
public protocol SimulatorClock: Sendable {
    /// Seconds since 1970.
    var now: Double { get }
    /// The factor on everything that takes time in the cluster: 1 is as in life, 0 is at once.
    var scale: Double { get }
    /// Waits.
    func sleep(seconds: Double) async
}

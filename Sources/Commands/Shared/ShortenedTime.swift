// SPDX-License-Identifier: Apache-2.0
internal import Proxmox

extension CommandContext {
    /// The time that waiting for a cluster goes by.
    var clock: any ClientClock {
        // Tests that kill hosts cannot wait 35 s for each: a debug build may be told to wait less. Releases do not know this.
        #if DEBUG
            if let factor = environment["PVELUA_TIME_SCALE"].flatMap(Double.init), factor > 0, factor <= 1 {
                return ShortenedTime(factor: factor)
            }
        #endif
        return SystemClock()
    }
}

#if DEBUG
    /// Time that passes more quickly than in life.
    private struct ShortenedTime: ClientClock {
        let factor: Double
        let life = SystemClock()

        func now() -> Duration { life.now() / factor }

        func sleep(for duration: Duration) async throws(CancellationError) {
            try await life.sleep(for: duration * factor)
        }
    }
#endif

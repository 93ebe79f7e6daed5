// SPDX-License-Identifier: Apache-2.0
import Model
import Testing

@testable import Proxmox

/// One read for all who want the same.
struct GatheredReadTests {
    /// Counts reads, and says when on the clock each began.
    private final class Counted: Sendable {
        let begun = Lock<[Duration]>([])
        private let clock: VirtualClock

        init(_ clock: VirtualClock) { self.clock = clock }

        func next() -> Int {
            begun.withLock {
                $0.append(clock.now())
                return $0.count
            }
        }
    }

    @Test func whoeverComesWhileOneIsUnderWaySharesTheNext() async throws {
        let (clock, gathered, isHeld) = (VirtualClock(), GatheredRead<Int>(), Lock(true))
        let counted = Counted(clock)
        let first = Task {
            try await gathered.read(by: clock) {
                let number = counted.next()
                while isHeld.withLock({ $0 }) { await Task.yield() }
                return number
            }
        }
        while counted.begun.withLock({ $0.isEmpty }) { await Task.yield() }
        let others = (0..<100).map { _ in Task { try await gathered.read(by: clock) { counted.next() } } }
        for _ in 0..<2000 { await Task.yield() }
        isHeld.withLock { $0 = false }
        #expect(try await first.value == 1)
        for other in others { #expect(try await other.value == 2) }
    }

    @Test func readsBeginAsFarApartAsAsked() async throws {
        let (clock, gathered) = (VirtualClock(), GatheredRead<Int>())
        let counted = Counted(clock)
        for _ in 0..<3 { _ = try await gathered.read(spacing: .milliseconds(300), by: clock) { counted.next() } }
        clock.advance(.seconds(5))
        _ = try await gathered.read(spacing: .milliseconds(300), by: clock) { counted.next() }
        #expect(
            counted.begun.withLock { $0 }
                == [.zero, .milliseconds(300), .milliseconds(600), .milliseconds(5600)])
    }

    @Test func onlyACrowdWaits() {
        #expect(GuestBoard.spacing(7, most: .seconds(1)) == .zero)
        #expect(GuestBoard.spacing(50, most: .seconds(1)) == .milliseconds(200))
        #expect(GuestBoard.spacing(.max, most: .milliseconds(300)) == .milliseconds(300))
    }
}

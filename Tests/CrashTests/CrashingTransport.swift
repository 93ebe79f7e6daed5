// SPDX-License-Identifier: Apache-2.0
import Proxmox
import Simulator
import Synchronization
import TestSupport

/// What goes wrong between host and cluster with a change, besides the end of the host.
enum Mishap: String, CaseIterable, Sendable {
    /// It never arrives, and nobody can tell.
    case dropBefore = "drop before effect"
    /// It takes effect, and the answer is lost.
    case dropAfter = "drop after effect"
    /// It takes effect, and a proxy says 596.
    case status596 = "596 after effect"
    /// No connection is made.
    case refused = "connection refused"
}

/// The mishaps of a case: which change of a life they hit, counted from 1 over all clusters.
struct Mishaps: Sendable {
    var byChange: [Int: Mishap] = [:]

    static let none = Mishaps()
}

/// Brings requests to a cluster for a process that may end before and after each.
final class CrashingTransport: Transport {
    private let server: TruthfulServer
    private let crash: CrashSwitch
    private let clock: VirtualClock
    private let life: Int
    private let mishaps: Mishaps
    private let changes: Counter
    /// How long a change that was on its way at the crash takes to arrive, in seconds; nil where it is lost.
    private let flight: Double?

    /// A number that several transports of a process share.
    final class Counter: Sendable {
        private let value = Mutex(0)

        func next() -> Int {
            value.withLock {
                $0 += 1
                return $0
            }
        }
    }

    init(
        _ server: TruthfulServer, _ crash: CrashSwitch, clock: VirtualClock, life: Int, mishaps: Mishaps,
        changes: Counter, flight: Double?
    ) {
        self.server = server
        self.crash = crash
        self.clock = clock
        self.life = life
        self.mishaps = mishaps
        self.changes = changes
        self.flight = flight
    }

    private func dead() -> TransportFailure {
        TransportFailure(.cancelled, mayHaveBeenSent: true, "the process is dead")
    }

    func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
        let name = "\(server.name) \(request.method.rawValue) \(request.target.dropFirst(10).prefix { $0 != "?" })"
        guard crash.pass("before \(name)") else { throw dead() }
        if request.method.isRead {
            let response = await server.serve(request, life: life, step: nil)
            guard crash.pass("after \(name)") else { throw dead() }
            return response
        }
        let step = server.claim(request)
        let mishap = mishaps.byChange[changes.next()]
        if mishap == .refused { throw TransportFailure(.connect, mayHaveBeenSent: false, "connection refused") }
        guard crash.pass("in flight \(name)") else {
            // The bytes have left: what becomes of them is no longer this process's affair.
            if let flight, mishap != .dropBefore {
                server.delay(request, life: life, step: step, until: clock.now + flight)
            }
            throw dead()
        }
        if mishap == .dropBefore { throw TransportFailure(.reset, mayHaveBeenSent: true, "connection lost") }
        let response = await server.serve(request, life: life, step: step)
        guard crash.pass("after \(name)") else { throw dead() }
        switch mishap {
        case .dropAfter: throw TransportFailure(.reset, mayHaveBeenSent: true, "connection lost")
        case .status596: return HTTPResponse(status: 596, reason: "Connection timed out")
        default: return response
        }
    }
}

/// The virtual time as one process sees it; it also lets arrive what other processes have left on the way.
struct CrashingTime: ClientClock {
    let clock: VirtualClock
    let servers: [TruthfulServer]
    let crash: CrashSwitch

    func now() -> Duration { .seconds(clock.now) }

    func sleep(for duration: Duration) async throws(CancellationError) {
        if Task.isCancelled || crash.isDead { throw CancellationError() }
        await pass(duration)
        await Task.yield()
    }

    /// Lets time pass whether the process lives or not.
    func pass(_ duration: Duration) async {
        let parts = duration.components
        let goal = clock.now + Double(parts.seconds) + Double(parts.attoseconds) / 1e18
        while let due = servers.compactMap(\.nextArrival).min(), due <= goal {
            clock.advance(by: due - clock.now)
            for server in servers { await server.deliverLate(at: due) }
        }
        clock.advance(by: goal - clock.now)
    }
}

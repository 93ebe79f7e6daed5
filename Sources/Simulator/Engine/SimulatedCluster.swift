// SPDX-License-Identifier: Apache-2.0
public import Proxmox
internal import Synchronization

/// A Proxmox cluster that exists only in memory and answers as a real one does.
///
/// Everything that takes time in a cluster takes time here too, on the clock given. Whatever became due since the last
/// request happens before the next one is looked at.
public final class SimulatedCluster: Sendable {
    /// What can be set besides the cluster's content.
    public struct Options: Sendable {
        /// How many seconds a 401 is held back; the clock's scale applies.
        public var authDelay: Double
        /// How many seconds every answer is held back.
        public var latency: Double
        /// What made-up numbers follow from.
        public var randomSeed: UInt64
        /// The version to answer as.
        public var version: PVEVersion

        /// Makes options.
        public init(
            authDelay: Double = 3, latency: Double = 0, randomSeed: UInt64 = 1, version: PVEVersion = .v8
        ) {
            self.authDelay = authDelay
            self.latency = latency
            self.randomSeed = randomSeed
            self.version = version
        }
    }

    struct Core: Sendable {
        var state: ClusterState
        var faults: [Fault] = []
        var requests: [ReceivedRequest] = []
    }

    /// The time it lives in.
    public let clock: any SimulatorClock
    /// How it was set up.
    public let options: Options
    let core: Mutex<Core>

    /// Makes a cluster from a seed.
    public init(_ seed: ClusterSeed, clock: any SimulatorClock = WallClock(), options: Options = Options()) {
        self.clock = clock
        self.options = options
        core = Mutex(
            Core(
                state: ClusterState(
                    seed: seed, now: clock.now, scale: clock.scale, randomSeed: options.randomSeed,
                    version: options.version)))
    }

    /// Makes a cluster that goes on from a state taken elsewhere.
    public init(state: ClusterState, clock: any SimulatorClock = WallClock(), options: Options = Options()) {
        self.clock = clock
        self.options = options
        core = Mutex(Core(state: state))
    }

    /// The whole cluster as it is now.
    public func snapshot() -> ClusterState {
        let now = clock.now
        return core.withLock {
            $0.state.advance(to: now)
            return $0.state
        }
    }

    /// Changes the cluster behind the API's back, as somebody at a console would.
    public func update(_ change: @Sendable (inout ClusterState) -> Void) {
        let now = clock.now
        core.withLock {
            $0.state.advance(to: now)
            change(&$0.state)
        }
    }

    /// Answers one request; injected faults do not apply.
    public func respond(to request: HTTPRequest) async -> HTTPResponse { await respond(to: request, trusting: nil) }

    func respond(to request: HTTPRequest, trusting identity: Identity?) async -> HTTPResponse {
        if options.latency > 0 { await clock.sleep(seconds: options.latency) }
        let deadline = clock.now + Durations.guestLock * clock.scale
        while true {
            let now = clock.now
            let (outcome, next) = core.withLock { core in
                core.state.advance(to: now)
                return (Dispatcher.dispatch(request, &core.state, trusting: identity), core.state.nextEvent)
            }
            switch outcome {
            case .answer(let response): return response
            case .denied(let response):
                await clock.sleep(seconds: options.authDelay * clock.scale)
                return response
            case .locked(_, let response):
                guard now < deadline else { return response }
                await clock.sleep(seconds: max(0.01, min(next ?? deadline, deadline) - now))
            }
        }
    }
}

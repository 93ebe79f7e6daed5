// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Journal
internal import Model
internal import Proxmox
internal import Simulator
internal import Synchronization
internal import Twin
internal import YAML

/// The world of one case: a simulated cluster, its time, and what was done to it.
final class Stage: Sendable {
    /// A cluster and the time it lives in.
    struct World: Sendable {
        var cluster: SimulatedCluster
        var clock: TwinClock

        init(_ seed: ClusterSeed) {
            clock = TwinClock(start: seed.time ?? Stage.start)
            cluster = SimulatedCluster(
                Stage.open(seed), clock: SimulatedTime(clock: clock), options: .init(authDelay: 0))
        }
    }

    private struct State {
        var world: World
        var faults: [StageFault] = []
        var sent: [SentRequest] = []
        var consents: [JSONValue] = []
        var journal: (any JournalStore)?
        /// How many moments stand still until their functions are through.
        var holds = 0
        var runs = 0
        /// How often time is held by the session of the test itself, in whatever cluster.
        var testHolds = 0
    }

    private let state: Mutex<State>

    /// The time at which a case begins where its cluster names none: just after the newest backups of the demo cluster.
    static let start = 1_795_342_000.0
    private static let token = (id: "rehearsal", secret: "00000000-0000-4000-8000-0000000000ff")
    private static let mostSent = 20_000

    private let openJournal: @Sendable (@escaping @Sendable () -> Double) throws(Failure) -> any JournalStore

    init(
        openJournal: @escaping @Sendable (@escaping @Sendable () -> Double) throws(Failure) -> any JournalStore
    ) {
        self.openJournal = openJournal
        state = Mutex(State(world: World(.demo())))
    }

    var world: World { state.withLock { $0.world } }
    var cluster: SimulatedCluster { world.cluster }
    /// The time, in seconds since 1970.
    var now: Double { world.clock.wallTime }

    /// Begins anew with another cluster.
    func begin(_ seed: ClusterSeed) {
        let world = World(seed)
        state.withLock { state in
            let holds = state.testHolds
            state = State(world: world)
            // Whoever has held the old cluster's time will let go of the new one's.
            for _ in 0..<holds { world.clock.hold() }
            state.testHolds = holds
        }
    }

    /// A cluster that our token opens, whoever else may enter it.
    private static func open(_ seed: ClusterSeed) -> ClusterSeed {
        var seed = seed
        let root = seed.users.firstIndex { $0.id == "root@pam" } ?? seed.users.endIndex
        if root == seed.users.endIndex { seed.users.append(SimulatedUser("root@pam", password: nil)) }
        seed.users[root].tokens.append(SimulatedToken(token.id, secret: token.secret))
        return seed
    }

    /// A client of the cluster of the moment.
    ///
    /// - Parameter isRunbook: Whether what it sends is noted, and goes wrong where a fault says so.
    func client(isRunbook: Bool) throws(Failure) -> ProxmoxClient {
        ProxmoxClient(
            hosts: [ProxmoxHost(name: "rehearsal", transport: StageTransport(stage: self, isRunbook: isRunbook))],
            credential: try APIToken(id: "root@pam!\(Self.token.id)", secret: Secret(Self.token.secret)),
            clock: StageClock(stage: self, isRunbook: isRunbook))
    }

    /// The journal of the case, which is gone with it.
    func journal() throws(Failure) -> any JournalStore {
        if let journal = state.withLock({ $0.journal }) { return journal }
        let journal = try openJournal { [weak self] in self?.now ?? 0 }
        state.withLock { $0.journal = journal }
        return journal
    }

    func nextRun() -> String {
        state.withLock {
            $0.runs += 1
            return "run-\($0.runs)"
        }
    }

    // MARK: - Faults and what was sent

    func add(_ fault: StageFault) { state.withLock { $0.faults.append(fault) } }

    /// Notes a request, and says what is to go wrong with it.
    func note(_ request: SentRequest) -> StageFault? {
        state.withLock { state in
            var request = request
            let index = state.faults.firstIndex { $0.hits(request) }
            let fault = index.map { state.faults[$0] }
            if let index {
                state.faults[index].times -= 1
                request.fault = fault?.kind
            }
            if state.sent.count < Self.mostSent { state.sent.append(request) }
            return fault
        }
    }

    var sent: [SentRequest] { state.withLock { $0.sent } }

    func note(consent: JSONValue) { state.withLock { $0.consents.append(consent) } }
    var consents: [JSONValue] { state.withLock { $0.consents } }

    // MARK: - Time that is held

    /// Holds time for the session of the test.
    func holdForTest() {
        state.withLock { state in
            state.testHolds += 1
            state.world.clock.hold()
        }
    }

    /// Lets go of it.
    func releaseForTest() {
        state.withLock { state in
            state.testHolds -= 1
            state.world.clock.release()
        }
    }

    var isHolding: Bool { state.withLock { $0.holds > 0 } }

    /// Notes that time stands still at a moment that was watched for.
    func hold() { state.withLock { $0.holds += 1 } }

    /// Lets time go on.
    func release() {
        let clock = state.withLock { state -> TwinClock? in
            guard state.holds > 0 else { return nil }
            state.holds -= 1
            return state.world.clock
        }
        clock?.leave()
    }
}

/// The time of a case as a client sees it.
struct StageClock: ClientClock {
    let stage: Stage
    let isRunbook: Bool

    func now() -> Duration { stage.world.clock.now() }

    var isVirtual: Bool { true }
    func hold() { if isRunbook { stage.world.clock.hold() } else { stage.holdForTest() } }
    func release() { if isRunbook { stage.world.clock.release() } else { stage.releaseForTest() } }
    // A test that waits for its runbook does not keep time from passing.
    func callBegins() { if isRunbook { stage.world.clock.callBegins() } }
    func callEnds() { if isRunbook { stage.world.clock.callEnds() } }

    func sleep(for duration: Duration) async throws(CancellationError) {
        let clock = stage.world.clock
        // A function of `sim.at` may wait, though the moment it was called at stands still for everybody else.
        let isHeld = !isRunbook && stage.isHolding
        if isHeld { clock.leave() }
        defer { if isHeld { clock.enter() } }
        try await clock.sleep(for: duration)
    }
}

/// Brings requests to the cluster of the moment.
struct StageTransport: Transport {
    let stage: Stage
    let isRunbook: Bool

    func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
        let world = stage.world
        world.clock.enter()
        defer { world.clock.leave() }
        let transport = SimulatorTransport(world.cluster)
        guard isRunbook else { return try await transport.send(request) }
        let sent = SentRequest(request, at: world.clock.wallTime)
        let fault = stage.note(sent)
        switch fault?.effect {
        case nil: return try await transport.send(request)
        case .request(let effect)?:
            let segments = request.target.prefix { $0 != "?" }.split(separator: "/").dropFirst(2)
            world.cluster.inject(
                Fault(effect, method: request.method, path: "/" + segments.joined(separator: "/")))
            return try await transport.send(request)
        case .task(let text)?:
            let before = world.cluster.snapshot()
            let response = try await transport.send(request)
            let answer = try? JSONValue(parsing: response.body)
            if let upid = answer?["data"]?.string { world.cluster.update { $0.doom(upid, text, before: before) } }
            return response
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
import Journal
import Model
import Proxmox
import Simulator
import Synchronization
import TestSupport
import Testing

@testable import Runbook

/// How many changes of a cluster are on their way at once.
struct DeparturesTests {
    /// Notes in which order the waiting came in, and holds what they were given.
    private final class Arrivals: Sendable {
        private let list = Mutex<[(name: Int, departure: Departure)]>([])

        var names: [Int] { list.withLock { $0.map(\.name) } }
        func note(_ name: Int, _ departure: Departure) { list.withLock { $0.append((name, departure)) } }
        func leave(_ name: Int) { list.withLock { $0.first { $0.name == name }?.departure }?.leave() }
    }

    /// Lets whoever can go on do so.
    private func settle() async {
        for _ in 0..<2000 { await Swift.Task.yield() }
    }

    private func fill(_ departures: Departures, _ cluster: String = "demo") async throws -> [Departure] {
        var taken: [Departure] = []
        for _ in 0..<Departures.most { taken.append(try await departures.enter(cluster)) }
        return taken
    }

    @Test func whoeverComesWhenAllPlacesAreTakenWaitsInTurn() async throws {
        let departures = Departures()
        let taken = try await fill(departures)
        let arrivals = Arrivals()
        var waiting: [Swift.Task<Void, any Error>] = []
        for name in 1...3 {
            waiting.append(Swift.Task { arrivals.note(name, try await departures.enter("demo")) })
            await settle()
        }
        #expect(arrivals.names.isEmpty)
        taken[0].leave()
        try await waiting[0].value
        // A place is freed once, however often its holder says so.
        taken[0].leave()
        await settle()
        #expect(arrivals.names == [1])
        arrivals.leave(1)
        taken[1].leave()
        for task in waiting { try await task.value }
        #expect(arrivals.names == [1, 2, 3])
    }

    @Test func aDepartureThatIsLetGoFreesItsPlace() async throws {
        let departures = Departures()
        var taken = try await fill(departures)
        let waiting = Swift.Task { try await departures.enter("demo") }
        await settle()
        taken.removeLast()
        try await waiting.value.leave()
        #expect(taken.count == Departures.most - 1)
    }

    @Test func anotherClusterHasPlacesOfItsOwn() async throws {
        let departures = Departures()
        let taken = try await fill(departures, "one")
        try await departures.enter("two").leave()
        #expect(taken.count == Departures.most)
    }

    @Test func whoeverGivesUpLosesTheirPlaceInTheQueueAndNobodyElses() async throws {
        let departures = Departures()
        let taken = try await fill(departures)
        let arrivals = Arrivals()
        let first = Swift.Task { arrivals.note(1, try await departures.enter("demo")) }
        await settle()
        let second = Swift.Task { arrivals.note(2, try await departures.enter("demo")) }
        await settle()
        first.cancel()
        let failure = await #expect(throws: Failure.self) { try await first.value }
        #expect(failure?.kind == .cancelled)
        taken[0].leave()
        try await second.value
        #expect(arrivals.names == [2])
        // Who has given up before they came does not wait at all.
        let late = Swift.Task {
            while !Swift.Task.isCancelled { await Swift.Task.yield() }
            _ = try await departures.enter("demo")
        }
        late.cancel()
        await #expect(throws: Failure.self) { try await late.value }
    }

    /// Holds every change back until it is opened.
    private final class Barrier: Transport {
        private let inner: SimulatorTransport
        private let state = Mutex<(isOpen: Bool, held: [CheckedContinuation<Void, Never>])>((false, []))

        init(_ cluster: SimulatedCluster) { inner = SimulatorTransport(cluster) }

        func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
            if request.method != .get {
                await withCheckedContinuation { waiter in
                    let isOpen = state.withLock { state in
                        if !state.isOpen { state.held.append(waiter) }
                        return state.isOpen
                    }
                    if isOpen { waiter.resume() }
                }
            }
            return try await inner.send(request)
        }

        func open() {
            let held = state.withLock { state in
                defer { state = (true, []) }
                return state.held
            }
            for waiter in held { waiter.resume() }
        }
    }

    @Test(.timeLimit(.minutes(1))) func whatIsNotYetOnItsWayIsNotWrittenDown() async throws {
        let count = Departures.most + 8
        var bench = try Bench(
            policy: try lenientPolicy(limits: "{ run: { guests: 1000 } }"), seed: .generated(nodes: 1, guests: count))
        let barrier = Barrier(bench.cluster)
        bench.environment.client = ProxmoxClient(
            hosts: [ProxmoxHost(name: "demo", transport: barrier)],
            credential: try APIToken(id: "root@pam!demo", secret: Secret("00000000-0000-4000-8000-000000000001")),
            clock: bench.environment.clock)
        let scope = RunScope(id: "many", environment: bench.environment, script: nil)
        let gate = Gate(environment: bench.environment, run: ClusterScope(run: scope, environment: bench.environment))
        let endpoint = try #require(OperationTable.named("snapshot")?.endpoints.first)
        let journal = bench.journal
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 100..<100 + count {
                group.addTask {
                    let guest = try await gate.resolve(try #require(VMID(number)))
                    let call = APICall(.post, try guest.reference.path("snapshot"), [("snapname", .text("now"))])
                    _ = try await gate.change(
                        Change(endpoint: endpoint, call: call, guest: guest, timeout: .seconds(60)))
                }
            }
            while try journal.steps(of: "many").count < Departures.most { await settle() }
            for _ in 0..<20 { await settle() }
            #expect(try journal.steps(of: "many").count == Departures.most)
            barrier.open()
            try await group.waitForAll()
        }
        let steps = try journal.steps(of: "many")
        #expect(steps.count == count && steps.allSatisfy { $0.state == .done })
    }
}

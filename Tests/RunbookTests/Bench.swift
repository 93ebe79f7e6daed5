// SPDX-License-Identifier: Apache-2.0
import Foundation
import Journal
import Model
import Policy
import Proxmox
import Simulator
import Synchronization
import TestSupport

@testable import Runbook

/// Answers from a list, and remembers what it was asked.
final class ScriptedConsent: ConsentGiver {
    private let state: Mutex<(answers: [ConsentAnswer], questions: [ConsentQuestion])>
    private let beforeAnswer: @Sendable (Int) -> Void

    init(_ answers: [ConsentAnswer], beforeAnswer: @escaping @Sendable (Int) -> Void = { _ in }) {
        state = Mutex((answers, []))
        self.beforeAnswer = beforeAnswer
    }

    var questions: [ConsentQuestion] { state.withLock { $0.questions } }

    func ask(_ question: ConsentQuestion) async -> ConsentAnswer {
        let (answer, count) = state.withLock { state in
            state.questions.append(question)
            return (state.answers.isEmpty ? .nobody : state.answers.removeFirst(), state.questions.count)
        }
        beforeAnswer(count)
        return answer
    }
}

/// Keeps what a run writes.
final class CollectedOutput: RunOutput {
    private let state = Mutex<(text: String, tables: [RunTable], log: [String])>(("", [], []))

    var text: String { state.withLock { $0.text } }
    var tables: [RunTable] { state.withLock { $0.tables } }
    var logged: [String] { state.withLock { $0.log } }

    let hasLostOutput = false

    func write(_ bytes: [UInt8]) { state.withLock { $0.text += String(decoding: bytes, as: UTF8.self) } }
    func table(_ table: RunTable) { state.withLock { $0.tables.append(table) } }
    func log(_ level: LogLevel, _ message: String) { state.withLock { $0.log.append("\(level.rawValue): \(message)") } }
}

/// The simulator's transport, with something that happens in the cluster just before a request arrives.
final class EventfulTransport: Transport {
    private let inner: SimulatorTransport
    private let events = Mutex<[(path: String, event: @Sendable () -> Void)]>([])

    init(_ cluster: SimulatedCluster) { inner = SimulatorTransport(cluster) }

    /// Lets something happen, once, before the next request whose target holds that text.
    func before(_ path: String, _ event: @escaping @Sendable () -> Void) {
        events.withLock { $0.append((path, event)) }
    }

    func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
        let event = events.withLock { events in
            events.firstIndex { request.target.contains($0.path) }.map { events.remove(at: $0).event }
        }
        event?()
        return try await inner.send(request)
    }
}

/// A whole host around the demo cluster: real worker, real policy, real journal, virtual time.
struct Bench {
    let cluster: SimulatedCluster
    let journal: SQLiteJournal
    let transport: EventfulTransport
    let output = CollectedOutput()
    let consent: ScriptedConsent
    var environment: RunEnvironment

    init(
        consent: ScriptedConsent = ScriptedConsent([]), caller: Caller = .human, policy: PolicySet? = nil,
        seed: ClusterSeed = .demo(), adjust: (inout RunSettings) -> Void = { _ in }
    ) throws {
        let clock = VirtualClock()
        let journal = try SQLiteJournal.inMemory()
        cluster = SimulatedCluster(seed, clock: clock)
        transport = EventfulTransport(cluster)
        self.journal = journal
        self.consent = consent
        let client = ProxmoxClient(
            hosts: [ProxmoxHost(name: "demo", transport: transport)],
            credential: try APIToken(id: "root@pam!demo", secret: Secret("00000000-0000-4000-8000-000000000001")),
            clock: VirtualTime(clock: clock))
        var settings = RunSettings(version: "test")
        settings.limits.processorSlice = 0.5
        adjust(&settings)
        let ids = Mutex(0)
        environment = RunEnvironment(
            clusterName: "demo", client: client, policy: try policy ?? .shipped(), openJournal: { journal },
            consent: consent,
            caller: caller, output: output, modules: ModuleFinder(folder: nil), clock: VirtualTime(clock: clock),
            now: { clock.now }, settings: settings,
            makeID: {
                ids.withLock {
                    $0 += 1
                    return "run-\($0)"
                }
            })
    }

    static let worker = Places.products.appendingPathComponent("pvelua-worker").path

    /// Runs one chunk in a session of its own.
    func run(_ code: String) async throws -> ChunkOutcome {
        try await run(Chunk(source: Array(code.utf8), name: "=test", isExpression: true))
    }

    /// Runs one chunk in a session of its own.
    func run(_ chunk: Chunk) async throws -> ChunkOutcome {
        let scope = RunScope(id: environment.makeID(), environment: environment, script: chunk)
        let session = try await RunbookSession.start(
            environment, worker: try .launch(executable: Self.worker), run: scope)
        let outcome = await session.evaluate(chunk)
        await session.end()
        await scope.close(status: 0)
        return outcome
    }

    /// The failure that a chunk ends with, or nil.
    func failure(of code: String) async throws -> Failure? {
        if case .failed(let failure) = try await run(code) { failure.failure } else { nil }
    }

    /// Loses the next change on its way, with task lists that may not be read: what became of it cannot be found out.
    func loseAnswer(_ effect: Fault.Effect = .dropBeforeEffect) {
        cluster.inject(Fault(effect, method: .post))
        cluster.inject(
            Fault(
                .status(403, "Permission check failed (/nodes/pve1, Sys.Audit)"), method: .get, path: "/nodes/*/tasks",
                count: 1000))
    }

    /// What requests the cluster got that were no reads.
    var writes: [String] {
        cluster.requests.filter { $0.method != .get }.map { "\($0.method.rawValue) \($0.target.dropFirst(10))" }
    }
}

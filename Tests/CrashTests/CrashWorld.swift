// SPDX-License-Identifier: Apache-2.0
import Foundation
import Journal
import Model
import Policy
import Proxmox
import Runbook
import Simulator
import Synchronization
import TestSupport

/// What a run writes, as long as its process lives.
final class MortalOutput: RunOutput {
    private let crash: CrashSwitch
    private let state = Mutex<(text: String, log: [String])>(("", []))

    init(_ crash: CrashSwitch) { self.crash = crash }

    var text: String { state.withLock { $0.text } }
    var logged: [String] { state.withLock { $0.log } }
    let hasLostOutput = false

    func write(_ bytes: [UInt8]) {
        guard !crash.isDead else { return }
        state.withLock { $0.text += String(decoding: bytes, as: UTF8.self) }
    }
    func table(_ table: RunTable) { write(Array("\(table)\n".utf8)) }
    func log(_ level: LogLevel, _ message: String) {
        guard !crash.isDead else { return }
        state.withLock { $0.log.append("\(level.rawValue): \(message)") }
    }
}

/// Two clusters, a journal on disk, and hosts that come and go: the world of one case.
final class CrashWorld: Sendable {
    let clock = VirtualClock()
    let demo: TruthfulServer
    let lab2: TruthfulServer
    let folder: TemporaryFolder
    let runbook: CrashRunbook
    private let lives = Mutex(0)

    init(_ runbook: CrashRunbook) throws {
        self.runbook = runbook
        demo = TruthfulServer("demo", clock: clock)
        lab2 = TruthfulServer("lab2", clock: clock)
        folder = try TemporaryFolder()
        for (name, text) in runbook.modules { _ = try folder.write(name, text) }
        demo.cluster.update(runbook.prepare)
    }

    deinit { folder.remove() }

    var servers: [TruthfulServer] { [demo, lab2] }
    var journalPath: String { folder.url.appendingPathComponent("journal.sqlite").path }
    static let run = "run-1"

    /// Opens the journal as somebody who only looks.
    func journal() throws -> SQLiteJournal { try SQLiteJournal(path: journalPath) }

    /// One process: what it lives in, and what can end it.
    struct Process {
        let number: Int
        let crash: CrashSwitch
        let output: MortalOutput
        var environment: RunEnvironment
    }

    /// Starts a process.
    ///
    /// - Parameters:
    ///   - point: Where it ends; nil for one that lives.
    ///   - wrap: Puts something around its journal, for mutants.
    func process(
        endingAt point: Int?, mishaps: Mishaps = .none, flight: Double? = nil, mutant: Mutant = .none,
        synced: @escaping @Sendable () -> Void = {}
    ) throws -> Process {
        let number = lives.withLock { lives in
            defer { lives += 1 }
            return lives
        }
        let crash = CrashSwitch(at: point)
        let output = MortalOutput(crash)
        let time = CrashingTime(clock: clock, servers: servers, crash: crash)
        let counter = CrashingTransport.Counter()
        for server in servers { server.forgetExpectations() }
        func client(_ server: TruthfulServer) throws(Failure) -> ProxmoxClient {
            let transport = CrashingTransport(
                server, crash, clock: clock, life: number, mishaps: mishaps, changes: counter, flight: flight)
            return ProxmoxClient(
                hosts: [ProxmoxHost(name: server.name, transport: mutant.around(transport))],
                credential: try APIToken(id: "root@pam!demo", secret: Secret("00000000-0000-4000-8000-000000000001")),
                clock: time)
        }
        let (path, clock, servers) = (journalPath, clock, servers)
        let opened = Mutex<CrashingJournal?>(nil)
        var settings = RunSettings(version: "test")
        settings.seed = 7
        let rules = try PolicySet.load(
            yaml: "version: 1\nrules:\n  - { id: all, actions: [\"*\"], effect: allow }\n", file: "policy.yaml")
        var environment = RunEnvironment(
            clusterName: "demo", client: try client(demo), policy: rules,
            openJournal: { () throws(Failure) in
                if let journal = opened.withLock({ $0 }) { return mutant.around(journal) }
                let journal = CrashingJournal(
                    try SQLiteJournal(path: path, account: "alice@ws1", now: { clock.now }), crash,
                    wrote: { step, intent in
                        let server = servers.first { $0.name == (intent.cluster ?? "demo") }
                        server?.expect(step, intent.method, intent.path)
                    }, synced: synced)
                opened.withLock { $0 = journal }
                return mutant.around(journal)
            }, consent: NobodyAsked(), caller: .human, output: output, modules: ModuleFinder(folder: folder.url.path),
            clock: time, now: { clock.now }, settings: settings, makeID: { Self.run })
        let other = OpenedCluster(client: try client(lab2), policy: rules, taskTimeout: .seconds(300))
        environment.clusters = ClusterDirectory(names: ["demo", "lab2"]) { (_) throws(Failure) in other }
        return Process(number: number, crash: crash, output: output, environment: environment)
    }

    /// Lets time pass while nobody is at work.
    func pass(_ seconds: Double) async {
        await CrashingTime(clock: clock, servers: servers, crash: CrashSwitch(at: nil)).pass(.seconds(seconds))
    }
}

private struct NobodyAsked: ConsentGiver {
    func ask(_ question: ConsentQuestion) async -> ConsentAnswer { .nobody }
}

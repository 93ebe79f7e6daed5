// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Plan
internal import Proxmox
internal import Runbook
internal import Synchronization

/// A twin of the cluster with a session that works on it.
struct ReplStand {
    let stage: PlanStage
    let recorder: PlanRecorder
    let session: RunbookSession
    let draft: Plan
    let output: MutedOutput

    static func make(
        context: CommandContext, options: GlobalOptions, live: RunEnvironment
    ) async throws(Failure) -> ReplStand {
        let planning = Planning(context: context, options: options, lifetime: 3600)
        let workplace = Workplace(context: context, options: options)
        let draft = try await planning.draft(Plan.SourceBinding(name: "repl", sha256: ""), live, workplace)
        let stage = PlanStage(live: live.client, start: Double(draft.created))
        let recorder = PlanRecorder(nonce: draft.nonce)
        let journal = try workplace.journal.rehearsal(at: live.now())
        let output = MutedOutput(live.output)
        var environment = live.planning(on: stage.client, now: { stage.now }, recorder, journal: journal)
        environment.output = output
        environment.clusters = ClusterDirectory(names: live.clusters.names) { (name) throws(Failure) in
            var opened = try await live.clusters.open(name)
            opened.client = stage.client(of: name, live: opened.client)
            return opened
        }
        let scope = RunScope(id: draft.id, environment: environment, script: nil)
        let session = try await Repl.start(environment, scope, context)
        return ReplStand(stage: stage, recorder: recorder, session: session, draft: draft, output: output)
    }
}

/// Output that can be kept back: what is carried out a second time has been seen.
final class MutedOutput: RunOutput {
    private let inner: any RunOutput
    private let muted = Mutex(true)

    init(_ inner: any RunOutput) { self.inner = inner }

    /// Whether nothing is passed on; so it is until somebody wants to see it.
    var isMuted: Bool {
        get { muted.withLock { $0 } }
        set { muted.withLock { $0 = newValue } }
    }

    let hasLostOutput = false
    func write(_ bytes: [UInt8]) { if !isMuted { inner.write(bytes) } }
    func table(_ table: RunTable) { if !isMuted { inner.table(table) } }
    func log(_ level: LogLevel, _ message: String) { if !isMuted { inner.log(level, message) } }
}

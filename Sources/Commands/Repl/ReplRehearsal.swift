// SPDX-License-Identifier: Apache-2.0
internal import Hashing
internal import Model
internal import Plan
internal import Proxmox
internal import Runbook
internal import Terminal
internal import Text

/// Inputs that are carried out on a twin of the cluster, and what they would change.
///
/// An input that fails leaves nothing: the others are carried out anew on a fresh twin, as they will be on the cluster.
final class ReplRehearsal {
    let context: CommandContext
    let options: GlobalOptions
    let live: RunEnvironment
    /// What of the session's variables comes along, as Lua.
    private let preamble: [Chunk]
    /// The variables that do not.
    let left: [String]
    /// The inputs that succeeded.
    private var chunks: [Chunk] = []
    private var stand: ReplStand
    var isSilent = false

    static func begin(
        context: CommandContext, options: GlobalOptions, environment: RunEnvironment, variables: [ReplVariable]
    ) async throws(Failure) -> ReplRehearsal {
        let known = variables.filter { $0.literal != nil }
        let text = known.compactMap { variable in variable.literal.map { "\(variable.name) = \($0)" } }
            .joined(separator: "\n")
        let preamble = text.isEmpty ? [] : [Chunk(source: Array(text.utf8), name: "=variables")]
        return try await ReplRehearsal(
            context: context, options: options, live: environment, preamble: preamble,
            left: variables.filter { $0.literal == nil && $0.type != "function" }.map(\.name), chunks: [])
    }

    private init(
        context: CommandContext, options: GlobalOptions, live: RunEnvironment, preamble: [Chunk], left: [String],
        chunks: [Chunk]
    ) async throws(Failure) {
        (self.context, self.options, self.live) = (context, options, live)
        (self.preamble, self.left, self.chunks) = (preamble, left, chunks)
        stand = try await ReplStand.make(context: context, options: options, live: live)
        for chunk in preamble + chunks {
            if case .failed(let failure) = await stand.session.evaluate(chunk) { throw failure.failure }
        }
    }

    /// The same on a twin of its own.
    func copy() async throws(Failure) -> ReplRehearsal {
        try await ReplRehearsal(
            context: context, options: options, live: live, preamble: preamble, left: left, chunks: chunks)
    }

    /// What was planned so far.
    var operations: [PlannedOperation] { get async { await stand.recorder.recorded } }

    func evaluate(_ chunk: Chunk, _ interrupts: InterruptWatch) async -> ChunkOutcome {
        let before = await operations.count
        stand.output.isMuted = isSilent
        let session = stand.session
        let outcome = await interrupts.during {
            await session.evaluate(chunk)
        } onInterrupt: {
            await session.interrupt()
        }
        switch outcome {
        case .incomplete: return outcome
        case .values:
            chunks.append(chunk)
            if !isSilent {
                for operation in await operations.dropFirst(before) {
                    writeError(PlannedLine(operation: operation, style: context.errorStyle).planned)
                }
            }
            return outcome
        case .failed(var failure):
            // What was done was done on the twin: nothing of it stays.
            failure.account = nil
            if !isSilent { await begin(anew: chunks) }
            return .failed(failure)
        }
    }

    /// Carries out the inputs again on a fresh twin.
    private func begin(anew chunks: [Chunk]) async {
        guard let fresh = try? await ReplStand.make(context: context, options: options, live: live) else { return }
        for chunk in preamble + chunks { _ = await fresh.session.evaluate(chunk) }
        await stand.session.end()
        stand = fresh
    }

    func variables(without ordinary: Set<String>) async -> [ReplVariable] {
        guard case .values(let values) = await stand.session.evaluate(ReplVariable.question) else { return [] }
        return ReplVariable.read(values, without: ordinary)
    }

    /// All that is planned, a line each.
    func text(style: Style) async -> String {
        let lines = await operations.map { PlannedLine(operation: $0, style: style).planned }
        return lines.isEmpty ? "nothing is planned yet\n" : lines.joined() + "  :apply makes these changes\n"
    }

    /// What is to be agreed to and carried out.
    func application() async throws(Failure) -> ReplApplication {
        let sources = preamble + chunks
        let text = sources.map { String(decoding: $0.source, as: UTF8.self) }.joined(separator: "\n")
        var plan = stand.draft
        plan.script = Plan.SourceBinding(name: "repl", sha256: ContentHash.sha256(Array(text.utf8)))
        await stand.recorder.complete(&plan, policy: live.policy)
        guard !plan.operations.isEmpty else {
            throw Failure(.usage, "nothing is planned that would change anything", hint: ":plan off leaves the plan")
        }
        for name in plan.otherClusters {
            guard let client = stand.stage.live(name) else { continue }
            plan.clusters.append(Plan.ClusterBinding(name: name, fingerprint: try await client.clusterFingerprint()))
        }
        return ReplApplication(
            context: context, options: options, environment: live, plan: plan, chunks: sources)
    }

    func end() async { await stand.session.end() }
}

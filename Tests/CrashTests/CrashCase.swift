// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Journal
import Model
import Runbook
import TestSupport

/// One run that is killed, perhaps more than once, and what is found afterwards.
struct CrashCase: Sendable {
    /// The points at which the first host and those that resume end, counted from 1 in each; behind the last one they live.
    var points: [Int]
    var mishaps = Mishaps.none
    /// How long nobody is at work after a crash, in seconds.
    var pause = 0.0
    /// How long a change that was on its way at the crash takes to arrive; nil where it is lost.
    var flight: Double?
    /// Whether the machine goes down with the host.
    var losesPower = false

    /// What came of it.
    struct Result: Sendable {
        var crashes = 0
        /// How the last host ended: nil where it was killed.
        var failure: Failure?
        var output = ""
        var effects: [String] = []
        var pictures: [String] = []
        var inDoubt = 0
        var duplicates = 0
        /// The points that each host passed.
        var labels: [[String]] = []
        /// What must not be.
        var problems: [String] = []
        /// Whether it came to its end without a person.
        var isResolved = false
        /// Whether it was run from its beginning again since no change had been intended.
        var isBegunAnew = false
    }
}

extension CrashWorld {
    static let worker = Places.products.appendingPathComponent("pvelua-worker").path

    var chunk: Chunk { Chunk(source: Array(runbook.source.utf8), name: "@runbook.lua", isExpression: false) }

    /// Runs the script from its beginning.
    func run(_ process: Process) async throws -> ChunkOutcome? {
        let scope = RunScope(id: Self.run, environment: process.environment, script: chunk, source: RunSource())
        return try await evaluate(process, scope)
    }

    /// Runs the script in a scope, to its end or that of the process.
    func evaluate(_ process: Process, _ scope: RunScope) async throws -> ChunkOutcome? {
        let worker = try WorkerProcess.launch(executable: Self.worker)
        process.crash.whenDead { worker.kill(reason: "the host was killed") }
        let session: RunbookSession
        do {
            session = try await RunbookSession.start(process.environment, worker: worker, run: scope)
        } catch {
            if process.crash.isDead { return nil }
            throw error
        }
        let outcome = await session.evaluate(chunk)
        await session.end()
        if !process.crash.isDead {
            var status: Int32 = 0
            if case .failed = outcome { status = 1 }
            await scope.close(status: status)
        }
        return process.crash.isDead ? nil : outcome
    }

    /// What journal and cluster say of each other; all that is wrong.
    func disagreements() throws -> (problems: [String], inDoubt: Int, duplicates: Int) {
        let steps = try journal().steps(of: Self.run)
        var problems: [String] = []
        var duplicates = 0
        for server in servers {
            var seen: Set<Int> = []
            for effect in server.effects {
                guard let number = effect.step else {
                    problems.append("\(effect.what) took effect without an intent")
                    continue
                }
                guard let step = steps.first(where: { $0.sequence == number }) else {
                    problems.append("\(effect.what) was step \(number), which is lost")
                    continue
                }
                if !seen.insert(number).inserted {
                    duplicates += 1
                    problems.append("step \(number) took effect twice: \(effect.what)")
                }
                if step.state == .notHappened {
                    problems.append("step \(number) is not_happened and took effect: \(effect.what)")
                }
                if let upid = step.upid, let real = effect.upid, upid != real {
                    problems.append("step \(number) is \(real) and the journal says \(upid)")
                }
                if let upid = effect.upid, let exit = server.exit(of: upid) {
                    let isGood = exit == "OK" || exit.hasPrefix("WARNINGS")
                    if step.state == .failed, isGood {
                        problems.append("step \(number) is failed and its task ended \(exit): \(effect.what)")
                    }
                    if step.state == .done, !isGood {
                        problems.append("step \(number) is done and its task ended \(exit): \(effect.what)")
                    }
                }
            }
            for step in steps where (step.intent.cluster ?? "demo") == server.name {
                let effect = server.effects.first { $0.step == step.sequence }
                if let upid = step.upid, effect == nil {
                    problems.append("step \(step.sequence) has adopted \(upid), which it did not start")
                }
            }
        }
        return (problems, steps.count { $0.state == .inDoubt }, duplicates)
    }
}

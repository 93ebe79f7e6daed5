// SPDX-License-Identifier: Apache-2.0
import Foundation
import Journal
import Model
import Runbook
import Synchronization
import TestSupport

/// How a resumed run ended.
enum ResumedEnding: Sendable {
    /// Its process was killed again.
    case killed
    /// The journal knows of no such run, so nothing was changed: it is run from its beginning.
    case unknown
    /// It had come to its end before.
    case over
    /// A person must look at steps.
    case doubt
    /// The script came to its end.
    case ended(ChunkOutcome)
}

/// What the same run comes to that nobody kills.
struct CrashReference: Sendable {
    var output: String
    var effects: [String]
    var pictures: [String]
    /// The points it passes.
    var labels: [String]
    var failure: Failure?

    init(_ runbook: CrashRunbook) async throws {
        let world = try CrashWorld(runbook)
        let process = try world.process(endingAt: nil)
        if case .failed(let failure)? = try await world.run(process) { self.failure = failure.failure }
        output = process.output.text
        effects = world.effects
        pictures = world.servers.map(\.picture)
        labels = process.crash.labels
    }
}

extension String {
    /// The text with all times of these tests made alike.
    fileprivate var timeless: String { replacing(#/\b1795[0-9]{6}\b/#, with: "T") }
}

extension CrashReference {
    fileprivate mutating func forgetTime() {
        (output, effects, pictures) = (output.timeless, effects.map(\.timeless), pictures.map(\.timeless))
    }
}

extension CrashCase.Result {
    fileprivate mutating func forgetTime() {
        (output, effects, pictures) = (output.timeless, effects.map(\.timeless), pictures.map(\.timeless))
    }
}

extension CrashWorld {
    /// What the clusters took, in one order.
    var effects: [String] {
        servers.flatMap { server in server.effects.map { "\(server.name) \(TruthfulServer.plain($0.what))" } }.sorted()
    }

    /// Whether no change was ever to be made, as far as the journal knows.
    private var hasNoSteps: Bool {
        get throws {
            guard FileManager.default.fileExists(atPath: journalPath) else { return true }
            return try journal().steps(of: Self.run).isEmpty
        }
    }

    /// Plays a case to its end: as often as the host is killed, another one resumes.
    func play(
        _ test: CrashCase, against reference: CrashReference, mutant: Mutant = .none,
        meanwhile: (CrashWorld) async throws -> Void = { _ in }
    ) async throws -> CrashCase.Result {
        var result = CrashCase.Result()
        let durable = DurableCopies(of: journalPath)
        func next() throws -> Process {
            let index = result.labels.count
            var synced: @Sendable () -> Void = {}
            if test.losesPower { synced = durable.keeper() }
            return try process(
                endingAt: test.points.indices.contains(index) ? test.points[index] : nil,
                mishaps: index == 0 ? test.mishaps : .none, flight: test.flight, mutant: mutant, synced: synced)
        }
        var host = try next()
        var ending: ResumedEnding = try await run(host).map { .ended($0) } ?? .killed
        result.labels.append(host.crash.labels)
        var output = host.output.text
        while host.crash.isDead {
            result.crashes += 1
            await host.crash.burial()
            if test.losesPower { durable.restore() }
            try await meanwhile(self)
            await pass(test.pause)
            if try hasNoSteps { result.isBegunAnew = true }
            host = try next()
            let boot = test.losesPower ? "another boot" : MachineBoot.id()
            ending = try await resume(host, boot: boot)
            if case .unknown = ending {
                ending = try await run(host).map { .ended($0) } ?? .killed
            }
            if case .over = ending {} else { output = host.output.text }
            result.labels.append(host.crash.labels)
        }
        await pass(120)
        let (problems, inDoubt, duplicates) = try disagreements()
        (result.problems, result.inDoubt, result.duplicates) = (problems, inDoubt, duplicates)
        result.output = output
        result.effects = effects
        result.pictures = servers.map(\.picture)
        // Nothing was to be changed and nothing kept, so it is begun anew, at another time.
        var reference = reference
        if result.isBegunAnew {
            result.forgetTime()
            reference.forgetTime()
        }
        if case .ended(.failed(let failure)) = ending { result.failure = failure.failure }
        if case .over = ending { result.failure = reference.failure }
        if case .doubt = ending { return result }
        if result.failure?.kind == .inDoubt || inDoubt > 0 { return result }
        result.isResolved = true
        try compare(&result, with: reference, strictly: test.mishaps.keepCourse)
        return result
    }

    private func compare(
        _ result: inout CrashCase.Result, with reference: CrashReference, strictly: Bool
    ) throws {
        guard strictly else {
            for (effect, count) in Dictionary(result.effects.map { ($0, 1) }, uniquingKeysWith: +) {
                let expected = reference.effects.count { $0 == effect }
                if expected > 0, count > expected {
                    result.duplicates += 1
                    result.problems.append("\(effect) took effect \(count) times and not \(expected)")
                }
            }
            return
        }
        let open = try journal().steps(of: Self.run).filter { !$0.state.isSettled }
        for step in open { result.problems.append("step \(step.sequence) is still \(step.state)") }
        if result.effects != reference.effects {
            let extra = result.effects.count - reference.effects.count
            result.duplicates += max(0, extra)
            result.problems.append("took effect: \(result.effects); expected: \(reference.effects)")
        }
        if result.pictures != reference.pictures {
            result.problems.append("the cluster is \(result.pictures); expected: \(reference.pictures)")
        }
        if result.output != reference.output {
            result.problems.append("printed: \(result.output); expected: \(reference.output)")
        }
        if result.failure?.kind != reference.failure?.kind {
            let expected = reference.failure.map { "\($0)" } ?? "none"
            result.problems.append("failure: \(result.failure.map { "\($0)" } ?? "none"); expected: \(expected)")
        }
    }
}

extension Mishaps {
    /// Whether a run that meets them does the same as one that does not.
    var keepCourse: Bool { byChange.values.allSatisfy { $0 == .dropAfter || $0 == .status596 } }
}

/// What the disk holds for certain: copies of the journal's files, made whenever a write had waited for the disk.
final class DurableCopies: Sendable {
    private let path: String
    /// How often the power was lost.
    private let losses = Mutex(0)

    init(of path: String) { self.path = path }

    /// The log first: what a checkpoint has moved meanwhile is in it and in the database, and not in neither.
    private static let parts = ["-wal", ""]

    /// Copies the files as they are, as long as the power has not been lost since: a process that ended with it writes nothing.
    func keeper() -> @Sendable () -> Void {
        let life = losses.withLock { $0 }
        return { [self] in
            losses.withLock { losses in
                guard losses == life else { return }
                for part in Self.parts { Self.copy(path + part, path + ".durable" + part) }
            }
        }
    }

    /// What a machine finds that has lost its power: nothing that was written since.
    func restore() {
        losses.withLock { losses in
            losses += 1
            for part in ["", "-wal", "-shm", ".locks"] { try? FileManager.default.removeItem(atPath: path + part) }
            for part in Self.parts { Self.copy(path + ".durable" + part, path + part) }
        }
    }

    private static func copy(_ from: String, _ to: String) {
        try? FileManager.default.removeItem(atPath: to)
        try? FileManager.default.copyItem(atPath: from, toPath: to)
    }
}

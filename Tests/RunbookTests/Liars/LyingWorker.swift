// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Wire

@testable import Runbook

/// A program in the worker's place: it comes up as the worker does, waits for its chunk, and then says what it likes.
///
/// What it says is what a worker says that an attacker has taken over: the host believes none of it.
struct LyingWorker {
    private let folder: TemporaryFolder
    private let path: String

    /// - Parameters:
    ///   - greeting: What it says first; the real one says that its sandbox stands.
    ///   - lies: What it says once it has got a chunk.
    ///   - stays: Whether it then goes on reading, rather than ending.
    init(
        greeting: [UInt8] = Frame(.ready, payload: PackedValue.map([]).encoded()).encoded(), lies: [UInt8],
        stays: Bool = true
    ) throws {
        folder = try TemporaryFolder()
        for (name, bytes) in [("greeting", greeting), ("lies", lies)] + (stays ? [("stays", [])] : []) {
            try Data(bytes).write(to: folder.url.appendingPathComponent(name))
        }
        // A link, since a file that was just written may still be open in a child that another test has forked.
        let program = folder.url.appendingPathComponent("liar")
        try FileManager.default.createSymbolicLink(
            at: program,
            withDestinationURL: URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
                "liar.py"))
        path = program.path
    }

    /// Evaluates a chunk with it; what the host makes of it.
    func outcome(in bench: Bench) async throws -> ChunkOutcome {
        let chunk = Chunk(source: Array("return 1".utf8), name: "=test", isExpression: true)
        let scope = RunScope(id: bench.environment.makeID(), environment: bench.environment, script: chunk)
        let session = try await RunbookSession.start(
            bench.environment, worker: try .launch(executable: path), run: scope)
        let outcome = await session.evaluate(chunk)
        await session.end()
        await scope.close(status: 0)
        return outcome
    }
}

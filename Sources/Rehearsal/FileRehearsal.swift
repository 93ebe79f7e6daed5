// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Runbook

/// Runs the cases of one test file, each in a worker and on a cluster of its own.
public struct FileRehearsal: Sendable {
    private let file: TestFile
    private let settings: RehearsalSettings

    /// Prepares a file.
    public init(_ file: TestFile, settings: RehearsalSettings) {
        self.file = file
        self.settings = settings
    }

    /// Runs all cases that are chosen; nothing that a test does makes this fail.
    public func run() async -> FileResult {
        let start = ContinuousClock.now
        var result = FileResult(file: file.path, source: [])
        do throws(Failure) {
            result.source = try FileReader.read(path: file.path, maximum: Chunk.maximumSize)
            try await runCases(&result)
        } catch {
            var failure = TestFailure(phase: "file", message: error.message, place: nil)
            (failure.kind, failure.hint) = (error.kind.rawValue, error.hint)
            result.failure = failure
        }
        result.seconds = Self.seconds(since: start)
        return result
    }

    private func runCases(_ result: inout FileResult) async throws(Failure) {
        var known: [DeclaredCase]?
        var next: Int?
        repeat {
            let desk = CaseDesk(file, result.source, settings, wanted: next)
            let output = KeptOutput(most: 64 << 10, draw: settings.table)
            let end = try await evaluate(desk, output)
            guard let declared = await desk.declared else {
                // The worker that only looked what there is has failed: no case can be run.
                let failures = await desk.failures
                result.failure = failures.first ?? end ?? TestFailure(phase: "file", message: "nothing ran", place: nil)
                return
            }
            if known == nil {
                known = declared
                result.cases = declared.filter { settings.chooses($0) }.map { CaseResult(declared: $0) }
            } else if known != declared {
                let message = "the file declares other cases each time it is loaded; nothing more of it was run"
                result.failure = TestFailure(phase: "file", message: message, place: nil)
                return
            }
            guard let index = await desk.chosen else { return }
            let position = declared[..<index].count { settings.chooses($0) }
            var failures = await desk.failures
            if let end { failures.append(end) }
            if position < result.cases.count {
                result.cases[position].failures = failures
                result.cases[position].seconds = await desk.begun.map(Self.seconds(since:)) ?? 0
                result.cases[position].sent = desk.stage.sent.filter { !$0.isRead }
                result.cases[position].output = output.text
            }
            next = declared.indices.first { $0 > index && settings.chooses(declared[$0]) && !declared[$0].isPending }
        } while next != nil
    }

    /// Lets a worker load the file and run one case; what it says of its own end, where that is no good one.
    private func evaluate(_ desk: CaseDesk, _ output: KeptOutput) async throws(Failure) -> TestFailure? {
        var environment = try await desk.environment(
            client: try desk.stage.client(isRunbook: false), folder: file.folder, output: output)
        environment.rehearsal = desk
        let chunk = Chunk(
            source: Array("local run = __rehearse; __rehearse = nil; run()".utf8), name: "=[pvelua]")
        let scope = RunScope(id: desk.stage.nextRun(), environment: environment, script: chunk)
        let session = try await RunbookSession.start(
            environment, worker: try WorkerProcess.launch(executable: settings.worker), run: scope)
        let outcome = await session.evaluate(chunk)
        await session.end()
        await desk.close()
        await scope.close(status: 0)
        guard case .failed(let failure) = outcome else { return nil }
        let isPlaced = failure.location.map { !$0.hasPrefix("[pvelua]") } ?? false
        var end = TestFailure(
            phase: "case", message: failure.failure.message, place: isPlaced ? failure.location : nil)
        (end.kind, end.hint) = (failure.failure.kind.rawValue, failure.failure.hint)
        return end
    }

    private static func seconds(since start: ContinuousClock.Instant) -> Double {
        let parts = (ContinuousClock.now - start).components
        return Double(parts.seconds) + Double(parts.attoseconds) / 1e18
    }
}

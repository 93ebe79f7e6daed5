// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Proxmox
internal import Runbook
internal import Synchronization

/// A worker that is started before the command line is understood: that, the configuration and the policy take about as long as a
/// worker takes to come up.
///
/// It is told nothing before somebody takes it. If nobody does, it ends with this process.
final class EarlyWorker: Sendable {
    /// Words that stand for a run, most of the time; where they mean something else, a worker was started in vain.
    private static let hints: Set = ["-e", "run", "eval", "repl", "plan", "apply"]

    private let worker: Mutex<WorkerProcess?>

    /// Starts one where the arguments look like a run; what goes wrong is told by the start that is needed then.
    ///
    /// A run against a server has what talks to it loaded meanwhile as well.
    init(for arguments: [String], executable: String) {
        let isWanted = arguments.contains { Self.hints.contains($0) } && !arguments.contains(Detachment.flag)
        worker = Mutex(isWanted ? try? WorkerProcess.launch(executable: executable) : nil)
        if isWanted, !arguments.contains(Workplace.demo) { CurlTransport.prepare() }
    }

    /// Hands it over, once.
    func take() -> WorkerProcess? {
        worker.withLock { worker in
            defer { worker = nil }
            return worker
        }
    }
}

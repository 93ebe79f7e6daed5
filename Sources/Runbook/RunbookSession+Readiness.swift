// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Wire

/// Waiting for a worker to come up, and ending one that does not speak.
extension RunbookSession {
    func waitUntilReady() async -> Failure? {
        if case .success? = readiness { return nil }
        if case .failure(let failure)? = readiness { return failure }
        let guardian = Swift.Task { [worker] in
            try? await ContinuousClock().sleep(for: .seconds(20))
            if !Swift.Task.isCancelled { worker.kill(reason: "it was not ready within twenty seconds") }
        }
        defer { guardian.cancel() }
        return await withCheckedContinuation { ready = $0 }
    }

    func settle(_ result: Result<Void, Failure>) {
        guard readiness == nil else { return }
        readiness = result
        if case .failure(let failure) = result {
            ready?.resume(returning: failure)
        } else {
            ready?.resume(returning: nil)
        }
        ready = nil
    }

    /// Kills a worker that neither computes within its allowance nor says anything.
    func guardWorker() async {
        while !Swift.Task.isCancelled {
            try? await ContinuousClock().sleep(for: .milliseconds(500))
            if watch.isOverdue(now: ContinuousClock.now) {
                return worker.kill(
                    reason: "it did not speak for too long while its script was running", isLimit: true)
            }
        }
    }
}

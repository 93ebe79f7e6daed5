// SPDX-License-Identifier: Apache-2.0
@preconcurrency internal import Dispatch
internal import Glibc
internal import Synchronization

/// Hears when a person presses Ctrl-C, closes the terminal or ends the process, instead of letting it die; one for the life
/// of a command.
///
/// Dispatch installs the signal's handler, and a second source made while the first one goes away would lose signals:
/// so the source stays and only what it calls changes.
final class InterruptWatch: Sendable {
    typealias Action = @Sendable () async -> Void

    private let sources: [any DispatchSourceSignal]
    private let action: Mutex<Action?>

    /// Returns once signals are heard: one that came while Dispatch is still at it would end the process.
    init() async {
        sources = [SIGINT, SIGTERM, SIGHUP].map { DispatchSource.makeSignalSource(signal: $0) }
        action = Mutex(nil)
        for source in sources {
            source.setEventHandler { [weak self] in
                guard let action = self?.action.withLock({ $0 }) else { return }
                Swift.Task { await action() }
            }
            await withCheckedContinuation { heard in
                source.setRegistrationHandler { heard.resume() }
                source.resume()
            }
        }
    }

    deinit { for source in sources { source.cancel() } }

    /// Does some work, during which Ctrl-C calls the action; outside of it Ctrl-C does nothing.
    func during<Result>(_ work: () async -> Result, onInterrupt: @escaping Action) async -> Result {
        action.withLock { $0 = onInterrupt }
        defer { action.withLock { $0 = nil } }
        return await work()
    }
}

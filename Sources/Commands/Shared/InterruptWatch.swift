// SPDX-License-Identifier: Apache-2.0
@preconcurrency internal import Dispatch
internal import Glibc

/// Calls a function when a person presses Ctrl-C, instead of letting the process die.
final class InterruptWatch: Sendable {
    private let source: any DispatchSourceSignal

    init(_ action: @escaping @Sendable () async -> Void) {
        signal(SIGINT, SIG_IGN)
        source = DispatchSource.makeSignalSource(signal: SIGINT)
        source.setEventHandler { Swift.Task { await action() } }
        source.resume()
    }

    /// Restores the usual meaning of Ctrl-C.
    func stop() {
        source.cancel()
        signal(SIGINT, SIG_DFL)
    }
}

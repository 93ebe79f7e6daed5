// SPDX-License-Identifier: Apache-2.0
@preconcurrency internal import Dispatch
internal import Glibc
internal import Journal
internal import Runbook
internal import Synchronization

/// Ends a run when a person presses Ctrl-C or another process asks for it.
///
/// The first time what was sent is finished and nothing new is begun; the second time nobody waits any longer.
final class RunCancellation: Sendable {
    private let session: RunbookSession
    private let scope: RunScope
    private let undoes: Bool
    private let presses = Mutex(0)
    private let canGoOn = Mutex(false)

    init(session: RunbookSession, scope: RunScope, undoes: Bool) {
        self.session = session
        self.scope = scope
        self.undoes = undoes
    }

    /// Ctrl-C, or another signal that asks the process to end.
    func pressed() async {
        let count = presses.withLock { count in
            count += 1
            return count
        }
        if count == 1 { await session.interrupt(undoing: undoes) } else { await leave() }
    }

    /// Looks once a second whether another process has asked the run to end, as long as it has a row in the journal.
    func watchWishes() async {
        var heard: CancelWish?
        while !Swift.Task.isCancelled {
            do { try await ContinuousClock().sleep(for: .seconds(1)) } catch { return }
            guard let wish = await scope.cancelWish(), wish != heard, !Swift.Task.isCancelled else { continue }
            let isFirst = heard == nil
            heard = wish
            // Apart: an interrupt takes a second, in which a stronger wish may come.
            switch wish {
            case .leave: await leave()
            case .stop where !isFirst, .undo where !isFirst: break
            case .stop, .undo:
                writeError("run \(scope.id) was canceled by: pvelua runs cancel\n")
                let session = session
                let isFree = presses.withLock { count in
                    defer { count = max(count, 1) }
                    return count == 0
                }
                if isFree { Swift.Task { await session.interrupt(undoing: wish == .undo) } }
            }
        }
    }

    /// Says how to go on with a run that was interrupted.
    func tellHowToGoOn(_ status: ExitStatus) async {
        guard status == .interrupted, await scope.isResumable else { return }
        writeError(Self.howToGoOn(scope.id))
    }

    private func leave() async {
        // Whatever hangs: the kernel lets the run's lock go, and the journal stands at every instant.
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(900)) { [self] in
            if canGoOn.withLock({ $0 }) { writeError(Self.howToGoOn(scope.id)) }
            _exit(ExitStatus.interrupted.rawValue)
        }
        let isResumable = await scope.isResumable
        canGoOn.withLock { $0 = isResumable }
        await session.leave()
    }

    private static func howToGoOn(_ id: String) -> String { "run \(id) can go on: pvelua runs resume \(id)\n" }
}

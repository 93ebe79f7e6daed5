// SPDX-License-Identifier: Apache-2.0
internal import Model

/// What pvelua's exit status tells a shell.
public enum ExitStatus: Int32, Sendable, CaseIterable {
    case done = 0
    case scriptError = 1
    case usage = 2
    case authentication = 3
    case noConnection = 4
    case refused = 5
    case taskFailed = 6
    case timedOut = 7
    /// Only `monitor --once --fail-on` ends so.
    case alertsFiring = 8
    case confirmationNeeded = 20
    case approvalNeeded = 21
    case denied = 22
    case planDiverged = 23
    case limitReached = 24
    case inDoubt = 27
    case interrupted = 130

    /// The status for an error that ended the program.
    ///
    /// A refusal that a task reported counts as a failed task: the request itself had been accepted.
    init(_ failure: Failure) {
        self =
            switch failure.kind {
            case .script: .scriptError
            case .parameter: failure.status == nil ? .scriptError : .refused
            case .usage, .config: .usage
            case .auth: .authentication
            case .connection, .tls, .nodeUnreachable: .noConnection
            case .guestTimeout, .taskTimeout: .timedOut
            case .taskFailed: .taskFailed
            case .permission, .notFound, .unsupported, .noQuorum, .locked, .busy, .conflict, .protected,
                .storageUnavailable, .haState, .alreadyInState, .server:
                failure.upid == nil ? .refused : .taskFailed
            // A task that somebody else stopped says so itself; without its word it was we who stopped waiting.
            case .cancelled: failure.upid == nil || failure.raw == nil ? .interrupted : .taskFailed
            case .confirmationRequired: .confirmationNeeded
            case .approvalRequired: .approvalNeeded
            case .policyDenied: .denied
            case .planDiverged: .planDiverged
            case .limit: .limitReached
            case .outcomeUnknown, .inDoubt: .inDoubt
            }
    }

    /// The statuses as each command's help lists them.
    static let help = """
        EXIT STATUS
           0 done                      20 confirmation needed
           1 script error              21 approval needed
           2 usage or configuration    22 denied by policy
           3 authentication            23 plan diverged or stale
           4 no connection             24 limit reached
           5 refused by the API        27 in doubt
           6 task failed              130 interrupted
           7 timed out                  8 alerts firing (monitor --fail-on)
        """
}

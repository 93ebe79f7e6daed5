// SPDX-License-Identifier: Apache-2.0

/// What went wrong, as one of a closed list that scripts match on and exit statuses follow.
public enum ErrorKind: String, Sendable, CaseIterable {
    case auth, permission, parameter
    case notFound = "not_found"
    case unsupported
    case nodeUnreachable = "node_unreachable"
    case outcomeUnknown = "outcome_unknown"
    case noQuorum = "no_quorum"
    case locked, busy, conflict, protected
    case storageUnavailable = "storage_unavailable"
    case haState = "ha_state"
    case alreadyInState = "already_in_state"
    case guestTimeout = "guest_timeout"
    case taskFailed = "task_failed"
    case taskTimeout = "task_timeout"
    case tls, connection, cancelled, server, script, limit
    case policyDenied = "policy_denied"
    case confirmationRequired = "confirmation_required"
    case approvalRequired = "approval_required"
    case planDiverged = "plan_diverged"
    case inDoubt = "in_doubt"
    case config, usage
}

// SPDX-License-Identifier: Apache-2.0

/// What went wrong, as one of a closed list that scripts match on and exit statuses follow.
public enum ErrorKind: String, Sendable, CaseIterable {
    /// Who one is was not accepted: token, password, ticket.
    case auth
    /// The user or the token may not do this.
    case permission
    /// An argument is wrong; nothing was done.
    case parameter
    /// There is no such guest, node, snapshot or other thing, or none that one may see.
    case notFound = "not_found"
    /// This version, storage or kind of guest cannot do it.
    case unsupported
    /// The node that it was for was not reached; a change was not made.
    case nodeUnreachable = "node_unreachable"
    /// It may have been done or not: look before doing it again.
    case outcomeUnknown = "outcome_unknown"
    /// Too few nodes are up for the cluster to decide.
    case noQuorum = "no_quorum"
    /// An operation holds the guest's configuration.
    case locked
    /// Somebody else is at it at the moment; a little later it may work.
    case busy
    /// The state of things does not allow it: a name is taken, a configuration has changed.
    case conflict
    /// The guest or the backup is protected from removal.
    case protected
    /// A storage is missing, switched off or asleep.
    case storageUnavailable = "storage_unavailable"
    /// High availability stands in the way.
    case haState = "ha_state"
    /// It is so already.
    case alreadyInState = "already_in_state"
    /// The guest did not react in time.
    case guestTimeout = "guest_timeout"
    /// A task ended badly, and its words say no more.
    case taskFailed = "task_failed"
    /// A task still runs when the time to wait is up.
    case taskTimeout = "task_timeout"
    /// The server's certificate was not accepted; nothing was sent.
    case tls
    /// No server of the cluster could be reached.
    case connection
    /// The caller, or somebody at the cluster, gave it up.
    case cancelled
    /// The server failed, or its answer makes no sense.
    case server
    /// The script itself is wrong.
    case script
    /// A limit of the run is reached.
    case limit
    /// The policy forbids it.
    case policyDenied = "policy_denied"
    /// Somebody must confirm it, and nobody can be asked.
    case confirmationRequired = "confirmation_required"
    /// Somebody must approve it beforehand.
    case approvalRequired = "approval_required"
    /// The run does something else than the plan says.
    case planDiverged = "plan_diverged"
    /// It was looked for and could not be found out whether it was done.
    case inDoubt = "in_doubt"
    /// The configuration is wrong.
    case config
    /// The command line is wrong.
    case usage
}

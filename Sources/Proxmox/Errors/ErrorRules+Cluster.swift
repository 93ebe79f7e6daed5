// SPDX-License-Identifier: Apache-2.0
internal import Model

extension ErrorRules {
    /// What the caller may not do.
    static let access: [ErrorRule] = [
        ErrorRule(
            .auth,
            [
                "permission denied - invalid PVE ticket", "invalid csrf token", "authentication failure",
                "invalid token value!",
            ],
            "check user, password or token"),
        ErrorRule(.permission, ["Permission check failed (user != root@pam)"], "only root@pam itself may do this"),
        ErrorRule(
            .permission, ["not available with API token"],
            "this part of the API takes a ticket only: log in with a password"),
        ErrorRule(.permission, ["Permission check failed (*, *)"]) { captures in
            guard captures.count == 2 else { return nil }
            return PrivilegeHint.text(missing: captures[1], at: captures[0])
        },
        ErrorRule(.permission, ["Permission check failed"], "the user or the token lacks a privilege"),
        ErrorRule(
            .permission, ["Only root may use this option", "only root can set '*' config"],
            "only root@pam itself may do this, no token and no other user"),
    ]

    /// Storages that are missing or asleep, and what they cannot do.
    static let storage: [ErrorRule] = [
        ErrorRule(
            .storageUnavailable, ["connection check for storage '*' failed", "storage '*' is not online"],
            "the storage does not answer at the moment: try again when it does"),
        ErrorRule(
            .storageUnavailable,
            [
                "storage '*' does not exist", "storage '*' is disabled", "storage '*' is not available on node '*'",
                "unable to activate storage '*'", "could not activate storage '*'",
            ],
            "list the node's storages to see which can be used"),
        ErrorRule(
            .unsupported,
            [
                "snapshot feature is not available", "clone feature is not supported", "is currently not implemented",
                "does not support vm images", "does not support container directories", "does not support backups",
                "shrinking disks is not supported", "unable to shrink disk size",
                "to the same storage with same format",
                "cannot clone TPM state", "VM uses local storage", "can't clone to non-shared storage",
                "cannot live-migrate, snapshot (with RAM), or hibernate", "Cannot live-migrate", "Cannot suspend HA",
            ]),
    ]

    /// The cluster as a whole.
    static let cluster: [ErrorRule] = [
        ErrorRule(
            .noQuorum,
            [
                "cluster not ready - no quorum", "error: no quorum!",
                "unable to open file '/etc/pve/*' - Permission denied",
            ],
            "too few nodes are up for the cluster to decide: bring nodes back, then try again"),
        ErrorRule(
            .server, ["ipcc_send_rec[*] failed", "pve cluster filesystem not online"],
            "the node's cluster file system (pmxcfs) is down: look at the service pve-cluster"),
        ErrorRule(
            .haState, ["in error state, must be disabled", "service '*' in error state"],
            "disable the HA resource, repair the guest, then enable it again"),
        ErrorRule(.haState, ["used in HA resources"], "take the guest out of the HA resources, or purge"),
        ErrorRule(.haState, ["is not HA managed", "Not applicable for HA resources", "ha groups have been migrated"]),
    ]

    /// How tasks end.
    static let tasks: [ErrorRule] = [
        ErrorRule(
            .outcomeUnknown,
            [
                "unexpected status", "unable to extract last line", "unable to read tail",
                "unable to get last line from task log",
            ],
            tasksOnly: true, "the worker was killed or its node went down: look at what it did before doing it again"),
        ErrorRule(
            .outcomeUnknown, ["^unable to open file - "], tasksOnly: true,
            "the task's log is gone: look at what it did before doing it again"),
        ErrorRule(
            .cancelled, ["received interrupt", "interrupted by signal"], tasksOnly: true,
            "somebody stopped the task; a lock may be left on the guest"),
        ErrorRule(
            .outcomeUnknown, ["migration problems"], tasksOnly: true,
            "the guest may have moved or stayed: look up its node before anything else"),
        ErrorRule(
            .taskFailed, ["migration aborted"], tasksOnly: true,
            "the guest is still on its node; the task's log tells why"),
        ErrorRule(.taskFailed, ["job errors"], tasksOnly: true, "the task's log tells which guest failed and why"),
    ]

    /// Texts about single parameters that mean more than a wrong parameter.
    static let fields: [ErrorRule] = [
        ErrorRule(
            .outcomeUnknown, ["no such task"],
            "the node has forgotten the task or never had it: look at what it should have done"),
        ErrorRule(
            .permission, ["Only root may use this option"],
            "only root@pam itself may do this, no token and no other user"),
        ErrorRule(.conflict, ["already exists"], "take another id or name"),
        ErrorRule(.haState, ["Not applicable for HA resources"]),
        ErrorRule(.unsupported, ["does not support vm images"]),
        ErrorRule(
            .parameter, ["property is not defined in schema"],
            "this version of Proxmox does not know the parameter: check its spelling"),
        ErrorRule(.parameter, ["property is missing and it is not optional"], "the parameter is required"),
    ]
}

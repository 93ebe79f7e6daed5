// SPDX-License-Identifier: Apache-2.0
internal import Model

extension ErrorRules {
    /// Locks and time-outs of locks.
    ///
    /// They stand early, since they come embedded: `unable to create VM 100 - can't lock …`.
    static let contention: [ErrorRule] = [
        ErrorRule(
            .outcomeUnknown, ["'*'-locked command timed out - aborting"],
            "it may have been carried out in part: look at the guest before anything else"),
        ErrorRule(
            .busy,
            [
                "can't lock file '*' - got timeout", "can't aquire lock '*' - got timeout",
                "can't acquire lock '*' - got timeout",
            ],
            "another operation works on the same guest: wait until it has ended, then try again"),
        ErrorRule(
            .busy, ["cfs-lock '*' error: got lock request timeout"],
            "another change of the same cluster file is under way: try again in some seconds"),
        ErrorRule(
            .busy, ["Failed to obtain guest migration lock"],
            "the guest is being migrated or replicated: try again when that has ended"),
        ErrorRule(.locked, ["VM is locked (*)", "CT is locked (*)"]) { captures in
            let lock = captures.first ?? ""
            return switch lock {
            case "backup": "a backup holds the guest: wait for it to end"
            case "migrate": "the guest is being migrated: wait for it to end"
            case "suspended": "the guest sleeps on disk: start it to resume"
            default:
                "the operation '\(lock)' holds the guest: wait for it to end; "
                    + "a lock that a crash left behind needs root: qm unlock or pct unlock"
            }
        },
        ErrorRule(.protected, ["protection mode enabled"], "switch the guest's protection off first"),
        ErrorRule(.protected, ["cannot remove protected volume '*'"], "take the backup's protection away first"),
    ]

    /// Guests, nodes and things of theirs that are not where they were looked for.
    static let place: [ErrorRule] = [
        ErrorRule(
            .notFound, ["Configuration file 'nodes/*/*/*.conf' does not exist"],
            note: { failure, captures in
                failure.node = captures.first
                failure.vmid = captures.last.flatMap { Int($0) }
            },
            hint: { captures in
                "there is no guest \(captures.last ?? "") on node \(captures.first ?? ""): it was moved or removed, "
                    + "or is of the other kind; look it up in the cluster"
            }),
        ErrorRule(
            .notFound, ["unable to find configuration file for VM * on node '*'"],
            note: { failure, captures in
                failure.vmid = captures.first.flatMap { Int($0) }
                failure.node = captures.last
            },
            hint: { _ in "the guest was moved or removed: look it up in the cluster" }),
        ErrorRule(
            .notFound,
            ["hostname lookup '*' failed", "unable to get remote IP address for node '*'", "no such cluster node '*'"],
            note: { failure, captures in failure.node = captures.first },
            hint: { captures in
                "the cluster has no node '\(captures.first ?? "")': use the name that the node list shows, without domain"
            }),
        ErrorRule(.notFound, ["unable to get remote IP address for node"], "use the name that the node list shows"),
        ErrorRule(.notFound, ["snapshot '*' does not exist"], "list the guest's snapshots to see what there is"),
        ErrorRule(.notFound, ["disk '*' does not exist"], "look at the guest's configuration for its disks"),
        ErrorRule(
            .notFound,
            [
                "pool '*' does not exist", "no such user ('*')", "no such service", "no such network",
                "no such resource",
                "no such group", "no such role", "no such token", "no such job", "no such logical volume",
                "volume '*' does not exist", "no such volume",
            ]),
    ]

    /// What a node says of a guest that it does not have.
    static let elsewhere: [TextPattern] = [
        "Configuration file 'nodes/*/*/*.conf' does not exist",
        "unable to find configuration file for VM * on node '*'",
        "^CT * not running", "^VM * not running",
    ]

    /// A guest that is not in the state that the operation needs.
    static let state: [ErrorRule] = [
        ErrorRule(
            .alreadyInState, ["VM * already running", "CT * already running"],
            note: { failure, captures in failure.vmid = captures.first.flatMap { Int($0) } },
            hint: { _ in "there is nothing to start" }),
        ErrorRule(.conflict, ["VM * is not running", "CT * is not running"], "start the guest first"),
        ErrorRule(
            .alreadyInState, ["^VM * not running", "^CT * not running"],
            note: { failure, captures in
                failure.vmid = captures.first.flatMap { $0.split(separator: " ").first }.flatMap { Int($0) }
            },
            hint: { _ in "make sure that it has not moved to another node: a node says this of guests it does not have"
            }),
        ErrorRule(
            .guestTimeout, ["VM quit/powerdown failed", "container did not stop", "lxc-stop * failed: got timeout"],
            "the guest did not react and still runs: give it more time, or stop it hard"),
        ErrorRule(
            .unsupported, ["No QEMU guest agent configured"],
            "install qemu-guest-agent in the guest, switch the option on (agent = 1) and start the guest anew"),
        ErrorRule(
            .guestTimeout, ["QEMU guest agent is not running"],
            "the agent does not answer inside of the guest: install and start qemu-guest-agent there, or wait until the "
                + "guest has started"),
        ErrorRule(
            .guestTimeout, ["qmp command '*' failed - got timeout", "qmp socket - timeout after"],
            "the guest or its monitor does not answer: try again, or look at it on the console"),
        ErrorRule(
            .conflict,
            ["snapshot name '*' already used"], "take another name, or delete the old snapshot first"),
        ErrorRule(.parameter, ["unable to use snapshot name '*' (reserved name)"], "take another name"),
        ErrorRule(
            .conflict, ["checksum mismatch (file change by other user?)", "detected modified configuration"],
            "somebody changed the configuration meanwhile: read it again and decide anew"),
        ErrorRule(
            .conflict,
            [
                "already exists on node '*'", "config file already exists", "^VM * already exists",
                "^CT * already exists",
                "pool '*' already exists",
            ],
            "take another id or name"),
        ErrorRule(
            .conflict, ["There is a replication job '*' for guest '*'"], "remove the replication job first"),
        ErrorRule(.parameter, ["no options specified"], "name at least one option to change"),
        ErrorRule(.conflict, ["is paused - cannot shutdown"], "resume the guest first, or stop it hard"),
        ErrorRule(
            .conflict,
            [
                "is running - destroy failed", "container is running", "vm is running", "can't overwrite running",
                "if VM is running", "of a running container", "while VM is running",
            ],
            "stop the guest first"),
        ErrorRule(
            .conflict, ["can't migrate running VM without --online", "can't migrate running container without"],
            "ask for an online migration (VM) or one with restart (container)"),
        ErrorRule(.conflict, ["if it's a template", "convert a template to a template"], "the guest is a template"),
        ErrorRule(.conflict, ["contains snapshots", "disk with snapshots"], "delete the snapshots first"),
        ErrorRule(.conflict, ["is still in use by linked cloned"], "remove the linked clones first"),
        ErrorRule(.conflict, ["pool '*' is not empty"], "take its members out first"),
        ErrorRule(
            .conflict, ["belongs already to pool '*'"], "pve.pool_add takes it out of there with move = true"),
        ErrorRule(.conflict, ["is already a pool member", "is not a pool member"], "look at the pool's members again"),
        ErrorRule(.conflict, ["incomplete snapshot (snapstate = *)", "is not most recent snapshot"]),
    ]
}

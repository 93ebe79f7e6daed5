// SPDX-License-Identifier: Apache-2.0

/// Snapshots.
enum SnapshotOperations {
    static let rows: [Operation] = [take, list, tree, rollback, delete] + SeveralSnapshotsOperations.rows

    private static let take = Operation(
        name: "snapshot",
        summary: "Takes a snapshot of a guest, named by the configured convention unless a name is given.",
        parameters: [
            .optional("node", .node, "Where the guest is; nil lets the host find it."),
            .required("guest", .guest, "Which guest."),
            .optional(
                "options",
                .options([
                    .optional("name", .snapshotName, "The snapshot's name; default: by the convention."),
                    .optional(
                        "change_number", .integer(0...999_999_999),
                        "The number that the convention's {number} becomes; default: the next one."),
                    .optional("description", .text(maximum: 4096, lines: true), "Shown beside the snapshot."),
                    .optional("vmstate", .flag, "true keeps the memory too; virtual machines only."),
                    .optional("timeout", .seconds(maximum: 86_400), "Seconds to wait for the task."),
                    .optional("wait", .flag, "false returns the task at once, unverified; default true."),
                ]), "How to take it."),
        ],
        returns: "a result: changed, name, vmid, node, upid, warnings",
        reach: .change,
        endpoints: [
            Endpoint(
                method: "POST", path: "/nodes/{node}/{kind}/{vmid}/snapshot", action: "snapshot.create",
                postCondition: .snapshotExists, repeats: .isRefused, needs: [.guest("VM.Snapshot")])
        ],
        example: "print(pve.snapshot(nil, 101, { change_number = 1234 }).name)",
        methods: [ObjectMethod("snapshot", before: [nil, "@vmid"])])

    private static let listing = Endpoint(
        method: "GET", path: "/nodes/{node}/{kind}/{vmid}/snapshot", action: "read.guest", needs: [.guest("VM.Audit")])

    private static let list = Operation(
        name: "snapshots",
        summary: "Lists the snapshots of a guest as a tree: depth first, older ones before newer ones.",
        parameters: [.required("guest", .guest, "Which guest.")],
        returns:
            "a list of records: name, description, time (seconds since 1970), vmstate, parent, children, depth, current "
            + "(whether the present descends from it directly), incomplete (where a step of it was never finished)",
        reach: .read, endpoints: [listing],
        example: "for _, s in ipairs(pve.snapshots(100)) do print(s.depth, s.name, s.current) end",
        methods: [ObjectMethod("snapshots", before: ["@vmid"])])

    private static let tree = Operation(
        name: "snapshot_tree",
        summary: "Draws the snapshots of a guest as a tree, with where the guest is now.",
        parameters: [.required("guest", .guest, "Which guest.")],
        returns: "text, a line for each snapshot",
        reach: .read, endpoints: [listing],
        example: "print(pve.snapshot_tree(100))",
        methods: [ObjectMethod("snapshot_tree", before: ["@vmid"])])

    private static func waiting(_ more: [Parameter]) -> Parameter {
        .optional(
            "options",
            .options(
                more + [
                    .optional("timeout", .seconds(maximum: 86_400), "Seconds to wait for the task."),
                    .optional("wait", .flag, "false returns the task at once, unverified; default true."),
                ]), "How to do it.")
    }

    private static let rollback = Operation(
        name: "snapshot_rollback",
        summary:
            "Sets a guest back to a snapshot: it is stopped at once if it runs, and what changed since is lost.",
        parameters: [
            .optional("node", .node, "Where the guest is; nil lets the host find it."),
            .required("guest", .guest, "Which guest."),
            .required("name", .snapshotName, "The snapshot."),
            waiting([
                .optional(
                    "start", .flag,
                    "true starts the guest afterwards and waits until it runs; one with memory in the snapshot runs anyway."
                )
            ]),
        ],
        returns: "a result: changed, status, vmid, node, upid, warnings",
        reach: .change,
        endpoints: [
            Endpoint(
                method: "POST", path: "/nodes/{node}/{kind}/{vmid}/snapshot/{snapname}/rollback",
                action: "snapshot.rollback", postCondition: .rolledBack, repeats: .doesItAgain,
                warning: "The guest's present state is lost.",
                needs: [
                    PrivilegeNeed(["VM.Snapshot", "VM.Snapshot.Rollback"], at: .guest),
                    .guest("VM.PowerMgmt", when: "with start"),
                ]),
            listing,
        ],
        example: #"local ok, e = pcall(pve.snapshot_rollback, nil, 101, "clean"); print(ok or e.kind)"#,
        methods: [ObjectMethod("rollback", before: [nil, "@vmid"])])

    private static let delete = Operation(
        name: "snapshot_delete",
        summary: "Deletes a snapshot of a guest; the guest itself and its other snapshots stay.",
        parameters: [
            .optional("node", .node, "Where the guest is; nil lets the host find it."),
            .required("guest", .guest, "Which guest."),
            .required("name", .snapshotName, "The snapshot."),
            waiting([
                .optional(
                    "force", .flag,
                    "true takes it out of the configuration even where a storage cannot remove its part of it.")
            ]),
        ],
        returns: "a result: changed, vmid, node, upid, warnings",
        reach: .change,
        endpoints: [
            Endpoint(
                method: "DELETE", path: "/nodes/{node}/{kind}/{vmid}/snapshot/{snapname}", action: "snapshot.delete",
                postCondition: .snapshotGone, repeats: .isRefused,
                warning: "A deleted snapshot cannot be brought back.", needs: [.guest("VM.Snapshot")]),
            listing,
        ],
        example: #"local ok, e = pcall(pve.snapshot_delete, nil, 101, "clean"); print(ok or e.kind)"#,
        methods: [ObjectMethod("delete_snapshot", before: [nil, "@vmid"])])
}

// SPDX-License-Identifier: Apache-2.0

/// Snapshots of several guests, and which of them to keep.
enum SeveralSnapshotsOperations {
    static let rows: [Operation] = [all, retention, prune]

    /// How many to keep of each kind, as Proxmox's own `prune-backups` says it.
    static let keep: [Parameter] = RetentionUnits.names.map { unit in
        .optional(
            unit, .integer(0...999_999),
            unit == "last" ? "The newest so many." : "The newest one of each of so many periods (\(unit)).")
    }

    private static let all = Operation(
        name: "snapshot_all",
        summary: "Takes a snapshot of each of several guests, goes on after a failure and tells at the end.",
        parameters: [
            .required(
                "guests", .guests,
                "Which; the filters are those of pve.list_vms, such as { tag = \"web\" } or { pool = \"db\" }."),
            .optional(
                "options",
                .options([
                    .optional("name", .snapshotName, "The snapshots' name; default: by the convention."),
                    .optional(
                        "change_number", .integer(0...999_999_999), "What the convention's {number} becomes for all."),
                    .optional("description", .text(maximum: 4096, lines: true), "Shown beside each."),
                    .optional("vmstate", .flag, "true keeps the memory of virtual machines too."),
                    .optional("timeout", .seconds(maximum: 86_400), "Seconds to wait for each task."),
                    .optional("stop_on_error", .flag, "true does not go on after the first failure."),
                ]), "How to take them."),
        ],
        returns:
            "a list with a record for each guest: vmid, name (the guest's), ok, snapshot, result or error; an error of kind "
            + "task_failed where any failed, whose message says which have one and which have none",
        reach: .change, endpoints: [],
        example:
            #"for _, r in ipairs(pve.snapshot_all({ tag = "web" }, { change_number = 7 })) do print(r.vmid, r.snapshot) end"#,
        module: "snapshot_all", uses: ["fail", "select", "snapshot"])

    private static let retention = Operation(
        name: "retention",
        summary: "Tells which of some dated things to keep, by the rules of Proxmox's prune-backups; periods are UTC.",
        parameters: [
            .required("list", .list(.any), "Records with a time (seconds since 1970), such as snapshots or backups."),
            .required("keep", .options(keep), "How many of each kind; at least one above 0."),
        ],
        returns:
            "a record: kept, a list of { item, reason (\"daily 2 of 7\") }, and removed, a list of the records; both newest first",
        reach: .local, endpoints: [],
        example:
            #"local r = pve.retention({ { time = 1 }, { time = 2 } }, { last = 1 }); print(#r.kept, #r.removed, r.kept[1].reason)"#,
        module: "retention", uses: ["fail"])

    private static let prune = Operation(
        name: "snapshot_prune",
        summary:
            "Deletes old snapshots whose names begin with a prefix, and keeps so many as told; others are never touched.",
        parameters: [
            .optional("guests", .guests, "Which, where it is not among the options."),
            .required(
                "options",
                .options([
                    .required("keep", .options(keep), "How many of each kind; at least one above 0."),
                    .required("prefix", .text(maximum: 40), "What the names of the snapshots begin with."),
                    .optional(
                        "guests", .guests, "Which guests: a guest, a list or filters; default: all but templates."),
                    .optional("guest", .guest, "The one guest."),
                    .optional("preview", .flag, "true deletes nothing and tells what would go."),
                    .optional("stop_on_error", .flag, "true does not go on after the first failure."),
                    .optional("timeout", .seconds(maximum: 86_400), "Seconds to wait for each task."),
                ]), "What to keep."),
        ],
        returns:
            "a list with a record for each snapshot with the prefix: vmid, guest, name, time, action (\"keep\", \"delete\", "
            + "\"deleted\", \"failed\"), reason; an error of kind task_failed at the end where a deletion failed",
        reach: .change, endpoints: [],
        example: #"pve.table(pve.snapshot_prune{ keep = { last = 1 }, prefix = "after", preview = true })"#,
        methods: [ObjectMethod("snapshot_prune", before: ["@vmid"])],
        module: "snapshot_prune", uses: ["fail", "retention", "select", "snapshot_delete", "snapshots"])
}

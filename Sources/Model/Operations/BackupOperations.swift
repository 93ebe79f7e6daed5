// SPDX-License-Identifier: Apache-2.0

/// Making, finding, keeping and removing backups.
enum BackupOperations {
    static let rows: [Operation] =
        [backup, backups, storageBackups, newest, age, delete, protect, notes, prune] + RestoreOperations.rows

    static let listing = Endpoint(
        method: "GET", path: "/nodes/{node}/storage/{storage}/content", action: "read.storage",
        needs: [
            PrivilegeNeed(["Datastore.Audit", "Datastore.AllocateSpace"], at: .storage),
            PrivilegeNeed(["Datastore.AllocateSpace"], at: .storage, lack: .hidden, when: "to see backups"),
            PrivilegeNeed(["VM.Backup"], at: .guest, lack: .hidden, when: "to see backups"),
        ])
    static let volume = "/nodes/{node}/storage/{storage}/content/{volume}"
    static let timeout = Parameter.optional("timeout", .seconds(maximum: 604_800), "Seconds to wait for the task.")
    static let wait = Parameter.optional(
        "wait", .flag, "false returns the task at once, unverified; default true.")
    private static let record =
        "volid, vmid, kind, time (seconds since 1970), age in seconds, size, format, protected, notes (first line), storage, "
        + "node (one that can reach it), shared, verification and encrypted where a backup server tells"

    private static let backup = Operation(
        name: "backup",
        summary: "Backs up one guest, and finds the new backup on the storage before it counts as done.",
        parameters: [
            .optional("node", .node, "Where the guest is; nil lets the host find it."),
            .required("guest", .guest, "Which guest."),
            .optional(
                "options",
                .options([
                    .optional(
                        "storage", .storage,
                        "Where to; default: of those that hold backups a shared one, the one with most room."),
                    .optional(
                        "mode", .choice(["snapshot", "suspend", "stop"]),
                        "How still the guest is kept; default snapshot."),
                    .optional(
                        "compress", .choice(["zstd", "gzip", "lzo", "none"]), "How it is packed; default zstd."),
                    .optional("protected", .flag, "true keeps it from being removed and pruned."),
                    .optional(
                        "notes", .text(maximum: 1024, lines: true),
                        "Shown beside it; {{guestname}}, {{vmid}}, {{node}} and {{cluster}} are filled in."),
                    .optional(
                        "bwlimit", .integer(0...Int.max), "KiB a second at most; only for those with Sys.Modify on /."),
                    timeout, wait,
                ]), "How to make it."),
        ],
        returns: "a result: changed, upid, warnings, and what pve.backups tells of the backup: \(record)",
        reach: .change,
        endpoints: [
            Endpoint(
                method: "POST", path: "/nodes/{node}/vzdump", action: "backup.create", repeats: .doesItAgain,
                needs: [
                    .guest("VM.Backup"), PrivilegeNeed(["Datastore.AllocateSpace"], at: .storage),
                    PrivilegeNeed(["Sys.Modify"], at: .root, when: "with bwlimit"),
                ]),
            listing,
        ],
        example:
            #"local b = pve.backup(nil, 101, { storage = "shared", notes = "{{guestname}}" }); print(b.vmid, b.size > 0)"#,
        methods: [ObjectMethod("backup", before: [nil, "@vmid"])]
    ).unpredictable("volid", .content("size"), .content("time"), .content("age"))

    private static let filters: [Parameter] = [
        .optional("node", .node, "Only what this node can reach."),
        .optional("protected", .flag, "Only those that are protected, or only those that are not."),
        .optional("strict", .flag, "true fails where a storage cannot be looked at; else that is a warning."),
    ]

    private static let backups = Operation(
        name: "backups",
        summary: "Lists the backups on all storages that hold some, newest first; what cannot be looked at is told.",
        parameters: [
            .optional("guest", .guest, "Of which guest; nil for all. One that is gone may have backups still."),
            .optional(
                "options",
                .options(
                    [
                        .optional("guest", .guest, "The same."),
                        .optional("storage", .storage, "Only those on this storage."),
                    ] + filters), "Which of them."),
        ],
        returns: "a list of records: \(record)",
        reach: .read, endpoints: [listing],
        example: #"for _, b in ipairs(pve.backups{ guest = 100 }) do print(b.volid, b.age // 3600) end"#,
        methods: [ObjectMethod("backups", before: ["@vmid"])])

    private static let storageBackups = Operation(
        name: "storage_backups",
        summary: "Lists the backups on one storage, newest first.",
        parameters: [
            .required("storage", .storage, "Which storage."),
            .optional(
                "options", .options([.optional("guest", .guest, "Of which guest; nil for all.")] + filters),
                "Which of them."),
        ],
        returns: "a list of records as pve.backups gives them",
        reach: .read, endpoints: [listing],
        example: #"print(#pve.storage_backups("shared"))"#,
        methods: [ObjectMethod("backups", of: .storage, before: ["@storage"])])

    private static let newest = Operation(
        name: "newest_backups",
        summary: "Tells the newest backup of each guest and its age; guests without any are in the list too.",
        parameters: [
            .optional("guests", .guests, "Which; default: all but templates."),
            .optional(
                "options",
                .options([
                    .optional("storage", .storage, "Only backups on this storage."),
                    .optional("strict", .flag, "true fails where a storage cannot be looked at."),
                ]), "Which backups."),
        ],
        returns:
            "a list of records, oldest backup first and guests without any before them: vmid, name, node, count (of its "
            + "backups), backup (as pve.backups gives it) and age in seconds where there is one, complete (false where a "
            + "storage could not be looked at, so that there may be more)",
        reach: .read, endpoints: [],
        example: #"for _, g in ipairs(pve.newest_backups()) do print(g.vmid, g.count, g.age and g.age // 3600) end"#,
        module: "newest_backups", uses: ["backups", "list_vms", "select"])

    private static let age = Operation(
        name: "backup_age",
        summary: "Tells how old the newest backup of a guest is.",
        parameters: [.required("guest", .guest, "Which guest.")],
        returns: "seconds and the backup as pve.backups gives it; nil where there is none",
        reach: .read, endpoints: [],
        example: "print(pve.backup_age(101) < 7 * 86400)",
        methods: [ObjectMethod("backup_age", before: ["@vmid"])],
        module: "backup_age", uses: ["backups"])

    private static let which = Parameter.required(
        "backup", .volume, "Which backup: a record of pve.backups or its volid.")
    private static let through = Parameter.optional(
        "node", .node, "The node whose local storage is meant, where several have one of that name.")

    private static let delete = Operation(
        name: "backup_delete",
        summary: "Removes a backup; one that is protected is refused before anything is sent.",
        parameters: [which, .optional("options", .options([through, timeout]), "How to do it.")],
        returns: "a result: changed, volid, vmid, upid, warnings",
        reach: .change,
        endpoints: [
            Endpoint(
                method: "DELETE", path: volume, action: "backup.delete", repeats: .isRefused,
                warning: "A removed backup cannot be brought back.",
                needs: [PrivilegeNeed(["Datastore.AllocateSpace"], at: .storage), .guest("VM.Backup")]),
            listing,
        ],
        example: #"local ok, e = pcall(pve.backup_delete, pve.backups(101)[1]); print(ok or e.kind)"#)

    private static let protect = Operation(
        name: "backup_protect",
        summary: "Protects a backup from being removed and pruned, or takes the protection away.",
        parameters: [
            which, .optional("on", .flag, "false takes the protection away; default true."),
            .optional("options", .options([through]), "How to do it."),
        ],
        returns: "a result: changed, volid, protected",
        reach: .change,
        endpoints: [
            Endpoint(
                method: "PUT", path: volume, with: ["protected": "1"], action: "backup.config",
                repeats: .changesNothing, needs: keeping),
            Endpoint(
                method: "PUT", path: volume, with: ["protected": "0"], action: "backup.unprotect",
                repeats: .changesNothing, needs: keeping),
            listing,
        ],
        example: #"local ok, e = pcall(pve.backup_protect, pve.backups(101)[1]); print(ok or e.kind)"#)

    private static let notes = Operation(
        name: "backup_notes",
        summary: "Writes notes on a backup in the place of those that it has.",
        parameters: [
            which, .required("notes", .text(maximum: 8192, lines: true), "The notes; empty for none."),
            .optional("options", .options([through]), "How to do it."),
        ],
        returns: "a result: changed, volid",
        reach: .change,
        endpoints: [
            Endpoint(
                method: "PUT", path: volume, with: ["notes": "*"], action: "backup.config", repeats: .changesNothing,
                needs: keeping),
            listing,
        ],
        example: #"local ok, e = pcall(pve.backup_notes, pve.backups(101)[1], "checked"); print(ok or e.kind)"#)

    private static let keeping = [
        PrivilegeNeed(["Datastore.AllocateSpace"], at: .storage), PrivilegeNeed(["VM.Backup"], at: .guest),
    ]

    private static let prune = Operation(
        name: "backup_prune",
        summary: "Removes old backups and keeps so many as told, by Proxmox's own rule; protected ones always stay.",
        parameters: [
            .optional("guest", .guest, "Of which guest; nil for all."),
            .required(
                "options",
                .options([
                    .required(
                        "keep", .options(SeveralSnapshotsOperations.keep),
                        "How many of each kind; at least one above 0."),
                    .optional("guest", .guest, "The same."),
                    .optional("storage", .storage, "Only on this storage."),
                    .optional("node", .node, "Only what this node can reach."),
                    .optional("preview", .flag, "true removes nothing and tells what would go."),
                    timeout,
                ]), "What to keep."),
        ],
        returns:
            "a list of records: volid, vmid, kind, time, storage, node, action (\"keep\", \"protected\", \"renamed\", "
            + "\"remove\" in a preview, \"removed\")",
        reach: .change,
        endpoints: [
            Endpoint(
                method: "DELETE", path: "/nodes/{node}/storage/{storage}/prunebackups", action: "backup.delete",
                repeats: .changesNothing, warning: "A removed backup cannot be brought back.",
                needs: [PrivilegeNeed(["Datastore.AllocateSpace"], at: .storage), .guest("VM.Backup")]),
            Endpoint(
                method: "GET", path: "/nodes/{node}/storage/{storage}/prunebackups", action: "read.storage",
                needs: [PrivilegeNeed(["Datastore.Audit", "Datastore.AllocateSpace"], at: .storage)]),
        ],
        example:
            #"pve.table(pve.backup_prune{ guest = 100, keep = { last = 1 }, preview = true }, { "volid", "action" })"#,
        methods: [ObjectMethod("prune_backups", before: ["@vmid"])])
}

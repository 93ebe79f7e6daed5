// SPDX-License-Identifier: Apache-2.0

/// Making guests of backups.
enum RestoreOperations {
    static let rows: [Operation] = [restore, over]

    private static let backup = Parameter.required(
        "backup", .volume, "Which backup: a record of pve.backups or its volid.")
    private static let shared: [Parameter] = [
        .optional(
            "storage", .storage, "Where all its disks go; default: the storages that they were on."),
        .optional("name", .text(maximum: 255), "The guest's name; default: that in the backup."),
        .optional("start", .flag, "true starts it afterwards and waits until it runs."),
        .optional("bwlimit", .integer(0...Int.max), "KiB a second at most; 0 is no limit."),
        BackupOperations.timeout, BackupOperations.wait,
    ]
    private static let looks = [
        BackupOperations.listing,
        Endpoint(
            method: "GET", path: "/nodes/{node}/vzdump/extractconfig", action: "read.node",
            needs: [
                PrivilegeNeed(["Datastore.AllocateSpace"], at: .storage), PrivilegeNeed(["VM.Backup"], at: .guest),
            ]),
    ]

    private static func endpoints(
        over: Bool, _ needs: [PrivilegeNeed], warning: String? = nil
    ) -> [Endpoint] {
        let force = over ? ["force": "1"] : [:]
        let action = over ? "backup.restore.overwrite" : "backup.restore"
        return [
            Endpoint(
                method: "POST", path: "/nodes/{node}/{kind}", with: force.merging(["archive": "*"]) { $1 },
                action: action, kinds: [.qemu], postCondition: .exists, repeats: over ? .doesItAgain : .isRefused,
                warning: warning, needs: needs),
            Endpoint(
                method: "POST", path: "/nodes/{node}/{kind}",
                with: force.merging(["ostemplate": "*", "restore": "1"]) { $1 }, action: action, kinds: [.lxc],
                postCondition: .exists, repeats: over ? .doesItAgain : .isRefused, warning: warning, needs: needs),
        ] + looks
    }

    private static let restore = Operation(
        name: "restore",
        summary: "Makes a new guest of a backup; whatever has its number already is never written over.",
        parameters: [
            backup,
            .optional(
                "options",
                .options(
                    [
                        .optional("vmid", .guest, "Its number; default: the next free one."),
                        .optional(
                            "node", .node,
                            "Where it will be; default: where the guest of the backup is, if that can reach it."),
                        .optional("pool", .text(maximum: 128), "The pool it is put into."),
                        .optional(
                            "unique", .flag,
                            "true gives it network addresses of its own; default: true while the guest of the backup is there."
                        ),
                    ] + shared), "How to make it."),
        ],
        returns: "a result: changed, vmid, name, status, node, backup, upid, warnings",
        reach: .change,
        endpoints: endpoints(over: false, CreationOperations.newGuestNeeds) + [CreationOperations.nextNumber],
        example:
            #"local ok, g = pcall(pve.restore, pve.backups(101)[1], { name = "web-drill" }); print(ok and g.name or g.kind)"#
    )

    private static let over = Operation(
        name: "restore_over",
        summary: "Puts a backup in the place of a stopped guest, whose disks and snapshots are lost.",
        parameters: [
            backup, .required("guest", .guest, "The guest that is written over."),
            .optional(
                "options",
                .options(
                    [.optional("unique", .flag, "true gives it new network addresses; default false.")] + shared),
                "How to do it."),
        ],
        returns: "a result: changed, vmid, name, status, node, backup, upid, warnings",
        reach: .change,
        endpoints: endpoints(
            over: true,
            [
                PrivilegeNeed(["VM.Backup"], at: .guest),
                PrivilegeNeed(["Datastore.AllocateSpace"], at: .storage),
            ], warning: "The guest's present disks and snapshots are gone for good."),
        example: #"local ok, e = pcall(pve.restore_over, pve.backups(100)[1], 103); print(ok or e.kind)"#,
        methods: [])
}

// SPDX-License-Identifier: Apache-2.0

/// Growing disks and moving them to other storages.
enum DiskOperations {
    static let rows: [Operation] = [resize, move]

    private static let disk = Parameter.required("disk", .text(maximum: 16), "Which disk: scsi0, rootfs, mp1 ….")

    private static let resize = Operation(
        name: "resize",
        summary: "Grows a disk of a guest, by an amount or to a size.",
        parameters: [
            ConfigurationOperations.node, ConfigurationOperations.guest, disk,
            .required("size", .size, "\"+5G\" adds, \"40G\" is the new size, which must not be smaller."),
            .optional(
                "options",
                .options([.optional("timeout", .seconds(maximum: 86_400), "Seconds to wait for the task.")]),
                "How to do it."),
        ],
        returns: "a result: changed, vmid, node, disk, size (bytes now), upid, warnings",
        reach: .change,
        endpoints: [
            Endpoint(
                method: "PUT", path: "/nodes/{node}/{kind}/{vmid}/resize", action: "disk.resize",
                postCondition: .resized, repeats: .doesItAgain,
                warning: "A disk that has grown cannot shrink again.",
                needs: [
                    .guest("VM.Config.Disk"),
                    PrivilegeNeed(["Datastore.AllocateSpace"], at: .storage, when: "in the task"),
                ])
        ],
        example: #"print(pcall(pve.resize, nil, 103, "scsi0", "+5G"))"#,
        methods: [ObjectMethod("resize", before: [nil, "@vmid"])])

    private static let needs = [
        PrivilegeNeed.guest("VM.Config.Disk"), PrivilegeNeed(["Datastore.AllocateSpace"], at: .storage),
    ]

    private static let move = Operation(
        name: "move_disk",
        summary: "Moves a disk of a guest to another storage of its node.",
        parameters: [
            ConfigurationOperations.node, ConfigurationOperations.guest, disk,
            .required("storage", .storage, "Where it goes."),
            .optional(
                "options",
                .options([
                    .optional(
                        "delete_source", .flag,
                        "true destroys the old volume once it is copied; default: it stays as an unused disk."),
                    .optional(
                        "format", .choice(["raw", "qcow2", "vmdk"]), "The new volume's format; virtual machines only."),
                    .optional("bwlimit", .integer(0...Int.max), "KiB a second at most; 0 is no limit."),
                    .optional("timeout", .seconds(maximum: 86_400), "Seconds to wait for the task."),
                ]), "How to move it."),
        ],
        returns:
            "a result: changed, vmid, node, disk, volume (the new one), unused (where the old one is), upid, warnings",
        reach: .change,
        endpoints: [
            Endpoint(
                method: "POST", path: "/nodes/{node}/{kind}/{vmid}/move_disk", action: "disk.move", kinds: [.qemu],
                postCondition: .diskMoved, needs: needs),
            Endpoint(
                method: "POST", path: "/nodes/{node}/{kind}/{vmid}/move_volume", action: "disk.move", kinds: [.lxc],
                postCondition: .diskMoved, needs: needs),
        ],
        example: #"print(pcall(pve.move_disk, nil, 103, "scsi0", "shared"))"#,
        methods: [ObjectMethod("move_disk", before: [nil, "@vmid"])])
}

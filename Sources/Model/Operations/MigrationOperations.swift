// SPDX-License-Identifier: Apache-2.0

/// Moving guests between nodes.
enum MigrationOperations {
    static let rows: [Operation] = [
        Operation(
            name: "migrate",
            summary:
                "Moves a guest to another node, a running virtual machine without stopping it, and checks that it is there.",
            parameters: [
                .optional("node", .node, "Where the guest is; nil lets the host find it."),
                .required("guest", .guest, "Which guest."),
                .required("target", .node, "The node it goes to."),
                .optional(
                    "options",
                    .options(
                        choices + [
                            .optional("bwlimit", .integer(0...1_000_000_000), "KiB a second at most; 0 for no limit."),
                            .optional(
                                "shutdown_timeout", .integer(0...86_400),
                                "With restart: seconds that the container gets to shut down; default 180."),
                            .optional(
                                "check", .flag,
                                "false asks the cluster without looking first what stands in the way; default true."),
                            .optional(
                                "timeout", .seconds(maximum: 604_800),
                                "Seconds to wait for the task; default an hour, or the configured time if longer."),
                            .optional("wait", .flag, "false returns the task at once, unverified; default true."),
                        ]), "How to move it."),
            ],
            returns: "a result: changed, vmid, from, node (where it is now), status, upid, verified, warnings",
            reach: .change,
            endpoints: [
                Endpoint(
                    method: "POST", path: "/nodes/{node}/{kind}/{vmid}/migrate", action: "guest.migrate",
                    postCondition: .onTarget, repeats: .isRefused,
                    needs: [
                        .guest("VM.Migrate"),
                        .guest("VM.Config.Disk", when: "with another target storage"),
                        PrivilegeNeed(
                            ["Datastore.AllocateSpace"], at: .storage, when: "with another target storage"),
                    ])
            ] + [
                Endpoint(
                    method: "GET", path: "/nodes/{node}/{kind}/{vmid}/migrate", action: "read.guest", kinds: [.qemu],
                    needs: [.guest("VM.Migrate")])
            ] + looks,
            example: #"local ok, e = pcall(pve.migrate, nil, 101, "pve2"); print(ok or e.kind)"#,
            methods: [ObjectMethod("migrate", before: [nil, "@vmid"])]),
        Operation(
            name: "migrate_check",
            summary:
                "Tells whether a guest could move to a node, or to which of them, and what stands in the way; with VM.Migrate its "
                + "own node is asked, too.",
            parameters: [
                .required("guest", .guest, "Which guest."),
                .optional("target", .node, "The node it would go to; nil for every node."),
                .optional("options", .options(choices), "How it would be moved."),
            ],
            returns:
                "a record: vmid, name, node, kind, status, running, memory, local_disks (each key, volid, storage, "
                + "target_storage, size), local_resources, snapshots, lock, ha (state, group, nodes); with a target also "
                + "allowed, reasons (each about, text, hint, field) and target (node, status, memory, memory_free, cpus, cpu, "
                + "storages: free bytes by name), without one nodes: those three for each other node, by its name",
            reach: .read,
            endpoints: looks,
            example: #"local c = pve.migrate_check(101, "pve2"); print(c.allowed, #c.reasons)"#,
            methods: [ObjectMethod("migrate_check", before: ["@vmid"])]),
    ]

    private static let choices: [Parameter] = [
        .optional(
            "online", .flag, "Virtual machines: by itself true for a running one; false refuses to move one that runs."),
        .optional(
            "restart", .flag,
            "Containers: shut a running one down here and start it there, for it cannot move otherwise."),
        .optional(
            "with_local_disks", .flag, "Virtual machines: copy disks that only this node has while the guest runs."),
        .optional(
            "target_storage", .any,
            "Where copied disks go: a storage, or a table such as { [\"local-lvm\"] = \"shared\" }; default: the same name."
        ),
    ]

    /// What is read before a guest moves.
    private static let looks: [Endpoint] = [
        Endpoint(
            method: "GET", path: "/nodes/{node}/storage", action: "read.storage",
            needs: [
                PrivilegeNeed(
                    ["Datastore.Audit", "Datastore.AllocateSpace"], at: .storage, lack: .hidden,
                    when: "to see its storages")
            ]),
        Endpoint(
            method: "GET", path: "/cluster/resources", action: "read.cluster",
            needs: [PrivilegeNeed(["Sys.Audit"], at: .node, lack: .hidden, when: "to see its memory")]),
        Endpoint(
            method: "GET", path: "/nodes/{node}/{kind}/{vmid}/snapshot", action: "read.guest",
            needs: [.guest("VM.Audit")]),
    ]
}

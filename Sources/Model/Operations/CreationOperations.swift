// SPDX-License-Identifier: Apache-2.0

/// Making guests and doing away with them.
enum CreationOperations {
    static let rows: [Operation] = CreateOperation.rows + [clone, template, destroy]

    /// What drawing a number asks.
    static let nextNumber = Endpoint(method: "GET", path: "/cluster/nextid", action: "read.cluster")

    /// What whoever makes a guest must be allowed to do, besides what its source asks for.
    static let newGuestNeeds = [
        PrivilegeNeed(["VM.Allocate"], at: .newGuest),
        PrivilegeNeed(["Datastore.AllocateSpace"], at: .storage),
        PrivilegeNeed(["SDN.Use"], at: ACLPath("/sdn/zones/{zone}"), when: "for its network bridges"),
    ]

    private static let clone = Operation(
        name: "clone",
        summary: "Makes a new guest as a copy of another, of its present or of a snapshot.",
        parameters: [
            .optional("node", .node, "Where the source is; nil lets the host find it."),
            .required("guest", .guest, "What is copied."),
            .optional(
                "options",
                .options([
                    .optional(
                        "name", .text(maximum: 255), "The new guest's name; default: Copy-of-VM- and the source's."),
                    .optional("vmid", .guest, "Its number; default: the next free one."),
                    .optional(
                        "full", .flag,
                        "true copies all disks, false links them to the source's; default: false for a template, else true."
                    ),
                    .optional("snapshot", .snapshotName, "The snapshot to copy; default: the present."),
                    .optional("storage", .storage, "Where the copies of the disks go; full clones only."),
                    .optional(
                        "format", .choice(["raw", "qcow2", "vmdk"]), "The format of the copies; full clones only."),
                    .optional("target", .node, "The new guest's node; another one needs shared storage."),
                    .optional("pool", .text(maximum: 128), "The pool it is put into."),
                    .optional("description", .text(maximum: 8192, lines: true), "Its notes."),
                    .optional("bwlimit", .integer(0...Int.max), "KiB a second at most; 0 is no limit."),
                    .optional("timeout", .seconds(maximum: 86_400), "Seconds to wait for the task."),
                    .optional("wait", .flag, "false returns the task at once, unverified; default true."),
                ]), "How to copy it."),
        ],
        returns: "a result: changed, vmid (the new guest's), name, node, full, source, upid, warnings",
        reach: .change,
        endpoints: [
            Endpoint(
                method: "POST", path: "/nodes/{node}/{kind}/{vmid}/clone", action: "guest.clone",
                postCondition: .exists, repeats: .doesItAgain, needs: [.guest("VM.Clone")] + newGuestNeeds),
            nextNumber,
        ],
        example: #"print(pcall(pve.clone, nil, 9000, { name = "web-3", pool = "web" }))"#,
        methods: [ObjectMethod("clone", before: [nil, "@vmid"])])

    private static let template = Operation(
        name: "template",
        summary: "Turns a stopped guest without snapshots into a template, from which guests are cloned.",
        parameters: [
            .optional("node", .node, "Where the guest is; nil lets the host find it."),
            .required("guest", .guest, "Which guest."),
            .optional(
                "options",
                .options([.optional("timeout", .seconds(maximum: 86_400), "Seconds to wait for the task.")]),
                "How to do it."),
        ],
        returns: "a result: changed, vmid, node, upid, warnings",
        reach: .change,
        endpoints: [
            Endpoint(
                method: "POST", path: "/nodes/{node}/{kind}/{vmid}/template", action: "guest.template",
                postCondition: .template, repeats: .isRefused,
                warning: "A template can never be started again, and there is no way back.",
                needs: [.guest("VM.Allocate")])
        ],
        example: "print(pcall(pve.template, nil, 103))",
        methods: [ObjectMethod("to_template", before: [nil, "@vmid"])])

    private static let destroy = Operation(
        name: "destroy",
        summary: "Removes a stopped guest with its disks and snapshots; its backups stay.",
        parameters: [
            .optional("node", .node, "Where the guest is; nil lets the host find it."),
            .required("guest", .guest, "Which guest."),
            .optional(
                "options",
                .options([
                    .optional(
                        "purge", .flag,
                        "true takes it out of backup jobs, replication and high availability as well."),
                    .optional(
                        "destroy_unreferenced_disks", .flag,
                        "true removes volumes of its number too that its configuration does not name."),
                    .optional("force", .flag, "Containers only: true removes a running one as well."),
                    .optional("timeout", .seconds(maximum: 86_400), "Seconds to wait for the task."),
                    .optional("wait", .flag, "false returns the task at once, unverified; default true."),
                ]), "How to do it."),
        ],
        returns: "a result: changed, vmid, node, destroyed (what was removed with it, in words), upid, warnings",
        reach: .change,
        endpoints: [
            Endpoint(
                method: "DELETE", path: "/nodes/{node}/{kind}/{vmid}", action: "guest.destroy", postCondition: .gone,
                repeats: .isRefused, warning: "The guest, its disks and its snapshots are gone for good.",
                needs: [.guest("VM.Allocate")])
        ],
        example: "local ok, e = pcall(pve.destroy, nil, 103, { purge = true }); print(e.kind)",
        methods: [ObjectMethod("destroy", before: [nil, "@vmid"])])
}

// SPDX-License-Identifier: Apache-2.0

/// Storages and what lies on them.
enum StorageOperations {
    static let rows: [Operation] = [
        Operation(
            name: "list_storages",
            summary: "Lists storages with what they hold and how full they are, ordered by name.",
            parameters: [
                .optional(
                    "filters",
                    .options([
                        .optional("node", .node, "Only those of this node, with their usage there."),
                        .optional("content", .choice(contents), "Only those that take this content."),
                        .optional("type", .text(maximum: 32), "Only those of this type, such as nfs or lvmthin."),
                    ]), "Only storages to which all of these apply.")
            ],
            returns:
                "a list of records: storage, type, status, shared, content, nodes, disk, maxdisk (bytes; of a storage that each "
                + "node has its own of, the sum), usage (for each node: node, status, disk, maxdisk)",
            reach: .read,
            endpoints: [resources],
            example: "for _, s in ipairs(pve.list_storages()) do print(s.storage, s.type, s.disk, s.maxdisk) end",
            methods: [ObjectMethod("storages", of: .node, into: ["node": "@node"])]),
        Operation(
            name: "storage",
            summary: "Finds one storage and tells where it is, what it holds and how full it is.",
            parameters: [.required("storage", .storage, "Which storage.")],
            returns:
                "a storage object: storage, type, content, shared, nodes (those it is active on), disk and maxdisk in bytes, "
                + "usage (for each node: node, status, disk, maxdisk), and methods",
            reach: .read,
            endpoints: [resources],
            example: #"print(pve.storage("shared").shared)"#,
            methods: [ObjectMethod("refresh", of: .storage, before: ["@storage"])], gives: .storage),
        Operation(
            name: "content",
            summary: "Lists what lies on a storage, ordered by name.",
            parameters: [
                .required("storage", .storage, "Which storage."),
                .optional(
                    "options",
                    .options([
                        .optional(
                            "node", .node,
                            "The node that looks; default: one that has it, and all of them where each has its own."),
                        .optional("type", .choice(contents), "Only content of this type."),
                        .optional("vmid", .guest, "Only what belongs to this guest."),
                    ]), "What to list."),
            ],
            returns:
                "a list of records: volid, name, storage, node, type, format, size, created, vmid, notes, protected; node is "
                + "missing where all nodes see the same",
            reach: .read,
            endpoints: [resources, content],
            example: #"for _, v in ipairs(pve.content("local", { type = "iso" })) do print(v.volid, v.size) end"#,
            methods: [ObjectMethod("volumes", of: .storage, before: ["@storage"])]),
        list("isos", "iso", "Lists the ISO images on all storages that take them."),
        list("container_templates", "vztmpl", "Lists the container templates on all storages that take them."),
        Operation(
            name: "download",
            summary: "Has a node fetch a file from a web address onto a storage, and checks that it is there.",
            parameters: [
                .required("storage", .storage, "Where to."),
                .required("url", .text(maximum: 2048), "The file's address, http or https."),
                .required(
                    "options",
                    .options([
                        .required("content", .choice(["iso", "vztmpl", "import"]), "What the file is."),
                        .optional(
                            "filename", .text(maximum: 255),
                            "Its name on the storage; default: the address's last part."),
                        .optional("checksum", .text(maximum: 128), "What its contents must add up to, in hexadecimal."),
                        .optional(
                            "checksum_algorithm",
                            .choice(["md5", "sha1", "sha224", "sha256", "sha384", "sha512"]),
                            "How the checksum is made; goes with checksum."),
                        .optional("verify_certificates", .flag, "false takes any certificate; default true."),
                        .optional("node", .node, "The node that fetches; default: one that has the storage."),
                        .optional("timeout", .seconds(maximum: 86_400), "Seconds to wait for the task."),
                        .optional("wait", .flag, "false returns the task at once, unverified; default true."),
                    ]), "What and how."),
            ],
            returns:
                "a result: changed, volid, size, node, upid, warnings; changed = false where the file is there already",
            reach: .change,
            endpoints: [
                Endpoint(
                    method: "POST", path: "/nodes/{node}/storage/{storage}/download-url", action: "storage.download",
                    repeats: .isRefused,
                    warning:
                        "The node itself asks that address, with its own place in the network: make sure that it is meant, and "
                        + "that what it gives is trusted.",
                    needs: [
                        PrivilegeNeed(["Datastore.AllocateTemplate"], at: .storage),
                        PrivilegeNeed(["Sys.AccessNetwork"], at: .node), looking,
                    ])
            ],
            example:
                #"local ok, e = pcall(pve.download, "local", "https://example.org/x.iso", { content = "iso" }); print(ok or e.kind)"#,
            methods: [ObjectMethod("download", of: .storage, before: ["@storage"])]),
        Operation(
            name: "volume_delete",
            summary:
                "Deletes an ISO image, a container template, a snippet or an image for import, and checks that it is gone.",
            parameters: [
                .required("volume", .volume, "Which volume; a backup or a guest's disk is refused."),
                .optional(
                    "options",
                    .options([
                        .optional("node", .node, "The node whose file it is, where each node has its own."),
                        .optional("timeout", .seconds(maximum: 86_400), "Seconds to wait for the task."),
                    ]), "How to delete it."),
            ],
            returns: "a result: changed, volid, size, node, upid, warnings",
            reach: .change,
            endpoints: [
                Endpoint(
                    method: "DELETE", path: "/nodes/{node}/storage/{storage}/content/{volume}",
                    action: "storage.content.delete",
                    warning: "The file is gone for good; guests that have it in their drive do not start any more.",
                    needs: [PrivilegeNeed(["Datastore.Allocate"], at: .storage), looking])
            ],
            example:
                #"local ok, e = pcall(pve.volume_delete, "local:iso/old.iso"); print(ok or e.kind)"#),
    ]

    /// What a storage may hold.
    static let contents = ["iso", "vztmpl", "backup", "images", "rootdir", "snippets", "import"]

    private static let looking = PrivilegeNeed(
        ["Datastore.Audit", "Datastore.AllocateSpace"], at: .storage, lack: .hidden)
    private static let resources = Endpoint(
        method: "GET", path: "/cluster/resources", action: "read.cluster", needs: [looking])
    private static let content = Endpoint(
        method: "GET", path: "/nodes/{node}/storage/{storage}/content", action: "read.storage",
        needs: [
            PrivilegeNeed(["Datastore.Audit", "Datastore.AllocateSpace"], at: .storage),
            PrivilegeNeed(["Datastore.AllocateSpace"], at: .storage, lack: .hidden, when: "to see backups"),
            PrivilegeNeed(["VM.Backup"], at: .guest, lack: .hidden, when: "to see backups"),
            PrivilegeNeed(["VM.Config.Disk"], at: .guest, lack: .hidden, when: "to see guests' disks"),
        ])

    private static func list(_ name: String, _ type: String, _ summary: String) -> Operation {
        Operation(
            name: name, summary: summary,
            parameters: [
                .optional(
                    "options",
                    .options([
                        .optional("storage", .storage, "Only on this storage."),
                        .optional("node", .node, "Only what this node can reach."),
                    ]), "Where to look.")
            ],
            returns: "a list of records as of pve.content",
            reach: .read,
            endpoints: [
                resources,
                Endpoint(
                    method: "GET", path: "/nodes/{node}/storage/{storage}/content", action: "read.storage",
                    needs: [PrivilegeNeed(["Datastore.Audit", "Datastore.AllocateSpace"], at: .storage)]),
            ],
            example: "for _, file in ipairs(pve.\(name)()) do print(file.volid, file.size) end",
            methods: [
                ObjectMethod(name, of: .storage, into: ["storage": "@storage"]),
                ObjectMethod(name, of: .node, into: ["node": "@node"]),
            ])
    }
}

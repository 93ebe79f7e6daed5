// SPDX-License-Identifier: Apache-2.0

/// A guest's configuration and its disks.
enum ConfigurationOperations {
    static let rows: [Operation] = [config, configure, tag, untag, protect, cloudInit] + DiskOperations.rows

    static let node = Parameter.optional("node", .node, "Where the guest is; nil lets the host find it.")
    static let guest = Parameter.required("guest", .guest, "Which guest.")

    /// Setting options; a privilege for each kind of option.
    private static let put = Endpoint(
        method: "PUT", path: "/nodes/{node}/{kind}/{vmid}/config", action: "guest.config", postCondition: .configured,
        repeats: .changesNothing,
        needs: [
            PrivilegeNeed(
                [
                    "VM.Config.Options", "VM.Config.CPU", "VM.Config.Memory", "VM.Config.Network",
                    "VM.Config.HWType", "VM.Config.Disk", "VM.Config.CDROM", "VM.Config.Cloudinit",
                ], at: .guest)
        ])

    private static let post = Endpoint(
        method: "POST", path: put.path, action: put.action, kinds: [.qemu], postCondition: .configured,
        repeats: .changesNothing, needs: put.needs)

    private static let pending = Endpoint(
        method: "GET", path: "/nodes/{node}/{kind}/{vmid}/pending", action: "read.guest",
        needs: [.guest("VM.Audit")])

    private static let config = Operation(
        name: "config",
        summary: "Reads a guest's configuration as it holds now, and on request what waits for the next start.",
        parameters: [
            guest,
            .optional(
                "options",
                .options([
                    .optional("pending", .flag, "true tells what waits for the next start as well."),
                    .optional("snapshot", .snapshotName, "The snapshot whose configuration is meant."),
                ]), "What to read."),
        ],
        returns:
            "a table of the options, and digest; with pending = true a table: config, pending (new values), deleted, digest",
        reach: .read,
        endpoints: [
            Endpoint(
                method: "GET", path: "/nodes/{node}/{kind}/{vmid}/config", action: "read.guest",
                needs: [.guest("VM.Audit")]), pending,
        ],
        example: "print(pve.config(101).memory)",
        methods: [ObjectMethod("config", before: ["@vmid"])])

    private static let configure = Operation(
        name: "configure",
        summary: "Changes options of a guest, only if its configuration is still the one that was seen.",
        parameters: [
            node, guest,
            .required(
                "options",
                .options([
                    .optional("set", .apiParameters, "Options and their new values, by Proxmox's names."),
                    .optional("delete", .list(.text(maximum: 64)), "Options to take out."),
                    .optional("revert", .list(.text(maximum: 64)), "Options whose waiting change is dropped."),
                    .optional(
                        "digest", .text(maximum: 64),
                        "The digest of the configuration that the change is meant for; default: of what is there now."),
                    .optional("timeout", .seconds(maximum: 86_400), "Seconds to wait, where it is a task."),
                ]), "What to change."),
        ],
        returns: "a result: changed, vmid, node, pending (options that wait for the next start), digest (the new one)",
        reach: .change, endpoints: [put, post, pending],
        example: #"print(pcall(pve.configure, nil, 101, { set = { description = "front end" } }))"#,
        methods: [ObjectMethod("configure", before: [nil, "@vmid"])])

    private static let tag = Operation(
        name: "tag", summary: "Adds tags to a guest.",
        parameters: [guest, .required("tags", .any, "A tag, or a list of them.")],
        returns: "a result: changed, vmid, node, tags (all that it has now)",
        reach: .change, endpoints: [put], example: #"print(pcall(pve.tag, 101, "blue"))"#,
        methods: [ObjectMethod("tag", before: ["@vmid"])])

    private static let untag = Operation(
        name: "untag", summary: "Takes tags from a guest.",
        parameters: [guest, .required("tags", .any, "A tag, or a list of them.")],
        returns: "a result: changed, vmid, node, tags (all that it has now)",
        reach: .change, endpoints: [put], example: #"print(pcall(pve.untag, 101, "web"))"#,
        methods: [ObjectMethod("untag", before: ["@vmid"])])

    private static let protect = Operation(
        name: "protect", summary: "Protects a guest from removal, or takes the protection away.",
        parameters: [guest, .optional("on", .flag, "false takes the protection away; default true.")],
        returns: "a result: changed, vmid, node",
        reach: .change, endpoints: [put], example: "print(pcall(pve.protect, 101))",
        methods: [ObjectMethod("protect", before: ["@vmid"])])

    private static let cloudInit = Operation(
        name: "cloudinit_update",
        summary: "Writes a virtual machine's cloud-init drive anew from its configuration.",
        parameters: [node, guest],
        returns: "a result: changed, vmid, node",
        reach: .change,
        endpoints: [
            Endpoint(
                method: "PUT", path: "/nodes/{node}/{kind}/{vmid}/cloudinit", action: "guest.config", kinds: [.qemu],
                repeats: .doesItAgain, needs: [.guest("VM.Config.Cloudinit")])
        ],
        example: "print(pcall(pve.cloudinit_update, nil, 101))",
        methods: [ObjectMethod("cloudinit_update", before: [nil, "@vmid"])])
}

// SPDX-License-Identifier: Apache-2.0

/// Making guests from templates.
enum CreateOperation {
    static let rows: [Operation] = [create, templates, show]

    private static let create = Operation(
        name: "create",
        summary: "Makes a virtual machine or a container from a template, from keys of its own, or from both.",
        parameters: [.required("options", .options(place + guest + waiting), "What to make, and where.")],
        returns: "a result: changed, vmid, name, node, kind, status, steps (what was done, in words), upid, warnings",
        reach: .change,
        endpoints: [
            Endpoint(
                method: "POST", path: "/nodes/{node}/{kind}", action: "guest.create", postCondition: .exists,
                repeats: .isRefused, needs: CreationOperations.newGuestNeeds),
            CreationOperations.nextNumber,
            Endpoint(
                method: "GET", path: "/nodes/{node}/storage", action: "read.storage",
                needs: [
                    PrivilegeNeed(["Datastore.Audit", "Datastore.AllocateSpace"], at: .storage, lack: .hidden)
                ]),
            Endpoint(
                method: "GET", path: "/nodes/{node}/network", action: "read.node",
                needs: [PrivilegeNeed(["Sys.Audit"], at: .node, lack: .hidden)]),
        ],
        example: #"print(pcall(pve.create, { template = "debian-ct", node = "pve1", name = "dns-1" }))"#)

    private static let templates = Operation(
        name: "templates",
        summary: "Lists the templates that guests are created from: the shipped ones and your own.",
        parameters: [],
        returns: "a list of records: name, kind, summary, file; error where a file cannot be read",
        reach: .local, endpoints: [],
        example: "for _, t in ipairs(pve.templates()) do print(t.name, t.summary) end")

    private static let show = Operation(
        name: "template_show",
        summary: "Shows a template as a table, in the form in which pve.create takes wishes.",
        parameters: [.required("name", .text(maximum: 128), "Its name.")],
        returns: "a table with the keys of the file, and name and file",
        reach: .local, endpoints: [],
        example: #"print(pve.template_show("debian-vm").memory)"#)

    private static let place: [Parameter] = [
        .optional("template", .text(maximum: 128), "The template's name; what else is given goes before what it says."),
        .optional("node", .node, "Where to make it; may be left out where there is one node only."),
        .optional("vmid", .guest, "Its number; default: the next free one."),
    ]

    /// The keys of a guest, those of template files; Templates holds their rules.
    static let guest: [Parameter] = [
        .optional("kind", .choice(["qemu", "lxc"]), "Virtual machine (default) or container."),
        .optional("name", .text(maximum: 255), "Its name."),
        .optional("description", .text(maximum: 8192, lines: true), "Its notes."),
        .optional("tags", .any, "Its tags, a list or a text with commas."),
        .optional("pool", .text(maximum: 128), "The pool it is put into."),
        .optional("onboot", .flag, "Whether it starts with its node."),
        .optional("protection", .flag, "Whether it cannot be removed."),
        .optional("start", .flag, "true starts it once it is there, and waits until it runs."),
        .optional("cores", .integer(1...8192), "Cores; of a virtual machine for each socket."),
        .optional("memory", .any, "Memory: MiB as a number, or a text such as \"2G\"."),
        .optional("os", .text(maximum: 64), "What runs in it, as Proxmox calls it: l26, win11, debian …"),
        .optional(
            "disks", .list(.any),
            "Its disks: storage, size; of a virtual machine also bus, import, format, cache, discard, ssd, iothread, "
                + "backup; of a container path, backup."),
        .optional(
            "network", .list(.any),
            "Its network cards: bridge, tag, firewall, mac, rate; of a virtual machine also model, link_down; of a container "
                + "name, ip, gateway, ip6, gateway6."),
        .optional("sockets", .integer(1...64), "Virtual machines: sockets."),
        .optional("cpu", .text(maximum: 128), "Virtual machines: the CPU type."),
        .optional("balloon", .any, "Virtual machines: the least memory, as memory; 0 takes no balloon."),
        .optional("bios", .choice(["seabios", "ovmf"]), "Virtual machines: the firmware."),
        .optional("machine", .text(maximum: 64), "Virtual machines: the machine type, such as q35."),
        .optional("scsihw", .text(maximum: 64), "Virtual machines: the SCSI controller."),
        .optional("vga", .text(maximum: 64), "Virtual machines: the display."),
        .optional("serial", .flag, "Virtual machines: whether there is a serial console."),
        .optional("agent", .flag, "Virtual machines: whether the guest agent is used."),
        .optional("cdrom", .volume, "Virtual machines: the ISO image in the CD drive."),
        .optional(
            "cloud_init", .any,
            "Virtual machines: storage, user, ssh_keys, ip, gateway, ip6, gateway6, nameserver, searchdomain, upgrade."),
        .optional("image", .volume, "Containers: the image they are made from, such as local:vztmpl/debian-….tar.zst."),
        .optional("swap", .any, "Containers: swap, as memory."),
        .optional("unprivileged", .flag, "Containers: whether root inside is nobody outside."),
        .optional("features", .list(.choice(["nesting", "keyctl", "fuse", "mknod"])), "Containers: what they may do."),
        .optional("ssh_keys", .list(.text(maximum: 8192)), "Containers: public keys that may log in as root."),
        .optional("nameserver", .text(maximum: 255), "Containers: name servers."),
        .optional("searchdomain", .text(maximum: 255), "Containers: search domains."),
        .optional("password", .text(maximum: 255), "Containers: root's password; never from a file."),
    ]

    private static let waiting: [Parameter] = [
        .optional("timeout", .seconds(maximum: 86_400), "Seconds to wait for each task.")
    ]
}

/// The keys of a guest that `pve.create` takes.
public enum GuestParameters {
    /// Their names.
    public static let names = CreateOperation.guest.map(\.name)
}

// SPDX-License-Identifier: Apache-2.0

/// Looking at nodes and guests.
enum InventoryOperations {
    static let rows: [Operation] = [
        Operation(
            name: "list_vms",
            summary: "Lists guests, virtual machines and containers alike, ordered by vmid.",
            parameters: [.optional("filters", .options(filters), "Only guests to which all of these apply.")],
            returns:
                "a list of guest records: vmid, name, node, kind, status, tags, pool, cpu, maxcpu, mem, maxmem, uptime …",
            reach: .read,
            endpoints: [
                Endpoint(method: "GET", path: "/cluster/resources", action: "read.cluster", needs: [.seeingGuests])
            ],
            example: #"for _, vm in ipairs(pve.list_vms{ tag = "web" }) do print(vm.vmid, vm.name) end"#),
        Operation(
            name: "list_nodes",
            summary: "Lists the cluster's nodes, ordered by name.",
            parameters: [],
            returns: "a list of records: node, status (online, offline, unknown), cpu, maxcpu, mem, maxmem, uptime",
            reach: .read,
            endpoints: [
                Endpoint(
                    method: "GET", path: "/cluster/resources", action: "read.cluster",
                    needs: [PrivilegeNeed(["Sys.Audit"], at: .node, lack: .hidden, when: "to see figures")])
            ],
            example: "for _, node in ipairs(pve.list_nodes()) do print(node.node, node.status) end"),
        Operation(
            name: "vm",
            summary: "Finds one guest and reads its state and identity.",
            parameters: [.required("guest", .guest, "Which guest.")],
            returns: "a guest object with fields as of now and methods; vm:refresh() reads it again",
            reach: .read,
            endpoints: [
                Endpoint(
                    method: "GET", path: "/nodes/{node}/{kind}/{vmid}/status/current", action: "read.guest",
                    needs: [.guest("VM.Audit")]),
                Endpoint(
                    method: "GET", path: "/nodes/{node}/{kind}/{vmid}/config", action: "read.guest",
                    needs: [.guest("VM.Audit")]),
            ],
            example: "local vm = pve.vm(101); print(vm.name, vm.status)",
            methods: [GuestMethod("refresh", before: ["@vmid"])]),
        Operation(
            name: "version",
            summary: "Tells the versions of the cluster, of pvelua and of Lua.",
            parameters: [],
            returns: "a record: version (\"8.4.1\"), release, repoid, pvelua, lua",
            reach: .read,
            endpoints: [Endpoint(method: "GET", path: "/version", action: "read.api")],
            example: "print(pve.version().release)"),
    ]

    private static let filters: [Parameter] = [
        .optional("status", .text(maximum: 32), "The state: running, stopped, paused …"),
        .optional("node", .node, "The node it is on."),
        .optional("tag", .text(maximum: 128), "A tag it carries; * and ? stand for any characters."),
        .optional("pool", .text(maximum: 128), "The pool it belongs to."),
        .optional("name", .text(maximum: 255), "Its name; * and ? stand for any characters."),
        .optional("kind", .choice(["qemu", "lxc"]), "Virtual machines or containers only."),
        .optional("template", .flag, "true for templates only; left out or false: no templates."),
    ]
}

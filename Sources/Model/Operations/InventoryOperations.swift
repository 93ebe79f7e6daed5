// SPDX-License-Identifier: Apache-2.0

/// Looking at nodes and guests.
enum InventoryOperations {
    static let rows: [Operation] = [
        Operation(
            name: "list_vms",
            summary: "Lists guests, virtual machines and containers alike, ordered by vmid.",
            parameters: [
                .optional("filters", .options(InventoryFilters.parameters), "Only guests to which all of these apply.")
            ],
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
            methods: [ObjectMethod("refresh", before: ["@vmid"])], gives: .guest),
        Operation(
            name: "node",
            summary: "Finds one node and reads its state and load.",
            parameters: [.required("node", .node, "Which node.")],
            returns: "a node object: node, status, cpu, maxcpu, mem, maxmem, disk, maxdisk, uptime, and methods",
            reach: .read,
            endpoints: [
                Endpoint(
                    method: "GET", path: "/cluster/resources", action: "read.cluster",
                    needs: [PrivilegeNeed(["Sys.Audit"], at: .node, lack: .hidden, when: "to see figures")])
            ],
            example: #"print(pve.node("pve1").status)"#,
            methods: [ObjectMethod("refresh", of: .node, before: ["@node"])], gives: .node),
        Operation(
            name: "storage",
            summary: "Finds one storage and tells where it is, what it holds and how full it is.",
            parameters: [.required("storage", .storage, "Which storage.")],
            returns:
                "a storage object: storage, type, content, shared, nodes (those it is active on), disk and maxdisk in bytes, "
                + "and methods",
            reach: .read,
            endpoints: [
                Endpoint(
                    method: "GET", path: "/cluster/resources", action: "read.cluster",
                    needs: [
                        PrivilegeNeed(
                            ["Datastore.Audit", "Datastore.AllocateSpace"], at: .storage, lack: .hidden)
                    ])
            ],
            example: #"print(pve.storage("shared").shared)"#,
            methods: [ObjectMethod("refresh", of: .storage, before: ["@storage"])], gives: .storage),
        Operation(
            name: "version",
            summary: "Tells the versions of the cluster, of pvelua and of Lua.",
            parameters: [],
            returns: "a record: version (\"8.4.1\"), release, repoid, pvelua, lua",
            reach: .read,
            endpoints: [Endpoint(method: "GET", path: "/version", action: "read.api")],
            example: "print(pve.version().release)"),
    ]
}

/// The filters by which guests are chosen, wherever an operation takes some.
public enum InventoryFilters {
    /// One key each; all that are given must apply.
    public static let parameters: [Parameter] = [
        .optional("status", .text(maximum: 32), "The state: running, stopped, paused …"),
        .optional("node", .node, "The node it is on."),
        .optional("tag", .text(maximum: 128), "A tag it carries; * and ? stand for any characters."),
        .optional("pool", .text(maximum: 128), "The pool it belongs to."),
        .optional("name", .text(maximum: 255), "Its name; * and ? stand for any characters."),
        .optional("kind", .choice(["qemu", "lxc"]), "Virtual machines or containers only."),
        .optional("template", .flag, "true for templates only; left out or false: no templates."),
    ]
}

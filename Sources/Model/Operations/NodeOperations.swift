// SPDX-License-Identifier: Apache-2.0

/// Looking at nodes and at the cluster as a whole.
enum NodeOperations {
    static let rows: [Operation] = [
        Operation(
            name: "list_nodes",
            summary: "Lists the cluster's nodes, ordered by name.",
            parameters: [],
            returns:
                "a list of records: node, status (online, offline, unknown), cpu, maxcpu, mem, maxmem, disk, maxdisk, uptime, "
                + "and guest_count and running_count: how many guests it has and how many of them run",
            reach: .read,
            endpoints: [resources],
            example: "for _, node in ipairs(pve.list_nodes()) do print(node.node, node.status, node.guest_count) end"),
        Operation(
            name: "node",
            summary: "Finds one node and reads its state, load and equipment.",
            parameters: [.required("node", .node, "Which node.")],
            returns:
                "a node object: node, status, cpu, maxcpu, mem, maxmem, disk, maxdisk, uptime, guest_count, running_count; "
                + "where it is online and Sys.Audit allows also load (1, 5 and 15 minutes), cpumodel, sockets, cores, kernel, "
                + "pveversion, memory, swap, rootfs, iowait, subscription; and methods",
            reach: .read,
            endpoints: [
                resources,
                Endpoint(
                    method: "GET", path: "/nodes/{node}/status", action: "read.node",
                    needs: [PrivilegeNeed(["Sys.Audit"], at: .node, lack: .hidden, when: "to see figures")]),
                Endpoint(method: "GET", path: "/nodes/{node}/subscription", action: "read.node"),
            ],
            example: #"print(pve.node("pve1").status, pve.node("pve1").cpumodel)"#,
            methods: [ObjectMethod("refresh", of: .node, before: ["@node"])], gives: .node),
        Operation(
            name: "cluster_status",
            summary: "Tells whether the cluster has quorum and which of its nodes are there.",
            parameters: [],
            returns:
                "a record: name, quorate, online and total (numbers of nodes), votes and needed (as far as they can be "
                + "read), ha_master, nodes (each node, online, nodeid, ip, votes)",
            reach: .read,
            endpoints: [
                Endpoint(method: "GET", path: "/cluster/status", action: "read.cluster", needs: [audit]),
                Endpoint(method: "GET", path: "/cluster/config/nodes", action: "read.cluster", needs: [audit]),
                Endpoint(method: "GET", path: "/cluster/ha/status/current", action: "read.cluster", needs: [audit]),
            ],
            example: "local s = pve.cluster_status(); print(s.quorate, s.online, s.total)"),
        Operation(
            name: "ha",
            summary: "Tells what high availability looks after and how that stands.",
            parameters: [],
            returns:
                "a record: quorate, master, status (the manager's words), nodes (each node, status), resources (each sid, vmid, "
                + "kind, node, state as it is, request as it shall be, group), groups, and rules where Proxmox has them instead",
            reach: .read,
            endpoints: [
                Endpoint(method: "GET", path: "/cluster/ha/status/current", action: "read.cluster", needs: [audit]),
                Endpoint(method: "GET", path: "/cluster/ha/resources", action: "read.cluster", needs: [audit]),
                Endpoint(method: "GET", path: "/cluster/ha/groups", action: "read.cluster", needs: [audit]),
            ],
            example: "local ha = pve.ha(); print(ha.quorate, #ha.resources)"),
        Operation(
            name: "permissions",
            summary: "Tells what this identity may do: which operations and where, and its privileges by path.",
            parameters: [
                .optional(
                    "options",
                    .options([
                        .optional(
                            "path", .text(maximum: 512), "Only the privileges at that path, such as \"/vms/101\".")
                    ]), "What to tell.")
            ],
            returns:
                "a record: identity, privileges (path to a list of names), operations (each operation, may: \"yes\", "
                + "\"partly\", \"no\" or \"depends\", and where); with path: identity, path, privileges (a list of names)",
            reach: .read,
            endpoints: [Endpoint(method: "GET", path: "/access/permissions", action: "read.access")],
            example: #"for _, name in ipairs(pve.permissions{ path = "/vms/101" }.privileges) do print(name) end"#),
    ]

    private static let audit = PrivilegeNeed(["Sys.Audit"], at: .root)
    private static let resources = Endpoint(
        method: "GET", path: "/cluster/resources", action: "read.cluster",
        needs: [PrivilegeNeed(["Sys.Audit"], at: .node, lack: .hidden, when: "to see figures")])
}

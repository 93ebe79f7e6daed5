// SPDX-License-Identifier: Apache-2.0

/// Moving many guests, in Lua.
enum EvacuationOperations {
    static let rows: [Operation] = [
        Operation(
            name: "evacuate",
            summary: "Moves all guests of a node to other nodes, planned by memory before the first one starts.",
            parameters: [
                .required("node", .node, "The node that is to be emptied."),
                .optional(
                    "options",
                    .options(
                        [
                            .optional(
                                "targets", .list(.node), "The nodes that may take guests; default: all that are online."
                            ),
                            .optional("except", .guests, "Guests that stay."),
                            .optional("preview", .flag, "true plans and moves nothing."),
                            .optional(
                                "skip_unmovable", .flag,
                                "true moves the others where some cannot be moved; default: none is moved then."),
                            .optional(
                                "target_storage", .any,
                                "Where disks go that only this node has: a storage, or a table of storages."),
                        ] + kinds + execution), "How to empty it."),
            ],
            returns:
                "a record: node, moves (each vmid, name, from, to, node, status, upid, options), stayed (each vmid, name, node, "
                + "reasons), unmovable (how many of those were to move), failed (with stop_on_error = false), preview",
            reach: .change, endpoints: [],
            example: #"local plan = pve.evacuate("pve1", { preview = true }); print(#plan.moves, #plan.stayed)"#,
            methods: [ObjectMethod("evacuate", of: .node, before: ["@node"])], module: "evacuate",
            uses: ["list_nodes", "list_vms", "select", "migrate_check", "placement", "move_guests", "fail"]),
        Operation(
            name: "return_guests",
            summary: "Brings the guests of an evacuation back to where they were.",
            parameters: [
                .required(
                    "result", .any, "What pve.evacuate gave, or a table with moves: each a vmid and, in from, a node."),
                .optional("options", .options(kinds + execution), "How to bring them back; default: as they went."),
            ],
            returns:
                "a record: moves, stayed (those that are back already or gone), failed (with stop_on_error = false)",
            reach: .change, endpoints: [],
            example: #"pve.return_guests({ moves = { { vmid = 101, from = "pve1" } } })"#,
            module: "return_guests", uses: ["vm", "move_guests", "fail"]),
        Operation(
            name: "move_guests",
            summary: "Moves guests to the nodes named for them, several at once, and says where each really is.",
            parameters: [
                .required(
                    "moves", .list(.any),
                    "What goes where: each a vmid and, in to, a node; options as pve.migrate takes them."),
                .optional("options", .options(execution), "How to go about it."),
            ],
            returns:
                "a record: moves (each vmid, name, from, to, node, status, upid) and, with stop_on_error = false, failed (each "
                + "also error, kind, lock); without it a failure ends with an error that says where every guest is",
            reach: .change, endpoints: [],
            example:
                #"local ok, e = pcall(pve.move_guests, { { vmid = 101, to = "pve2" } }, { limit = 2 }); print(ok or e.kind)"#,
            module: "move_guests", uses: ["migrate", "poll", "vm", "task", "sleep", "now", "log", "fail"]),
        Operation(
            name: "placement",
            summary:
                "Reckons which guest goes to which node, by memory and room on storages; asks nothing of the cluster.",
            parameters: [
                .required(
                    "guests", .list(.any),
                    "Each: vmid, memory (bytes it needs now), weight (bytes it may come to need), nodes (those it may go to), "
                        + "space (bytes by storage)."),
                .required("nodes", .list(.any), "Each: node, free (bytes of memory), space (free bytes by storage)."),
            ],
            returns:
                "a record: moves (each vmid, to), unplaced (each vmid, reasons), nodes (each node and what is free then)",
            reach: .local, endpoints: [],
            example:
                #"print(pve.placement({ { vmid = 101, memory = 2 } }, { { node = "pve2", free = 3 } }).moves[1].to)"#,
            module: "placement"),
    ]

    private static let kinds: [Parameter] = [
        .optional("restart", .flag, "Containers: shut running ones down here and start them there."),
        .optional(
            "shutdown_timeout", .integer(0...86_400), "With restart: seconds that a container gets to shut down."),
        .optional(
            "with_local_disks", .flag, "Virtual machines: copy disks that only this node has while they run."),
    ]

    private static let execution: [Parameter] = [
        .optional("limit", .integer(1...64), "How many guests move at once; default 1."),
        .optional(
            "stop_on_error", .flag,
            "false goes on with the others and lists what failed; default true: begins no further one and raises an error."
        ),
        .optional("timeout", .seconds(maximum: 604_800), "Seconds to wait for each guest; default an hour."),
    ]
}

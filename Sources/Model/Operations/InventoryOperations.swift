// SPDX-License-Identifier: Apache-2.0

/// Looking at guests.
enum InventoryOperations {
    static let rows: [Operation] = [
        Operation(
            name: "list_vms",
            summary: "Lists guests, virtual machines and containers alike, ordered by vmid.",
            parameters: [
                .optional("filters", .options(InventoryFilters.parameters), "Only guests to which all of these apply.")
            ],
            returns:
                "a list of guest records: vmid, name, node, kind, status, tags, pool, cpu, maxcpu, mem, maxmem, uptime …; "
                + "of guests whose node is offline the status is \"unknown\", a field note says more, and last_status is "
                + "what they were where that is known",
            reach: .read,
            endpoints: [
                Endpoint(method: "GET", path: "/cluster/resources", action: "read.cluster", needs: [.seeingGuests])
            ],
            example: #"for _, vm in ipairs(pve.list_vms{ tag = "web" }) do print(vm.vmid, vm.name) end"#,
            methods: [ObjectMethod("guests", of: .node, into: ["node": "@node"])]),
        Operation(
            name: "find",
            summary: "Finds guests whose name, a tag, vmid or pool fits a pattern, ordered by vmid.",
            parameters: [
                .required(
                    "pattern", .text(maximum: 255),
                    "Such as \"web-*\"; * stands for any characters and ? for one, in either case."),
                .optional(
                    "filters", .options(InventoryFilters.parameters),
                    "Only guests to which all of these apply; templates are found too unless template = false."),
            ],
            returns:
                "a list of guest records as of list_vms, each with matched: \"name\", \"tag\", \"vmid\" or \"pool\"",
            reach: .read,
            endpoints: [
                Endpoint(method: "GET", path: "/cluster/resources", action: "read.cluster", needs: [.seeingGuests])
            ],
            example: #"for _, vm in ipairs(pve.find("web-*")) do print(vm.vmid, vm.name, vm.matched) end"#),
        Operation(
            name: "vm",
            summary: "Finds one guest and reads its state and identity.",
            parameters: [
                .required("guest", .guestOrName, "Which guest; a name must be that of one guest only.")
            ],
            returns:
                "a guest object with fields as of now and methods; vm:refresh() reads it again. Of a guest whose node is "
                + "offline the status is \"unknown\" and a field note says more",
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

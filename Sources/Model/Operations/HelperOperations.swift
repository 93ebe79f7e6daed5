// SPDX-License-Identifier: Apache-2.0

/// What is made of other operations, in Lua.
enum HelperOperations {
    static let rows: [Operation] = [
        Operation(
            name: "select",
            summary:
                "Gives the guests that are meant by one guest, a list of guests or a table of filters, as they are now.",
            parameters: [
                .required(
                    "what", .guests,
                    "Which; the filters are those of pve.list_vms, an empty table is an empty list and means no guest.")
            ],
            returns: "a list of guest records as pve.list_vms gives them; in the order of the list, each guest once",
            reach: .read, endpoints: [],
            example: #"for _, vm in ipairs(pve.select{ 102, 101 }) do print(vm.vmid, vm.status) end"#,
            module: "select", uses: ["list_vms", "fail"]),
        Operation(
            name: "wait",
            summary: "Asks a function again and again until it gives something other than nil and false.",
            parameters: [
                .required("condition", .function, "What is asked; an error in it ends the waiting."),
                .optional(
                    "options",
                    .options([
                        .optional("timeout", .seconds(maximum: 86_400), "Seconds until it fails; default 300."),
                        .optional("interval", .seconds(maximum: 3_600), "Seconds between two questions; default 2."),
                        .optional("what", .text(maximum: 200), "What is waited for, for the error's text."),
                    ]), "How to wait."),
            ],
            returns: "what the function gave; an error of kind guest_timeout where it never did",
            reach: .local, endpoints: [],
            example: #"pve.wait(function() return pve.vm(101).status == "running" end, { timeout = 60 })"#,
            module: "wait", uses: ["now", "sleep", "fail"]),
    ]
}

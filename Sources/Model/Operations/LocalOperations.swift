// SPDX-License-Identifier: Apache-2.0

/// What never leaves this machine.
enum LocalOperations {
    static let rows: [Operation] = [
        Operation(
            name: "log",
            summary: "Writes a line to stderr, with its level.",
            parameters: [
                .required("message", .text(maximum: 65_536, lines: true), "The line."),
                .optional("level", .choice(["debug", "info", "warning", "error"]), "How grave; default info."),
            ],
            returns: "nothing", reach: .local, endpoints: [],
            example: #"pve.log("begin of the maintenance window")"#),
        Operation(
            name: "sleep",
            summary: "Waits, at no cost in processor time.",
            parameters: [.required("seconds", .seconds(maximum: 86_400), "How long.")],
            returns: "nothing", reach: .local, endpoints: [],
            example: "pve.sleep(0.1)"),
        Operation(
            name: "now",
            summary: "Tells the time of the host.",
            parameters: [],
            returns: "seconds since 1970, with fraction", reach: .local, endpoints: [],
            example: #"print(os.date("%Y-%m-%d", math.floor(pve.now())))"#),
        Operation(
            name: "table",
            summary: "Prints records as a table with aligned columns; colour only on a terminal.",
            parameters: [
                .required("rows", .list(.any), "The records."),
                .optional(
                    "columns", .list(.text(maximum: 64)), "Which fields, in which order; default: all, vmid first."),
            ],
            returns: "nothing", reach: .local, endpoints: [],
            example: #"pve.table(pve.list_vms(), { "vmid", "name", "node", "status" })"#),
    ]
}

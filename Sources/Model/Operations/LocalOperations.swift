// SPDX-License-Identifier: Apache-2.0

/// What never leaves this machine.
enum LocalOperations {
    /// Kinds by which a script may call its own failures; none of them says that policy or a person said no.
    private static let failureKinds = [
        "script", "not_found", "conflict", "guest_timeout", "task_failed", "storage_unavailable", "unsupported",
        "parameter",
    ]

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
            name: "fail",
            summary: "Ends the script, or the function that pcall guards, with an error of a kind.",
            parameters: [
                .required("message", .text(maximum: 4096, lines: true), "What is wrong."),
                .optional(
                    "options",
                    .options([
                        .optional("kind", .choice(failureKinds), "The error's kind; default script."),
                        .optional("hint", .text(maximum: 1024), "What to do next."),
                        .optional("vmid", .guest, "The guest that it is about."),
                    ]), "What else is known."),
            ],
            returns: "never; the error is a value with kind, message and hint as those of pvelua itself are",
            reach: .local, endpoints: [],
            example: #"local ok, e = pcall(pve.fail, "no room", { kind = "conflict" }); print(e.kind)"#),
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

// SPDX-License-Identifier: Apache-2.0

/// What is made of other operations, in Lua.
enum HelperOperations {
    static let rows: [Operation] = [select, rolling, report, wait, waitUntil, waitGuest]

    private static let select = Operation(
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
        module: "select", uses: ["list_vms", "fail"])

    private static let rolling = Operation(
        name: "rolling",
        summary: "Restarts guests one after the other: each only when the one before is well again.",
        parameters: [
            .required("guests", .guests, "Which; those that do not run are left as they are, and that is told."),
            .optional(
                "options",
                .options([
                    .optional(
                        "action", .wordOrFunction(["reboot", "reset", "restart"]),
                        "What is done to each, restart is a shutdown and a start; a function is given the guest. Default reboot."
                    ),
                    .optional(
                        "health", .function,
                        "Given the guest, asked until it says yes; default: it runs, and its agent answers if it has one."
                    ),
                    .optional(
                        "timeout", .seconds(maximum: 86_400),
                        "Seconds for the action and again for the health; default 300."),
                    .optional(
                        "interval", .seconds(maximum: 3_600), "Seconds between two looks at the health; default 2."),
                    .optional("pause", .seconds(maximum: 86_400), "Seconds between one batch and the next; default 0."),
                    .optional("batch", .integer(1...100), "How many are handled at a time; default 1."),
                    .optional(
                        "order", .choice(["given", "vmid", "name", "node"]), "In which order; default as given."),
                    .optional(
                        "stop_on_failure", .flag,
                        "false goes on with the next guest; what policy or a person refuses, and doubt, end it all the same."
                    ),
                ]), "How."),
        ],
        returns:
            "a list of results: vmid, name, node, outcome (\"done\", \"skipped\", \"failed\", \"not_reached\"), seconds, problem; "
            + "the error that stops it has the list as its field results",
        reach: .change, endpoints: [],
        example:
            #"pve.rolling({ pool = "web" }, { action = function(vm) vm:snapshot{ name = "before" } end, pause = 1 })"#,
        module: "rolling",
        uses: ["select", "vm", "vm_action", "poll", "wait", "wait_guest", "now", "sleep", "log"])

    private static let report = Operation(
        name: "report",
        summary: "Makes a text of records: a table for people, Markdown, CSV, or a chart of usage as an SVG picture.",
        parameters: [
            .required("records", .list(.any), "The records, such as pve.list_vms or pve.list_nodes give."),
            .optional(
                "options",
                .options([
                    .optional("format", .choice(["text", "markdown", "csv", "svg"]), "Which form; default text."),
                    .optional(
                        "columns", .list(.text(maximum: 64)),
                        "Which fields, in which order; of a chart which of cpu, mem and disk. Default: those that tell most."
                    ),
                    .optional("title", .text(maximum: 200), "A heading; CSV has none."),
                ]), "How."),
        ],
        returns: "the text; print it, and have the shell put standard output into a file",
        reach: .local, endpoints: [],
        example: #"print(pve.report(pve.list_nodes(), { format = "markdown", title = "Nodes" }))"#,
        module: "report", uses: ["fail"])

    private static let wait = Operation(
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
        module: "wait", uses: ["now", "sleep", "fail"])

    /// The same by the name that most languages have for it.
    private static let waitUntil: Operation = {
        var row = wait
        row.name = "wait_until"
        row.example =
            #"pve.wait_until(function() return pve.vm(101).status == "running" end, { timeout = 60, interval = 1 })"#
        return row
    }()

    private static let waitGuest = Operation(
        name: "wait_guest",
        summary: "Waits until a guest is in a state.",
        parameters: [
            .required("guest", .guest, "Which guest."),
            .required(
                "state", .choice(["running", "stopped", "agent", "ready"]),
                "agent: it runs and its agent answers. ready: that where it has an agent, else that it runs."),
            .optional(
                "options",
                .options([
                    .optional("timeout", .seconds(maximum: 86_400), "Seconds until it fails; default 300."),
                    .optional("interval", .seconds(maximum: 3_600), "Seconds between two looks; default 2."),
                ]), "How to wait."),
        ],
        returns: "the guest object as it is then; an error of kind guest_timeout where it never is",
        reach: .read, endpoints: [],
        example: #"pve.wait_guest(101, "agent", { timeout = 60 })"#,
        methods: [ObjectMethod("wait", before: ["@vmid"])],
        module: "wait_guest", uses: ["vm", "api.get", "wait", "fail"])
}

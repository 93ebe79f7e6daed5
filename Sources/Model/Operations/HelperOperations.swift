// SPDX-License-Identifier: Apache-2.0

/// What is made of other operations, in Lua.
enum HelperOperations {
    static let rows: [Operation] = [
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
            module: "wait", uses: ["now", "sleep", "fail"])
    ]
}

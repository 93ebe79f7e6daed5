// SPDX-License-Identifier: Apache-2.0

/// The raw API.
enum APIOperations {
    static let rows: [Operation] = [
        Operation(
            name: "api.get",
            summary: "Reads any path of Proxmox's API.",
            parameters: [
                .required("path", .apiPath, "The path below /api2/json."),
                .optional("parameters", .apiParameters, "Query parameters."),
            ],
            returns: "what Proxmox answers under `data`",
            reach: .read,
            endpoints: [Endpoint(method: "GET", path: "/…", action: "read.*")],
            example: #"print(pve.api.get("/nodes/pve1/qemu/101/config").name)"#
        ).unpredictable(.everything(where: "/agent/")),
        write(
            "post", "POST", "Makes or starts something by any path of Proxmox's API, and follows the task.",
            example: #"print(pve.api.post("/nodes/pve1/qemu/103/status/start").status)"#),
        write(
            "put", "PUT", "Sets something by any path of Proxmox's API, and follows the task.",
            example:
                #"local ok, e = pcall(pve.api.put, "/nodes/pve1/qemu/103/config", { onboot = true }); print(ok or e.kind)"#
        ),
        write(
            "delete", "DELETE", "Removes something by any path of Proxmox's API, and follows the task.",
            example: #"local ok, e = pcall(pve.api.delete, "/nodes/pve1/qemu/103/snapshot/old"); print(ok or e.kind)"#),
    ]

    /// What a raw write does is told from the call itself, so one row has every action that there is.
    private static func write(_ name: String, _ method: String, _ summary: String, example: String) -> Operation {
        Operation(
            name: "api.\(name)",
            summary: summary,
            parameters: [
                .required("path", .apiPath, "The path below /api2/json."),
                .optional("parameters", .apiParameters, "What to send with it, under Proxmox's names."),
                .optional(
                    "options",
                    .options([
                        .optional("timeout", .seconds(maximum: 86_400), "Seconds to wait for the task."),
                        .optional("wait", .flag, "false returns the task at once; default true."),
                    ]), "How to wait."),
            ],
            returns:
                "a result: changed, data (what Proxmox answers), status (\"ok\" or \"warning\"), upid where there is a task, "
                + "vmid and node where the call is about one guest",
            reach: .change,
            endpoints: [Endpoint(method: method, path: "/…", action: "by path and parameters", repeats: .doesItAgain)],
            example: example
        ).unpredictable("data")
    }
}

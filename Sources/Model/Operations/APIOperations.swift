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
            example: #"print(pve.api.get("/nodes/pve1/qemu/101/config").name)"#)
    ]
}

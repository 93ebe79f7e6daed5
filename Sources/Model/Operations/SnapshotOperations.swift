// SPDX-License-Identifier: Apache-2.0

/// Snapshots.
enum SnapshotOperations {
    static let rows: [Operation] = [
        Operation(
            name: "snapshot",
            summary: "Takes a snapshot of a guest, named by the configured convention unless a name is given.",
            parameters: [
                .optional("node", .node, "Where the guest is; nil lets the host find it."),
                .required("guest", .guest, "Which guest."),
                .optional(
                    "options",
                    .options([
                        .optional("name", .snapshotName, "The snapshot's name; default: by the convention."),
                        .optional(
                            "change_number", .integer(0...999_999_999),
                            "The number that the convention's {number} becomes; default: the next one."),
                        .optional("description", .text(maximum: 4096, lines: true), "Shown beside the snapshot."),
                        .optional("vmstate", .flag, "true keeps the memory too; virtual machines only."),
                        .optional("timeout", .seconds(maximum: 86_400), "Seconds to wait for the task."),
                        .optional("wait", .flag, "false returns the task at once, unverified; default true."),
                    ]), "How to take it."),
            ],
            returns: "a result: changed, name, vmid, node, upid, warnings",
            reach: .change,
            endpoints: [
                Endpoint(
                    method: "POST", path: "/nodes/{node}/{kind}/{vmid}/snapshot", action: "snapshot.create",
                    postCondition: .snapshotExists, repeats: .isRefused, needs: [.guest("VM.Snapshot")])
            ],
            example: "print(pve.snapshot(nil, 101, { change_number = 1234 }).name)",
            methods: [ObjectMethod("snapshot", before: [nil, "@vmid"])])
    ]
}

// SPDX-License-Identifier: Apache-2.0

/// Naming other clusters.
enum ClusterOperations {
    static let rows: [Operation] = [
        Operation(
            name: "cluster",
            summary: "Gives the same functions for another configured cluster, or for \"demo\".",
            parameters: [
                .optional(
                    "name", .text(maximum: 64),
                    "A cluster of the configuration, or \"demo\"; without it, or with the run's own, you get pve itself."
                )
            ],
            returns:
                "a table with the functions of pve, each bound to that cluster, and its name as .name. Records, guests and tasks "
                + "from it carry a field cluster, and only its own functions take them; what pve.api answers stays as it is",
            reach: .local, endpoints: [],
            example: #"local lab = pve.cluster("demo"); print(lab.name, #lab.list_vms())"#)
    ]
}

// SPDX-License-Identifier: Apache-2.0

/// Pools and their members.
enum PoolOperations {
    static let rows: [Operation] = [
        Operation(
            name: "pools",
            summary: "Lists pools, ordered by name.",
            parameters: [],
            returns: "a list of records: pool, comment",
            reach: .read,
            endpoints: [Endpoint(method: "GET", path: "/pools", action: "read.pool", needs: [audit])],
            example: "for _, pool in ipairs(pve.pools()) do print(pool.pool, pool.comment) end"),
        Operation(
            name: "pool",
            summary: "Reads one pool with its members.",
            parameters: [pool],
            returns:
                "a record: pool, comment, guests (guest records), storages (their names), pools (those directly below it)",
            reach: .read,
            endpoints: [
                Endpoint(
                    method: "GET", path: "/pools", with: ["poolid": "*"], action: "read.pool",
                    needs: [PrivilegeNeed(["Pool.Audit"], at: .pool("{pool}"))]),
                Endpoint(method: "GET", path: "/cluster/resources", action: "read.cluster", needs: [.seeingGuests]),
            ],
            example: #"for _, vm in ipairs(pve.pool("web").guests) do print(vm.vmid, vm.name) end"#),
        members(
            "pool_add", "Puts guests and storages into a pool; what is in it already stays.", "Who joins.",
            extra: [
                .optional(
                    "move", .flag,
                    "true takes guests out of the pool they are in; default false: such a guest is an error.")
            ],
            returns: "a result: changed, pool, added (vmids and storages that were not in it before)",
            with: ["poolid": "*"],
            warning: "Whoever has rights on the pool gets them on its new members.",
            example: #"local ok, e = pcall(pve.pool_add, "web", { guests = { 103 } }); print(ok or e.kind)"#),
        members(
            "pool_remove", "Takes guests and storages out of a pool; what is not in it is left alone.", "Who leaves.",
            extra: [], returns: "a result: changed, pool, removed (vmids and storages that were in it before)",
            with: ["poolid": "*", "delete": "1"],
            warning: "Whoever had rights by the pool loses them on these members.",
            example: #"local ok, e = pcall(pve.pool_remove, "web", { guests = { 101 } }); print(ok or e.kind)"#),
        Operation(
            name: "pool_create",
            summary: "Makes an empty pool; \"a/b\" is one below the pool \"a\".",
            parameters: [
                pool,
                .optional(
                    "options", .options([.optional("comment", .text(maximum: 4096), "What it is for.")]), "Details."),
            ],
            returns: "a result: changed, pool",
            reach: .change,
            endpoints: [
                Endpoint(method: "POST", path: "/pools", action: "pool.create", needs: [allocate])
            ],
            example: #"local ok, e = pcall(pve.pool_create, "lab"); print(ok or e.kind)"#),
        Operation(
            name: "pool_delete",
            summary: "Removes an empty pool.",
            parameters: [pool],
            returns: "a result: changed, pool",
            reach: .change,
            endpoints: [
                Endpoint(
                    method: "DELETE", path: "/pools", action: "pool.destroy",
                    warning: "Rights that were granted on the pool go with it.", needs: [allocate])
            ],
            example: #"local ok, e = pcall(pve.pool_delete, "lab"); print(ok or e.kind)"#),
    ]

    private static let pool = Parameter.required("pool", .pool, "Which pool.")
    private static let audit = PrivilegeNeed(["Pool.Audit"], at: .pool("{pool}"), lack: .hidden)
    private static let allocate = PrivilegeNeed(["Pool.Allocate"], at: .pool("{pool}"))

    private static func members(
        _ name: String, _ summary: String, _ who: String, extra: [Parameter], returns: String, with: [String: String],
        warning: String, example: String
    ) -> Operation {
        Operation(
            name: name, summary: summary,
            parameters: [
                pool,
                .required(
                    "members",
                    .options(
                        [
                            .optional("guests", .list(.guest), "Guests."),
                            .optional("storages", .list(.storage), "Storages."),
                        ] + extra), who),
            ],
            returns: returns, reach: .change,
            endpoints: [
                Endpoint(
                    method: "PUT", path: "/pools", with: with, action: "pool.config", warning: warning,
                    needs: [
                        allocate,
                        PrivilegeNeed(["Permissions.Modify"], at: .guest, when: "for guests that join or leave"),
                        PrivilegeNeed(["Permissions.Modify"], at: .storage, when: "for storages that join or leave"),
                        .seeingGuests,
                    ])
            ],
            example: example)
    }
}

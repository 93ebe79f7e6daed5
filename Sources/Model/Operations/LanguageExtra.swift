// SPDX-License-Identifier: Apache-2.0

/// What stands in `pve` beside the operations: functions of the script's own process, and values.
public struct LanguageExtra: Sendable {
    /// The Lua name below `pve`.
    public var name: String
    /// How it is written: `pve.on_failure(compensation)`.
    public var usage: String
    /// What it is or does, in one sentence.
    public var summary: String
    /// What there is to know besides, a paragraph each; none for what one sentence tells.
    public var details: [String] = []
    /// A line of Lua that runs as it stands on the demo cluster, where one helps.
    public var example: String?

    /// All of them, in the order of the reference page.
    public static let all: [LanguageExtra] = [
        LanguageExtra(
            name: "name", usage: "pve.name", summary: "The name of the cluster that these functions go to."),
        LanguageExtra(
            name: "params", usage: "pve.params",
            summary: "What `--param key=value` gave: text, or what the runbook's header makes of it; read-only."),
        LanguageExtra(
            name: "is_error", usage: "pve.is_error(e, kind)",
            summary: "Whether `e` is an error of pvelua, and of that kind where one is named."),
        LanguageExtra(
            name: "on_failure", usage: "pve.on_failure(compensation)",
            summary: "Keeps a function that is to be called if the script fails: what must be undone then.",
            details: [
                "`compensation` — a function without arguments. Register it right after the step that it undoes.",
                "Returns a function that takes it back: call that once there is nothing left to undo.",
                "If the script fails, what waits is called newest first, each by itself and with fresh limits; its changes pass "
                    + "policy, consent and journal like any others. One that fails keeps no other from its turn. None is called "
                    + "after Ctrl-C, nor when the script's process is gone: then it is told which were waiting. The exit "
                    + "status stays that of the script's own failure. At most 1000 wait at a time, and none may register "
                    + "another. More in `docs/recovery.md`.",
            ],
            example: "local undo = pve.on_failure(function() pve.vm(103):shutdown() end); pve.vm(103):start(); undo()"),
        LanguageExtra(
            name: "parallel", usage: "pve.parallel(list, body, options)",
            summary:
                "Calls a function for each element of a list, several at a time, and returns the results in order.",
            details: [
                "`body` — a function of an element and its number. Its first result for `list[i]` is `results[i]`.",
                "`limit` — how many run at a time; default 8. `stop_on_error` — whether no further element is begun once one has "
                    + "failed; default true. What was begun is always finished.",
                "One error is raised as it is. Several become one error whose `errors` holds them all, whose `failed` holds the "
                    + "numbers of their elements, and which is of the first one's kind (of `in_doubt`, if any is). "
                    + "Two changes of one guest wait for each other. More in `docs/concurrency.md`.",
            ],
            example:
                "local names = pve.parallel(pve.list_vms(), function(vm) return pve.vm(vm.vmid).name end, { limit = 4 })"
        ),
        LanguageExtra(
            name: "spawn", usage: "pve.spawn(body, ...)",
            summary: "Runs a function beside what follows, and returns a block that can be joined.",
            details: [
                "`block:join()` waits for its end and returns what it returned, or raises its error; as often as it is asked. "
                    + "`block:cancel()` ends it at its next call.",
                "Nothing outlives the block that began it: at the end of a chunk, or of the function given to `pve.parallel`, "
                    + "`pve.spawn` or `pve.timeout`, all that it spawned is waited for, and an error that nobody has joined is "
                    + "raised there. Where that function fails, what it spawned is cancelled first.",
            ],
            example:
                "local nodes = pve.spawn(pve.list_nodes); local guests = pve.list_vms(); print(#guests, #nodes:join())"),
        LanguageExtra(
            name: "timeout", usage: "pve.timeout(seconds, body, ...)",
            summary:
                "Calls a function and returns what it returns, or raises an error of kind task_timeout when it takes too long.",
            details: [
                "When the time is over, the call that it waits in fails with kind `cancelled`, and so do those after it. A change "
                    + "that was sent goes on without it, and is named when the run ends."
            ],
            example: "local guests = pve.timeout(30, pve.list_vms)"),
    ]

    /// What stands beside `pve` and not in it: the header of a runbook.
    public static let header = LanguageExtra(
        name: "runbook", usage: "runbook{ name =, description =, params =, actions =, callers =, limits = }",
        summary: "The header of a runbook, as the first statement of its file: what it takes, and all that it may do.",
        details: [
            "It is read before anything runs, so it holds literals only: strings, numbers, `true`, `false` and tables of them. "
                + "Where it stands anywhere else, it is an error.",
            "`params` — what `--param` may give, by name: `type` (string, integer, number, boolean, duration, size, vmid, node, "
                + "guest, tag, pool or storage), `list`, `required`, `default`, `one_of`, `min`, `max`, `pattern`, `secret`, `help`. "
                + "`pve.params` then holds values of these types: times in seconds, sizes in bytes.",
            "`actions` — the only changes that the run may make, such as `{ \"guest.shutdown\", \"snapshot.*\" }`; reads are "
                + "always free. `callers` — who may run it: human, ci, agent. `limits` — `cpu`, `memory`, `calls`, `changes`, "
                + "`guests`; they tighten what holds anyway.",
            "`pvelua run FILE --help` shows it as a page. More in `docs/runbooks.md`.",
        ],
        example:
            "runbook{ params = { level = { type = \"integer\", default = 3 } }, actions = {} } print(pve.params.level + 1)"
    )

    /// The one of that name.
    public static func named(_ name: String) -> LanguageExtra? {
        name == header.name ? header : all.first { $0.name == name }
    }
}

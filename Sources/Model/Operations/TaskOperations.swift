// SPDX-License-Identifier: Apache-2.0

/// Looking at tasks, and ending one.
enum TaskOperations {
    static let rows: [Operation] = [
        Operation(
            name: "tasks",
            summary: "Lists tasks, running and recent, newest first.",
            parameters: [
                .optional(
                    "filters",
                    .options([
                        .optional("node", .node, "Only those of this node; default: every node that is online."),
                        .optional("guest", .guest, "Only those about this guest."),
                        .optional("running", .flag, "true: only those that run; false: only those that have ended."),
                        .optional("errors", .flag, "true: only those that failed or whose end nobody knows."),
                        .optional(
                            "since", .seconds(maximum: 100_000_000_000),
                            "Only those begun since, in seconds since 1970: pve.now() - 3600."),
                        .optional("type", .text(maximum: 64), "Only those of this type, such as vzdump or qmstart."),
                        .optional("user", .text(maximum: 128), "Only those of users whose name holds this."),
                        .optional("limit", .integer(1...5000), "How many at most; default 50."),
                    ]), "Only tasks to which all of these apply.")
            ],
            returns:
                "a list of records: upid, node, type, id, vmid, user, started, ended, status (running, ok, warning, error, "
                + "unknown), exitstatus, duration in seconds",
            reach: .read,
            endpoints: [
                Endpoint(
                    method: "GET", path: "/nodes/{node}/tasks", action: "read.node", needs: [othersTasks]),
                Endpoint(method: "GET", path: "/cluster/tasks", action: "read.cluster"),
            ],
            example:
                #"for _, task in ipairs(pve.tasks{ errors = true, limit = 5 }) do print(task.type, task.exitstatus) end"#,
            methods: [
                ObjectMethod("tasks", into: ["guest": "@vmid"]),
                ObjectMethod("tasks", of: .node, into: ["node": "@node"]),
            ]),
        Operation(
            name: "task",
            summary: "Tells how a task stands, with the end of its log.",
            parameters: [.required("task", .task, "Which task.")],
            returns: "a record as of pve.tasks, with log (the last 20 lines)",
            reach: .read,
            endpoints: [status, log],
            example: #"local t = pve.vm_action(nil, 103, "start", { wait = false }); print(pve.task(t).type)"#),
        Operation(
            name: "task_log",
            summary: "Reads a task's log.",
            parameters: [
                .required("task", .task, "Which task."),
                .optional(
                    "options",
                    .options([
                        .optional("start", .integer(0...10_000_000), "How many lines to leave out; default 0."),
                        .optional("limit", .integer(1...100_000), "How many lines at most; default 1000."),
                    ]), "Which part."),
            ],
            returns: "a list of lines",
            reach: .read,
            endpoints: [log],
            example: #"local t = pve.vm_action(nil, 103, "start"); print(pve.task_log(t)[1])"#),
        Operation(
            name: "task_stop",
            summary: "Ends a running task and checks that it has ended.",
            parameters: [.required("task", .task, "Which task.")],
            returns:
                "a result: changed, upid, node, status and exitstatus of the task; changed = false where it had ended",
            reach: .change,
            endpoints: [
                Endpoint(
                    method: "DELETE", path: "/nodes/{node}/tasks/{upid}", action: "task.stop",
                    repeats: .changesNothing,
                    warning: "What the task had begun stays half done, and it may leave a lock on its guest.",
                    needs: [
                        PrivilegeNeed(["Sys.Modify"], at: .node, when: "for tasks that others started"),
                        PrivilegeNeed(["Sys.Audit"], at: .node, when: "to look at tasks that others started"),
                    ])
            ],
            example:
                #"local t = pve.vm_action(nil, 103, "start", { wait = false }); print(pcall(pve.task_stop, t))"#),
    ]

    private static let othersTasks = PrivilegeNeed(
        ["Sys.Audit"], at: .node, lack: .hidden, when: "to see tasks that others started")
    private static let status = Endpoint(
        method: "GET", path: "/nodes/{node}/tasks/{upid}/status", action: "read.node",
        needs: [PrivilegeNeed(["Sys.Audit"], at: .node, when: "for tasks that others started")])
    private static let log = Endpoint(
        method: "GET", path: "/nodes/{node}/tasks/{upid}/log", action: "read.node",
        needs: [PrivilegeNeed(["Sys.Audit"], at: .node, when: "for tasks that others started")])
}

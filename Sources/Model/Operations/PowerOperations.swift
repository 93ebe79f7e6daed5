// SPDX-License-Identifier: Apache-2.0

/// Power actions and waiting for tasks.
enum PowerOperations {
    static let rows: [Operation] = [
        Operation(
            name: "vm_action",
            summary:
                "Starts, stops or otherwise switches a guest, waits for the task and checks that it had its effect.",
            parameters: [
                .optional("node", .node, "Where the guest is; nil lets the host find it."),
                .required("guest", .guest, "Which guest."),
                .required("action", .choice(endpoints.compactMap(\.selector)), "What to do."),
                .optional(
                    "options",
                    .options([
                        .optional("timeout", .seconds(maximum: 86_400), "Seconds to wait for the task."),
                        .optional("wait", .flag, "false returns the task at once, unverified; default true."),
                        .optional("force", .flag, "shutdown only: pull the plug when the time is up."),
                    ]), "How to do it."),
            ],
            returns:
                "a result: changed, status, vmid, node, upid, warnings; with wait = false a task: upid, node, vmid",
            reach: .change,
            endpoints: endpoints,
            example: #"pve.vm_action(nil, 103, "start", { timeout = 60 })"#,
            methods: [ObjectMethod("action", before: [nil, "@vmid"])]
                + endpoints.compactMap(\.selector).map { ObjectMethod($0, before: [nil, "@vmid", $0]) }),
        Operation(
            name: "poll",
            summary: "Waits for a task to end.",
            parameters: [
                .optional("node", .node, "The task's node; may be left out altogether."),
                .required("task", .task, "The task."),
                .optional(
                    "options",
                    .options([
                        .optional(
                            "timeout", .seconds(maximum: 86_400), "Seconds to wait; the task goes on after that."),
                        .optional("interval", .seconds(maximum: 600), "Seconds between looks; default: soon, then 1."),
                    ]), "How to wait."),
            ],
            returns: "a result: status (\"ok\" or \"warning\"), exitstatus, upid, node, warnings, log (last lines)",
            reach: .read,
            endpoints: [
                Endpoint(
                    method: "GET", path: "/nodes/{node}/tasks/{upid}/status", action: "read.node",
                    needs: [PrivilegeNeed(["Sys.Audit"], at: .node, when: "for tasks that others started")])
            ],
            example: #"local task = pve.vm_action(nil, 103, "start", { wait = false }); pve.poll(task)"#),
    ]

    private static let endpoints: [Endpoint] = [
        power("start", .running, .isRefused),
        power(
            "stop", .stopped, .changesNothing, warning: "The power cord is pulled: unsaved work in the guest is lost."),
        power("shutdown", .stopped, .changesNothing),
        power("reboot", .restarted, .doesItAgain),
        power(
            "reset", .none, .doesItAgain, kinds: [.qemu],
            warning: "The reset button is pushed: unsaved work in the guest is lost."),
        power("suspend", .paused, .isRefused, action: "guest.suspend", kinds: [.qemu]),
        power("resume", .running, .changesNothing, kinds: [.qemu]),
    ]

    private static func power(
        _ name: String, _ condition: PostCondition, _ repeats: Endpoint.Repeat, action: String? = nil,
        kinds: Set<GuestKind> = [.qemu, .lxc], warning: String? = nil
    ) -> Endpoint {
        Endpoint(
            selector: name, method: "POST", path: "/nodes/{node}/{kind}/{vmid}/status/\(name)",
            action: action ?? "guest.\(name)", kinds: kinds, postCondition: condition, repeats: repeats,
            warning: warning, needs: [.guest("VM.PowerMgmt")])
    }
}

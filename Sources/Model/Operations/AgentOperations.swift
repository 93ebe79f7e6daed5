// SPDX-License-Identifier: Apache-2.0

/// The agent inside of a guest, and consoles.
enum AgentOperations {
    static let rows: [Operation] = looking + [exec, read, write] + consoles

    private static let looking: [Operation] = [
        Operation(
            name: "agent_ping",
            summary: "Asks whether the guest's agent answers.",
            parameters: [guest],
            returns: "a record: vmid, answers (true or false), and reason where it does not",
            reach: .read,
            endpoints: [
                Endpoint(
                    method: "POST", path: "\(path)/ping", action: "read.guest", kinds: [.qemu],
                    repeats: .changesNothing, needs: [audit])
            ],
            example: #"print(pve.agent_ping(101).answers)"#, methods: method("ping")
        ).unpredictable(.everythingAfterChange),
        Operation(
            name: "agent_info",
            summary: "Tells what the guest's agent says of its system: operating system, host name, time, users.",
            parameters: [guest],
            returns:
                "a record: vmid, agent (its version), commands (those it knows), hostname, os (id, name, pretty-name, "
                + "version, kernel-release …), time in seconds since 1970, users; what the agent does not know is missing",
            reach: .read,
            endpoints: ["info", "get-osinfo", "get-host-name", "get-time", "get-users"].map(look),
            example: #"local i = pve.agent_info(101); print(i.hostname, i.os["pretty-name"])"#,
            methods: method("system")
        ).unpredictable(.everythingAfterChange),
        Operation(
            name: "agent_fs",
            summary: "Lists the file systems that are mounted inside of the guest.",
            parameters: [guest],
            returns: "a list of records: mountpoint, device, type, total, used (bytes), disks",
            reach: .read, endpoints: [look("get-fsinfo")],
            example: #"for _, fs in ipairs(pve.agent_fs(101)) do print(fs.mountpoint, fs.used, fs.total) end"#,
            methods: method("filesystems")
        ).unpredictable(.everythingAfterChange),
        Operation(
            name: "agent_addresses",
            summary: "Lists a guest's network addresses, as its agent or, of a container, its node sees them.",
            parameters: [
                guest,
                .optional(
                    "options",
                    .options([.optional("loopback", .flag, "true lists those of the loopback too; default false.")]),
                    "Which."),
            ],
            returns:
                "a list of records: interface, address, family (\"inet\" or \"inet6\"), prefix, mac, scope (\"link\" or \"global\")",
            reach: .read,
            endpoints: [
                look("network-get-interfaces"),
                Endpoint(
                    method: "GET", path: "/nodes/{node}/{kind}/{vmid}/interfaces", action: "read.guest", kinds: [.lxc],
                    needs: [.guest("VM.Audit")]),
            ],
            example: #"for _, a in ipairs(pve.agent_addresses(101)) do print(a.interface, a.address) end"#,
            methods: method("addresses")
        ).unpredictable(.everythingAfterChange),
    ]

    private static let exec = Operation(
        name: "agent_exec",
        summary:
            "Runs a command inside of a virtual machine by its agent, waits for its end and gives what it printed.",
        parameters: [
            guest,
            .required(
                "command", .list(.text(maximum: 65_536, lines: true)),
                "The program and its arguments; no shell unless it is one: { \"sh\", \"-c\", \"…\" }."),
            .optional(
                "options",
                .options([
                    .optional(
                        "input", .text(maximum: 65_536, lines: true), "What the program reads from its standard input."),
                    .optional("timeout", .seconds(maximum: 86_400), "Seconds to wait for its end; default 60."),
                ]), "How to run it."),
        ],
        returns:
            "a result: changed, exitcode (or signal), out, err, truncated, pid, vmid, node; a program that ends with another "
            + "status than 0 is no error",
        reach: .change,
        endpoints: [
            Endpoint(
                method: "POST", path: "\(path)/exec", action: "agent.exec", kinds: [.qemu], repeats: .doesItAgain,
                warning:
                    "The command runs as the administrator inside of the guest; what it does nobody here can see or undo.",
                needs: [monitor])
        ],
        example: #"local ok, r = pcall(pve.agent_exec, 101, { "uname", "-r" }); print(ok and r.out or r.kind)"#,
        methods: method("exec")
    ).unpredictable(
        .content("exitcode"), .content("signal"), .content("out"), .content("err"), .content("truncated"),
        .content("pid"))

    private static let read = Operation(
        name: "agent_read",
        summary: "Reads a file inside of a virtual machine by its agent.",
        parameters: [
            guest, file,
            .optional(
                "options",
                .options([.optional("limit", .integer(1...16_777_216), "Bytes at most; default 1048576.")]), "How much."
            ),
        ],
        returns:
            "a record: vmid, path, content, size (bytes read), truncated; of a file that is no UTF-8 text base64 stands in "
            + "place of content",
        reach: .read,
        endpoints: [
            Endpoint(
                method: "GET", path: "\(path)/file-read", action: "agent.file.read", kinds: [.qemu],
                warning: "The file is read as the administrator inside of the guest; it may hold secrets.",
                needs: [
                    PrivilegeNeed(["VM.Monitor", "VM.GuestAgent.FileRead", "VM.GuestAgent.Unrestricted"], at: .guest)
                ])
        ],
        example: #"local ok, f = pcall(pve.agent_read, 101, "/etc/hostname"); print(ok and f.content or f.kind)"#,
        methods: method("read_file")
    ).unpredictable(.everything)

    private static let write = Operation(
        name: "agent_write",
        summary: "Writes a file inside of a virtual machine by its agent, over what it held.",
        parameters: [
            guest, file,
            .required("content", .text(maximum: 45_000, lines: true), "All that the file shall hold, as UTF-8 text."),
        ],
        returns: "a result: changed, vmid, node, path, size",
        reach: .change,
        endpoints: [
            Endpoint(
                method: "POST", path: "\(path)/file-write", action: "agent.file.write", kinds: [.qemu],
                repeats: .changesNothing,
                warning:
                    "What the file held before is lost, and it is written as the administrator inside of the guest.",
                needs: [
                    PrivilegeNeed(["VM.Monitor", "VM.GuestAgent.FileWrite", "VM.GuestAgent.Unrestricted"], at: .guest)
                ])
        ],
        example: #"local ok, e = pcall(pve.agent_write, 101, "/etc/motd", "hello\n"); print(ok or e.kind)"#,
        methods: method("write_file"))

    private static let consoles: [Operation] = [
        Operation(
            name: "console",
            summary: "Gives the address of a guest's console in Proxmox's web interface, for a person to open.",
            parameters: [
                guest,
                .optional(
                    "options",
                    .options([
                        .optional(
                            "viewer", .choice(["novnc", "xtermjs"]),
                            "Default: novnc for virtual machines, else xtermjs.")
                    ]), "Which console."),
            ],
            returns:
                "a record: url, vmid, node, needs (what the person must do); the address holds no ticket and no secret",
            reach: .read, endpoints: [place],
            example: #"local ok, c = pcall(pve.console, 101); print(ok and c.url or c.kind)"#,
            methods: method("console")),
        Operation(
            name: "node_console",
            summary: "Gives the address of a node's shell in Proxmox's web interface, for a person to open.",
            parameters: [.required("node", .node, "Which node.")],
            returns: "a record: url, node, needs (what the person must do)",
            reach: .read,
            endpoints: [Endpoint(method: "GET", path: "/cluster/resources", action: "read.cluster")],
            example: #"local ok, c = pcall(pve.node_console, "pve1"); print(ok and c.url or c.kind)"#,
            methods: [ObjectMethod("console", of: .node, before: ["@node"])]),
    ]

    private static let path = "/nodes/{node}/{kind}/{vmid}/agent"
    private static let guest = Parameter.required("guest", .guest, "Which guest.")
    private static let file = Parameter.required(
        "path", .text(maximum: 4096), "The file's path inside of the guest.")
    // Version 9 has no VM.Monitor any more, version 8 none of the others.
    private static let monitor = PrivilegeNeed(["VM.Monitor", "VM.GuestAgent.Unrestricted"], at: .guest)
    private static let audit = PrivilegeNeed(
        ["VM.Monitor", "VM.GuestAgent.Audit", "VM.GuestAgent.Unrestricted"], at: .guest)
    private static let place = Endpoint(
        method: "GET", path: "/nodes/{node}/{kind}/{vmid}/status/current", action: "read.guest",
        needs: [.guest("VM.Audit")])

    private static func method(_ name: String) -> [ObjectMethod] { [ObjectMethod(name, before: ["@vmid"])] }

    private static func look(_ name: String) -> Endpoint {
        Endpoint(method: "GET", path: "\(path)/\(name)", action: "read.guest", kinds: [.qemu], needs: [audit])
    }
}

// SPDX-License-Identifier: Apache-2.0
import Model

@testable import Simulator

extension Story {
    /// Every recorded story.
    static let all =
        power + containers + snapshots + lifecycle + configuration + tasks + access + backups + cluster + others

    private static let power: [Story] = [
        .lab("start-110"), .lab("start-again"), .lab("task-start-running"), .lab("task-stop-stopped"),
        .lab("task-shutdown-stopped"), .lab("task-reboot-stopped"), .lab("task-resume-stopped"),
        .lab("task-suspend-stopped"), .lab("task-stop-unknown"),
        .lab("stop") { $0.run(100) }, .lab("resume-running") { $0.run(100) },
        .lab("resume") { $0.edit(100) { $0.power = .paused } },
        .lab("suspend") { $0.run(100) }, .lab("shutdown-agent") { $0.run(100) },
        .lab("start-template") { $0.guests.append(Labs.copy(111, template: true)) },
        .lab("hibernate-start") {
            $0.edit(100) { guest in
                guest.lock = "suspended"
                guest.config["vmstate"] = "local:100/vm-100-state-suspend.raw"
            }
        },
        .lab("start-110b").arranged { state in
            state.guests[110]?.ignoresShutdown = true
            state.boot(110)
            state.spawn("qmshutdown", id: "110", node: "pve1", vmid: 110, by: "root@pam!test")
        },
    ]

    private static let containers: [Story] = [
        .lab("ct-start"), .lab("ct-start2"), .lab("ct-start3"), .lab("ct-config-put"), .lab("ct-resize"),
        .lab("ct-suspend"), .lab("ct-stop") { $0.run(200) }, .lab("ct-shutdown-force") { $0.run(200) },
        .lab("ct-destroy-running") { $0.run(200) }, .lab("ct-recreate") { $0.remove(200) },
        .lab("ct").before(6) { $0.boot(200) },
        .lab("ct-restore") { seed in seed.addContainerBackups() },
        .lab("ct-destroy").before(1) { state in
            guard var copy = state.guests[200] else { return }
            copy.vmid = 201
            state.put(copy)
        },
    ]

    private static let snapshots: [Story] = [
        .lab("snap-ok"), .lab("snap-current"), .lab("snap-rollback-nosuch"),
        .lab("snap-delete") { $0.snapshot(110, "s1") }, .lab("snap-rollback") { $0.snapshot(110, "s1") },
        .lab("snap-running") { $0.run(100) },
        .lab("snap-vmstate") { seed in
            seed.run(100)
            seed.snapshot(100, "live1")
        },
        .lab("snap-rollback-vmstate") { seed in
            seed.snapshot(100, "live1")
            seed.snapshot(100, "live2", memory: true)
        },
        .lab("snap-list") { seed in
            seed.snapshot(110, "s1", description: "first snap")
            seed.run(100)
            seed.snapshot(100, "live1")
        }.before(6) { state in
            guard let first = state.guests[100]?.snapshots.first else { return }
            var second = first
            second.name = "live2"
            second.description = "with ram"
            second.parent = first.name
            second.withMemory = true
            state.guests[100]?.snapshots.append(second)
            state.guests[100]?.config["parent"] = "live2"
        },
    ]

    private static let lifecycle: [Story] = [
        .lab("clone-exists"), .lab("clone-full"), .lab("clone-full2"),
        .lab("clone-linked") { $0.guests.append(Labs.copy(111, template: true)) },
        .lab("template") { seed in
            var original = Labs.copy(111)
            original.config["name"] = "tmpl1"
            seed.guests.append(original)
            var linked = Labs.copy(112)
            linked.config["name"] = "linked1"
            seed.guests.append(linked)
        },
        .lab("template-again") { $0.guests.append(Labs.copy(111, template: true)) },
        .lab("delete-111") { $0.guests.append(Labs.copy(111, template: true)) },
        .lab("delete-112") { $0.guests.append(Labs.copy(112)) },
        .lab("delete-cfg") { $0.guests.append(Labs.copy(112)) }, .lab("delete-body"),
        .lab("delete-running") { $0.run(100) }, .lab("task-ok"), .lab("resize"), .lab("resize-nodisk"),
        .lab("resize-online") { $0.run(100) },
    ]

    private static let configuration: [Story] = [
        .lab("config-post"), .lab("config-put"), .lab("config-put-pending") { $0.run(100) }, .lab("unprotect"),
        .lab("pending") { seed in
            seed.run(100)
            seed.snapshot(100, "live2")
            seed.edit(100) { guest in
                guest.config["memory"] = "256"
                guest.config["cores"] = "2"
                guest.live = ["memory": "192", "cores": "1"]
            }
        },
    ]

    private static let tasks: [Story] = [
        .lab("task-filters").arranged(settle: 30) { $0.addTaskHistory() },
        .lab("alice-own-task") { $0.run(100) }.arranged(settle: 2) { state in
            state.spawn("qmstart", id: "100", node: "pve1", vmid: 100, by: "alice@pve")
        },
        .lab("task-running") { $0.run(110) }.withPast(),
    ]

    private static let access: [Story] = [
        .lab("auth").before(9) { $0.users[1].password = nil }.before(15) { $0.users[1].password = "alicepw1" },
        .lab("auth-disabled") { $0.users[1].enabled = false }, .lab("auth-self"),
        .lab("perms") { $0.snapshot(100, "live2") }, .lab("ticket") { $0.run(100) },
    ]

    private static let backups: [Story] = [
        .lab("backups") { $0.addContainerBackups() }, .lab("backups-delete") { $0.addContainerBackups() },
        .lab("vzdump-nostore"), .lab("vzdump-ok-ct-stop") { $0.run(200) },
        .lab("upload-delete") { seed in
            seed.volumes.append(
                SimulatedVolume(
                    "local:iso/x.iso", node: "pve1", content: "iso", format: "iso", size: 4, created: 1_795_343_258))
        },
        .lab("upload-delete-again"),
        .lab("vzdump-fail-vm") { $0.edit(110) { $0.backupFailure = "The command backup has not been found" } },
        .lab("upload"), .lab("download-url"),
    ]

    private static let cluster: [Story] = [
        .pair("clu-start"), .pair("clu-offline-start"),
        .pair("clu-create") { $0.guests.removeAll() },
        .pair("clu-migrate-online") { seed in
            seed.run(300)
            seed.nodes[0].sshBroken = true
        },
        .pair("clu-migrate") { $0.nodes[1].sshBroken = true },
        .pair("clu-migrate2") { $0.run(301) },
        .pair("clu-beta-proxy-down") { $0.nodes[1].online = false },
        .pair("clu-noquorum-start") { $0.loseNode() },
        .pair("clu-noquorum") { $0.loseNode() }, .pair("clu-offline") { $0.loseNode() },
        .pair("clu-offline-5min") { seed in
            seed.loseNode()
            seed.run(301)
        }.arranged { $0.nodes[1].offlineSince = $0.now - 400 },
        .pair("clu-bulk") { seed in
            seed.run(301)
            seed.edit(301) { $0.ignoresShutdown = true }
        },
        .pair("clu") { $0.run(300) }.arranged { state in
            state.addTask("qmcreate", 301, node: "alpha", exit: "OK")
            state.addTask(
                "qmstart", 300, node: "alpha",
                exit: "Configuration file 'nodes/alpha/qemu-server/300.conf' does not exist")
            state.addTask("qmcreate", 300, node: "beta", exit: "OK")
            state.addTask("qmstart", 300, node: "beta", exit: "OK")
        },
    ]

    private static let others: [Story] = [
        .lab("extjs"), .lab("pools"),
        .lab("errors") { seed in
            seed.remove(110)
            seed.remove(200)
            seed.edit(100) { $0.config["agent"] = nil }
        }.before(68) { $0.put(Labs.spare) },
        .lab("agent") { seed in
            seed.edit(100) { guest in
                guest.power = .running
                guest.config["scsi0"] = nil
                guest.inside.lastProcess = 107
                guest.inside.system = [
                    "ID": "busyguest", "NAME": "Busybox Guest", "PRETTY_NAME": "Busybox Guest 1", "VERSION_ID": "1",
                ]
            }
        }.failing(12, 596, "Broken pipe"),
        .skip(
            "lists",
            "its statistics have the gaps of a server without disk counters; disks, firewall and the like are not modelled"
        ),
    ]
}

extension Labs {
    static var spare: SimulatedGuest { SimulatedGuest(.qemu, 101, node: "pve1", config: GuestConfig(["memory": "16"])) }
}

extension ClusterSeed {
    mutating func addContainerBackups() {
        let config = guests.first { $0.vmid == 200 }?.config
        for (second, notes) in [("39", nil), ("47", "ct1 x")] as [(String, String?)] {
            volumes.append(
                SimulatedVolume(
                    "local:backup/vzdump-lxc-200-2026_11_22-10_36_\(second).tar.zst", node: "pve1", content: "backup",
                    format: "tar.zst", size: 1_081_007, vmid: 200, created: 1_795_343_799, notes: notes,
                    backedUp: config))
        }
    }

    mutating func loseNode() {
        nodes[1].online = false
        quorate = false
        run(300)
    }
}

extension ClusterState {
    /// A task of the past.
    mutating func addTask(_ type: String, _ id: Int, node: String, user: String = "root@pam!test", exit: String) {
        let upid = spawn(type, id: String(id), node: node, by: user)
        end(upid, "over")
        tasks[upid]?.end = now + 1
        tasks[upid]?.exit = exit
    }

    /// Some tasks that ended well, with a warning, and badly, as the filters of the lists want to tell apart.
    mutating func addTaskHistory() {
        now = 1_795_342_960
        for (type, vmid, user, exit) in [
            ("qmstart", 110, "root@pam!test", "OK"),
            ("qmstart", 110, "root@pam!test", "can't lock file '/var/lock/qemu-server/lock-110.conf' - got timeout"),
            ("qmstart", 999, "root@pam!test", "Configuration file 'nodes/pve1/qemu-server/999.conf' does not exist"),
            ("qmstart", 100, "root@pam!test", "OK"), ("vzstart", 200, "root@pam!test", "OK"),
            ("qmstart", 100, "alice@pve", "VM 100 already running"), ("qmstart", 110, "root@pam!test", "WARNINGS: 1"),
            ("qmstop", 110, "root@pam!test", "OK"),
        ] {
            now += 25
            addTask(type, vmid, node: "pve1", user: user, exit: exit)
        }
    }
}

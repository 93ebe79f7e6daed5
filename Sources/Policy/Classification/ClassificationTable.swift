// SPDX-License-Identifier: Apache-2.0
internal import Model

/// Which actions each writing endpoint always has; what parameters add is in ``ParameterRules``.
enum ClassificationTable {
    struct Row: Sendable {
        let pattern: CallPattern
        let actions: Set<Action>

        init(_ method: String, _ path: String, _ actions: Set<Action>) {
            pattern = CallPattern(method, path)
            self.actions = actions
        }
    }

    static let rows: [Row] = guests + agents + storages + nodes + cluster + access

    private static let guest = "nodes/{}/{guest}/{}"

    private static let guests: [Row] = [
        Row("POST", "nodes/{}/{guest}", ["guest.create"]),
        Row("DELETE", guest, ["guest.destroy"]),
        Row("POST", "\(guest)/status/start", ["guest.start"]),
        Row("POST", "\(guest)/status/stop", ["guest.stop"]),
        Row("POST", "\(guest)/status/shutdown", ["guest.shutdown"]),
        Row("POST", "\(guest)/status/reboot", ["guest.reboot"]),
        Row("POST", "\(guest)/status/reset", ["guest.reset"]),
        Row("POST", "\(guest)/status/suspend", ["guest.suspend"]),
        Row("POST", "\(guest)/status/resume", ["guest.resume"]),
        Row("PUT", "\(guest)/config", ["guest.config"]),
        Row("POST", "\(guest)/config", ["guest.config"]),
        Row("PUT", "\(guest)/cloudinit", ["guest.config"]),
        Row("POST", "\(guest)/clone", ["guest.clone"]),
        Row("POST", "\(guest)/template", ["guest.template"]),
        Row("POST", "\(guest)/migrate", ["guest.migrate"]),
        Row("POST", "\(guest)/remote_migrate", ["guest.migrate", "guest.migrate.remote"]),
        Row("PUT", "\(guest)/resize", ["disk.resize"]),
        Row("POST", "\(guest)/move_disk", ["disk.move"]),
        Row("POST", "\(guest)/move_volume", ["disk.move"]),
        Row("PUT", "\(guest)/unlink", ["guest.config", "disk.destroy"]),
        Row("POST", "\(guest)/snapshot", ["snapshot.create"]),
        Row("DELETE", "\(guest)/snapshot/{}", ["snapshot.delete"]),
        Row("PUT", "\(guest)/snapshot/{}/config", ["snapshot.config"]),
        Row("POST", "\(guest)/snapshot/{}/rollback", ["snapshot.rollback"]),
        Row("POST", "\(guest)/monitor", ["guest.monitor"]),
        Row("PUT", "\(guest)/sendkey", ["guest.sendkey"]),
        Row("POST", "\(guest)/vncproxy", ["guest.console"]),
        Row("POST", "\(guest)/termproxy", ["guest.console"]),
        Row("POST", "\(guest)/spiceproxy", ["guest.console"]),
        Row("POST", "\(guest)/firewall/{rest}", ["guest.firewall"]),
        Row("PUT", "\(guest)/firewall/{rest}", ["guest.firewall"]),
        Row("DELETE", "\(guest)/firewall/{rest}", ["guest.firewall"]),
    ]

    private static let agent = "nodes/{}/qemu/{}/agent"

    private static let agents: [Row] = [
        Row("POST", "\(agent)/exec", ["agent.exec"]),
        Row("POST", "\(agent)/file-write", ["agent.file.write"]),
        Row("POST", "\(agent)/set-user-password", ["agent.password"]),
        Row("POST", "\(agent)/fsfreeze-freeze", ["agent.freeze"]),
        Row("POST", "\(agent)/fsfreeze-thaw", ["agent.thaw"]),
        Row("POST", "\(agent)/fstrim", ["agent.trim"]),
        Row("POST", "\(agent)/shutdown", ["guest.shutdown"]),
        Row("POST", "\(agent)/suspend-disk", ["guest.suspend"]),
        Row("POST", "\(agent)/suspend-hybrid", ["guest.suspend"]),
        Row("POST", "\(agent)/suspend-ram", ["guest.suspend"]),
        // These two are POST for history's sake and change nothing.
        Row("POST", "\(agent)/ping", ["read.guest"]),
        Row("POST", "\(agent)/fsfreeze-status", ["read.guest"]),
    ]

    private static let storages: [Row] = [
        Row("POST", "nodes/{}/storage/{}/content", ["storage.content.create"]),
        Row("POST", "nodes/{}/storage/{}/upload", ["storage.content.create"]),
        Row("POST", "nodes/{}/storage/{}/download-url", ["storage.download"]),
        Row("POST", "nodes/{}/storage/{}/oci-registry-pull", ["storage.download"]),
        Row("POST", "nodes/{}/aplinfo", ["storage.download"]),
        Row("POST", "nodes/{}/storage/{}/content/{rest}", ["storage.content.create"]),
        // What these two are depends on the volume; see VolumeRules.
        Row("PUT", "nodes/{}/storage/{}/content/{rest}", []),
        Row("DELETE", "nodes/{}/storage/{}/content/{rest}", []),
        Row("DELETE", "nodes/{}/storage/{}/prunebackups", ["backup.delete"]),
        Row("POST", "storage", ["storage.create"]),
        Row("PUT", "storage/{}", ["storage.config"]),
        Row("DELETE", "storage/{}", ["storage.destroy"]),
    ]

    private static let nodes: [Row] = [
        Row("POST", "nodes/{}/vzdump", ["backup.create"]),
        Row("DELETE", "nodes/{}/tasks/{}", ["task.stop"]),
        Row("POST", "nodes/{}/status", ["node.power"]),
        Row("POST", "nodes/{}/startall", ["guest.start"]),
        Row("POST", "nodes/{}/stopall", ["guest.shutdown", "guest.stop"]),
        Row("POST", "nodes/{}/suspendall", ["guest.suspend"]),
        Row("POST", "nodes/{}/migrateall", ["guest.migrate"]),
    ]

    private static let cluster: [Row] = [
        Row("POST", "cluster/bulk-action/guest/start", ["guest.start"]),
        Row("POST", "cluster/bulk-action/guest/shutdown", ["guest.shutdown", "guest.stop"]),
        Row("POST", "cluster/bulk-action/guest/suspend", ["guest.suspend"]),
        Row("POST", "cluster/bulk-action/guest/migrate", ["guest.migrate"]),
        Row("POST", "cluster/ha/resources", ["ha.config"]),
        Row("PUT", "cluster/ha/resources/{}", ["ha.config"]),
        Row("DELETE", "cluster/ha/resources/{}", ["ha.config"]),
        Row("POST", "cluster/ha/resources/{}/migrate", ["guest.migrate"]),
        Row("POST", "cluster/ha/resources/{}/relocate", ["guest.migrate", "guest.shutdown"]),
        // Where high availability may keep a guest: a change of it moves guests.
        Row("POST", "cluster/ha/groups", ["ha.config"]),
        Row("PUT", "cluster/ha/groups/{}", ["ha.config"]),
        Row("DELETE", "cluster/ha/groups/{}", ["ha.config"]),
        Row("POST", "cluster/ha/rules", ["ha.config"]),
        Row("PUT", "cluster/ha/rules/{}", ["ha.config"]),
        Row("DELETE", "cluster/ha/rules/{}", ["ha.config"]),
        Row("POST", "cluster/backup", ["backup.job"]),
        Row("PUT", "cluster/backup/{}", ["backup.job"]),
        Row("DELETE", "cluster/backup/{}", ["backup.job"]),
        Row("POST", "pools", ["pool.create"]),
        Row("PUT", "pools", ["pool.config"]),
        Row("PUT", "pools/{}", ["pool.config"]),
        Row("DELETE", "pools", ["pool.destroy"]),
        Row("DELETE", "pools/{}", ["pool.destroy"]),
    ]

    private static let access: [Row] = ["POST", "PUT", "DELETE"].flatMap { method in
        [
            Row(method, "access/users/{}/token/{}", ["access.token"]),
            Row(method, "access/ticket", ["access.login"]),
            Row(method, "access/openid/{rest}", ["access.login"]),
            Row(method, "access/password", ["access.password"]),
            Row(method, "access/acl", ["access.acl"]),
            Row(method, "access/tfa/{rest}", ["access.tfa"]),
            Row(method, "access/users", ["access.user"]),
            Row(method, "access/users/{rest}", ["access.user"]),
            Row(method, "access/groups", ["access.group"]),
            Row(method, "access/groups/{rest}", ["access.group"]),
            Row(method, "access/roles", ["access.role"]),
            Row(method, "access/roles/{rest}", ["access.role"]),
            Row(method, "access/domains", ["access.realm"]),
            Row(method, "access/domains/{rest}", ["access.realm"]),
            Row(method, "access/{rest}", ["access.other"]),
        ]
    }
}

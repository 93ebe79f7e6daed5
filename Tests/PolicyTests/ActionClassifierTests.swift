// SPDX-License-Identifier: Apache-2.0
import Model
import Policy
import TestSupport
import Testing

/// One call and what it is.
struct Call: Sendable, CustomTestStringConvertible {
    var text: String
    var expected: Set<Action>

    init(_ text: String, _ expected: Set<Action>) {
        self.text = text
        self.expected = expected
    }

    var testDescription: String { text }

    /// `POST path name=value name=value`.
    var actions: Set<Action> {
        let words = text.split(separator: " ").map(String.init)
        let parameters = words.dropFirst(2).map { word in
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            return (name: parts[0], value: parts.count > 1 ? parts[1] : "")
        }
        let path = words.count > 1 ? words[1].split(separator: "/").map(String.init) : []
        return ActionClassifier.actions(method: words[0], path: path, parameters: parameters)
    }
}

struct ActionClassifierTests {
    @Test(arguments: [
        Call("GET", ["read.api"]), Call("GET version", ["read.api"]), Call("GET access/users", ["read.access"]),
        Call("GET cluster/resources", ["read.cluster"]), Call("GET pools/web", ["read.pool"]),
        Call("GET storage", ["read.storage"]), Call("GET nodes", ["read.node"]), Call("GET nodes/pve1", ["read.node"]),
        Call("GET nodes/pve1/tasks/UPID:x/status", ["read.node"]), Call("GET nodes/pve1/qemu", ["read.guest"]),
        Call("GET nodes/pve1/lxc/110/status/current", ["read.guest"]),
        Call("GET nodes/pve1/storage/local/content", ["read.storage"]),
        Call("GET nodes/pve1/qemu/100/agent/file-read file=/etc/shadow", ["agent.file.read"]),
        Call("GET nodes/pve1/qemu/100/agent/exec-status pid=7", ["agent.exec"]),
        Call("GET nodes/pve1/qemu/100/agent/get-osinfo", ["read.guest"]),
        Call("GET nodes/pve1/qemu/100/vncwebsocket", ["guest.console"]),
        Call("GET nodes/pve1/vncwebsocket", ["node.console"]),
        Call("GET nodes/pve1/storage/pbs/file-restore/download", ["backup.file.read"]),
        Call("GET secrets", ["api.unknown"]),
    ])
    func classifiesReads(_ call: Call) { #expect(call.actions == call.expected) }

    @Test(arguments: ["start", "stop", "shutdown", "reboot", "reset", "suspend", "resume"], ["qemu", "lxc"])
    func classifiesPower(_ verb: String, _ kind: String) {
        #expect(Call("POST nodes/pve1/\(kind)/100/status/\(verb)", []).actions.map(\.rawValue) == ["guest.\(verb)"])
    }

    @Test(arguments: [
        Call("POST n/p/qemu/100/status/shutdown forceStop=1", ["guest.shutdown", "guest.stop"]),
        Call("POST n/p/qemu/100/status/shutdown forceStop=0", ["guest.shutdown"]),
        Call("POST n/p/qemu/100/status/stop skiplock=1", ["guest.stop", "guest.force"]),
        Call("POST n/p/qemu vmid=105", ["guest.create"]),
        Call("POST n/p/qemu vmid=105 start=1", ["guest.create", "guest.start"]),
        Call("POST n/p/qemu vmid=105 archive=local:backup/x", ["guest.create", "backup.restore"]),
        Call(
            "POST n/p/qemu vmid=105 archive=local:backup/x force=1",
            ["guest.create", "backup.restore", "backup.restore.overwrite"]),
        Call("POST n/p/lxc vmid=105 restore=1 ostemplate=x", ["guest.create", "backup.restore"]),
        Call(
            "POST n/p/lxc vmid=105 unprivileged=1 force=1",
            ["guest.create", "backup.restore.overwrite", "guest.force"]),
        Call("POST n/p/qemu vmid=105 protection=0", ["guest.create", "guest.unprotect"]),
        Call("DELETE n/p/qemu/100", ["guest.destroy"]),
        Call("DELETE n/p/lxc/100 purge=1 force=1", ["guest.destroy", "guest.destroy.purge", "guest.force"]),
        Call("DELETE n/p/qemu/100 destroy-unreferenced-disks=1", ["guest.destroy", "disk.destroy"]),
        Call("PUT n/p/qemu/100/config memory=2048", ["guest.config"]),
        Call("POST n/p/qemu/100/config delete=scsi1", ["guest.config", "disk.destroy"]),
        Call("PUT n/p/lxc/100/config delete=description,mp0", ["guest.config", "disk.destroy"]),
        Call("PUT n/p/lxc/100/config delete=description", ["guest.config"]),
        Call("PUT n/p/lxc/100/config delete=description delete=rootfs", ["guest.config", "disk.destroy"]),
        Call("PUT n/p/qemu/100/config protection=1", ["guest.config"]),
        Call("PUT n/p/qemu/100/config protection=No", ["guest.config", "guest.unprotect"]),
        Call("PUT n/p/qemu/100/config protection=1 protection=0", ["guest.config", "guest.unprotect"]),
        Call("PUT n/p/qemu/100/config delete=protection", ["guest.config", "guest.unprotect"]),
        Call("PUT n/p/qemu/100/config args=-S", ["guest.config", "guest.args"]),
        Call("PUT n/p/qemu/100/config hookscript=local:snippets/x", ["guest.config", "guest.hookscript"]),
        Call("PUT n/p/qemu/100/config hostpci0=01:00", ["guest.config", "guest.passthrough"]),
        Call("PUT n/p/qemu/100/config serial0=socket", ["guest.config"]),
        Call("PUT n/p/qemu/100/config serial0=/dev/ttyS0", ["guest.config", "guest.passthrough"]),
        Call("PUT n/p/qemu/100/config hostpci0=socket", ["guest.config", "guest.passthrough"]),
        Call("PUT n/p/qemu/100/config scsi1=/dev/sda", ["guest.config", "guest.passthrough"]),
        Call("PUT n/p/qemu/100/config cdrom=/dev/sda,media=cdrom", ["guest.config", "guest.passthrough"]),
        Call("PUT n/p/lxc/100/config mp0=/etc,mp=/x", ["guest.config", "guest.passthrough"]),
        Call("PUT n/p/qemu/100/config skiplock=1", ["guest.config", "guest.force"]),
        Call("PUT n/p/qemu/100/unlink idlist=scsi1", ["guest.config", "disk.destroy"]),
        Call("POST n/p/qemu/100/clone newid=105", ["guest.clone"]),
        Call("POST n/p/qemu/100/template", ["guest.template"]),
        Call("POST n/p/qemu/100/migrate target=pve2", ["guest.migrate"]),
        Call("POST n/p/lxc/110/migrate target=pve2 restart=1", ["guest.migrate", "guest.shutdown"]),
        Call(
            "POST n/p/qemu/100/remote_migrate delete=1", ["guest.migrate", "guest.migrate.remote", "guest.destroy"]),
        Call("PUT n/p/qemu/100/resize disk=scsi0 size=+1G", ["disk.resize"]),
        Call("POST n/p/qemu/100/move_disk disk=scsi0", ["disk.move"]),
        Call("POST n/p/lxc/110/move_volume delete=1", ["disk.move", "disk.destroy"]),
        Call("POST n/p/qemu/100/snapshot snapname=a1", ["snapshot.create"]),
        Call("DELETE n/p/lxc/110/snapshot/a1", ["snapshot.delete"]),
        Call("PUT n/p/lxc/110/snapshot/a1/config", ["snapshot.config"]),
        Call("POST n/p/qemu/100/snapshot/a1/rollback start=1", ["snapshot.rollback", "guest.start"]),
        Call("POST n/p/qemu/100/agent/exec", ["agent.exec"]),
        Call("POST n/p/qemu/100/agent/file-write", ["agent.file.write"]),
        Call("POST n/p/qemu/100/agent/set-user-password", ["agent.password"]),
        Call("POST n/p/qemu/100/agent/shutdown", ["guest.shutdown"]),
        Call("POST n/p/qemu/100/agent/ping", ["read.guest"]),
        Call("POST n/p/qemu/100/agent/new-thing", ["api.unknown"]),
        Call("POST n/p/qemu/100/monitor", ["guest.monitor"]),
        Call("DELETE n/p/qemu/100/firewall/rules/0", ["guest.firewall"]),
        Call("POST n/p/qemu/100/mtunnel", ["api.unknown"]),
    ])
    func classifiesGuests(_ call: Call) {
        var call = call
        call.text.replace(" n/p/", with: " nodes/pve1/")
        #expect(call.actions == call.expected)
    }

    @Test(arguments: [
        Call("POST nodes/pve1/vzdump vmid=100", ["backup.create"]),
        Call("POST nodes/pve1/vzdump vmid=100 mode=stop", ["backup.create", "guest.shutdown"]),
        Call("POST nodes/pve1/vzdump vmid=100 prune-backups=keep-last=1", ["backup.create", "backup.delete"]),
        Call("DELETE nodes/pve1/storage/local/content/local:backup/vzdump-qemu-100.vma", ["backup.delete"]),
        Call("DELETE nodes/pve1/storage/local/content/backup/vzdump-qemu-100.vma", ["backup.delete"]),
        Call("DELETE nodes/pve1/storage/local/content/local:iso/a.iso", ["storage.content.delete"]),
        Call("DELETE nodes/pve1/storage/z/content/z:vm-100-disk-0", ["storage.content.delete", "disk.destroy"]),
        Call("PUT nodes/pve1/storage/local/content/local:backup/x protected=0", ["backup.config", "backup.unprotect"]),
        Call("PUT nodes/pve1/storage/local/content/local:backup/x notes=n", ["backup.config"]),
        Call("PUT nodes/pve1/storage/local/content/local:iso/x notes=n", ["storage.content.config"]),
        Call("DELETE nodes/pve1/storage/local/prunebackups", ["backup.delete"]),
        Call("POST nodes/pve1/storage/local/upload", ["storage.content.create"]),
        Call("DELETE nodes/pve1/tasks/UPID:x", ["task.stop"]), Call("POST nodes/pve1/status", ["node.power"]),
        Call("POST nodes/pve1/stopall", ["guest.shutdown", "guest.stop"]),
        Call("PUT cluster/ha/resources/vm:100 state=stopped", ["ha.config", "guest.start", "guest.shutdown"]),
        Call("POST cluster/bulk-action/guest/start", ["guest.start"]),
        Call("POST access/users/a@pve/token/t", ["access.token"]), Call("PUT access/acl", ["access.acl"]),
        Call("POST access/ticket", ["access.login"]), Call("DELETE access/users/a@pve", ["access.user"]),
        Call("POST access/new", ["access.other"]), Call("POST storage", ["storage.create"]),
        Call("PUT pools", ["pool.config"]), Call("PUT nodes/pve1/network", ["api.unknown"]),
        Call("PATCH nodes/pve1/qemu/100/config", ["api.unknown"]), Call("get version", ["api.unknown"]),
        Call("POST", ["api.unknown"]), Call("GET nodes/../access", ["api.unknown"]),
    ])
    func classifiesTheRest(_ call: Call) { #expect(call.actions == call.expected) }

    @Test func seesThroughEncodedSlashes() {
        let path = ["nodes", "pve1", "qemu", "100/status//stop/"]
        #expect(ActionClassifier.actions(method: "POST", path: path) == ["guest.stop"])
        #expect(ActionClassifier.actions(method: "POST", path: ["", "storage", ""]) == ["storage.create"])
    }

    /// Whatever is asked, the answer is not empty and in the vocabulary that policies are checked against.
    @Test func staysInItsVocabulary() {
        var random = SplitMix(seed: 7)
        let words = [
            "nodes", "pve1", "qemu", "lxc", "100", "status", "stop", "config", "storage", "content", "access", "ticket",
            "agent", "snapshot", "rollback", "cluster", "", "..", "a/b", "local:backup/x", "firewall", "vzdump",
        ]
        let names = ["force", "skiplock", "delete", "archive", "mode", "protection", "args", "purge", "state", "mp0"]
        let values = ["1", "0", "", "stop", "scsi0 mp1;rootfs", "/dev/sda"]
        for _ in 0..<10_000 {
            let method = random.pick(["GET", "POST", "PUT", "DELETE", "HEAD"])
            let path = (0..<random.below(8)).map { _ in random.pick(words) }
            let parameters = (0..<random.below(5)).map { _ in (name: random.pick(names), value: random.pick(values)) }
            let actions = ActionClassifier.actions(method: method, path: path, parameters: parameters)
            #expect(!actions.isEmpty)
            #expect(actions.isSubset(of: ActionClassifier.vocabulary), "\(method) \(path)")
            #expect(method == "GET" || actions == ["read.guest"] || actions.contains { !$0.isRead })
        }
    }

    @Test func namesEveryActionInTheProperForm() {
        for action in ActionClassifier.vocabulary { #expect(Action(action.rawValue) == action) }
    }

    @Test(arguments: [
        Call("PUT nodes/pve1/qemu/100/config delete=onboot\u{A0}protection", ["guest.config", "guest.unprotect"]),
        Call("PUT nodes/pve1/qemu/100/config delete=onboot\u{2003}scsi0", ["guest.config", "disk.destroy"]),
        Call("PUT nodes/pve1/lxc/110/config template=1", ["guest.config", "guest.template"]),
        Call("POST nodes/pve1/vzdump stop=1", ["backup.create", "task.stop"]),
        Call(
            "PUT nodes/p/storage/b/content/backup/vm/1/2022-01-01T12:00:00Z protected=0",
            ["backup.config", "backup.unprotect"]),
        Call("DELETE nodes/p/storage/b/content/backup/vm/1/2022-01-01T12:00:00Z", ["backup.delete"]),
        Call("DELETE nodes/p/storage/b/content/100/x:iso/y", ["storage.content.delete", "disk.destroy"]),
    ])
    func whatHidesADestructivePartIsSeen(call: Call) { #expect(call.actions == call.expected) }
}

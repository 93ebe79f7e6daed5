// SPDX-License-Identifier: Apache-2.0
import Model

/// Every call that is classified: method, path and parameters, then what it does.
///
/// `{guest}` stands for a machine and a container in turn, `{any}` for each writing method.
enum ClassificationCases {
    static var all: [Call] {
        text.split(separator: "\n").flatMap { line -> [Call] in
            let parts = line.split(separator: ">", maxSplits: 1).map { String($0).trimmed }
            guard parts.count == 2 else { return [] }
            let actions = Set(parts[1].split(separator: " ").compactMap { Action(String($0)) })
            return expanded(parts[0]).map { Call($0, actions) }
        }
    }

    private static func expanded(_ text: String) -> [String] {
        let kinds = text.contains("{guest}") ? ["qemu/101", "lxc/110"] : [""]
        let methods = text.contains("{any}") ? ["POST", "PUT", "DELETE"] : [""]
        return kinds.flatMap { kind in
            methods.map { method in
                text.replacing("{guest}", with: "nodes/pve1/" + kind).replacing("{any}", with: method)
            }
        }
    }

    static let text = """
        GET > read.api
        GET version > read.api
        GET access/users > read.access
        GET cluster/resources > read.cluster
        GET pools/web > read.pool
        GET storage/local > read.storage
        GET nodes/pve1/status > read.node
        GET nodes/pve1/scan/zfs > read.node
        GET nodes/pve1/storage/local/content > read.storage
        GET {guest}/status/current > read.guest
        GET nodes/pve1/qemu/101/agent/get-osinfo > read.guest
        GET nodes/pve1/qemu/101/agent/file-read file=/etc/shadow > agent.file.read
        GET nodes/pve1/qemu/101/agent/exec-status pid=7 > agent.exec
        GET {guest}/vncwebsocket port=5900 > guest.console
        GET nodes/pve1/vncwebsocket port=5900 > node.console
        GET nodes/pve1/query-url-metadata url=http://10.0.0.1/ > node.probe
        GET nodes/pve1/query-oci-repo-tags reference=x > node.probe
        GET nodes/pve1/scan/nfs server=10.0.0.1 > node.probe
        GET nodes/pve1/scan/cifs server=10.0.0.1 password=x > node.probe
        GET nodes/pve1/scan/glusterfs server=10.0.0.1 > node.probe
        GET nodes/pve1/scan/iscsi portal=10.0.0.1 > node.probe
        GET nodes/pve1/scan/pbs server=10.0.0.1 > node.probe
        GET nodes/pve1/storage/pbs/file-restore/download volume=x > backup.file.read
        GET secrets > api.unknown

        POST nodes/pve1/qemu vmid=105 memory=2048 scsi0=local-lvm:8 > guest.create
        POST nodes/pve1/qemu vmid=105 start=1 > guest.create guest.start
        POST nodes/pve1/qemu vmid=105 start=0 > guest.create
        POST nodes/pve1/qemu vmid=105 archive=local:backup/x > guest.create backup.restore
        POST nodes/pve1/qemu vmid=105 archive=x live-restore=1 > guest.create backup.restore guest.start
        POST nodes/pve1/qemu vmid=105 archive=x force=1 > guest.create backup.restore backup.restore.overwrite
        POST nodes/pve1/qemu vmid=105 protection=0 > guest.create guest.unprotect
        POST nodes/pve1/qemu vmid=105 template=1 > guest.create guest.template
        POST nodes/pve1/qemu vmid=105 args=-S > guest.create guest.args
        POST nodes/pve1/qemu vmid=105 hookscript=local:snippets/x > guest.create guest.hookscript
        POST nodes/pve1/qemu vmid=105 hostpci0=01:00 > guest.create guest.passthrough
        POST nodes/pve1/qemu vmid=105 ha-managed=1 > guest.create ha.config guest.start
        POST nodes/pve1/qemu vmid=105 ciuser=me sshkeys=x > guest.create
        POST nodes/pve1/qemu vmid=105 scsi0=local:0,import-from=/root/x.img > guest.create guest.passthrough
        POST nodes/pve1/qemu vmid=105 scsi0=local:0,import-from=local:101/vm-101-disk-0.raw > guest.create
        POST nodes/pve1/lxc vmid=105 ostemplate=local:vztmpl/d unprivileged=1 > guest.create
        POST nodes/pve1/lxc vmid=105 ostemplate=local:vztmpl/d > guest.create guest.privileged
        POST nodes/pve1/lxc vmid=105 ostemplate=local:vztmpl/d unprivileged=0 > guest.create guest.privileged
        POST nodes/pve1/lxc vmid=105 unprivileged=1 features=nesting=1 > guest.create
        POST nodes/pve1/lxc vmid=105 unprivileged=1 features=nesting=1,mount=nfs > guest.create guest.privileged
        POST nodes/pve1/lxc vmid=105 restore=1 ostemplate=x > guest.create backup.restore
        POST nodes/pve1/lxc vmid=105 unprivileged=1 ostemplate=local:backup/x > guest.create backup.restore
        POST nodes/pve1/lxc vmid=105 unprivileged=1 ostemplate=/root/x.tar > guest.create backup.restore
        POST nodes/pve1/lxc vmid=105 unprivileged=1 ostemplate=- > guest.create backup.restore
        POST nodes/pve1/lxc vmid=105 restore=1 force=1 > guest.create backup.restore backup.restore.overwrite
        POST nodes/pve1/lxc vmid=105 unprivileged=1 force=1 > guest.create backup.restore.overwrite guest.force
        DELETE {guest} > guest.destroy
        DELETE {guest} purge=1 > guest.destroy guest.destroy.purge
        DELETE {guest} destroy-unreferenced-disks=1 > guest.destroy disk.destroy
        DELETE {guest} force=1 > guest.destroy guest.force
        DELETE {guest} skiplock=1 > guest.destroy guest.force

        POST {guest}/status/start > guest.start
        POST {guest}/status/start skiplock=1 > guest.start guest.force
        POST {guest}/status/stop > guest.stop
        POST {guest}/status/stop overrule-shutdown=1 > guest.stop task.stop
        POST {guest}/status/shutdown > guest.shutdown
        POST {guest}/status/shutdown forceStop=1 > guest.shutdown guest.stop
        POST {guest}/status/shutdown forceStop=0 > guest.shutdown
        POST {guest}/status/reboot > guest.reboot
        POST {guest}/status/reset > guest.reset
        POST {guest}/status/suspend todisk=1 > guest.suspend
        POST {guest}/status/resume > guest.resume

        PUT {guest}/config memory=2048 > guest.config
        POST {guest}/config memory=2048 > guest.config
        PUT {guest}/config delete=scsi0 > guest.config disk.destroy
        PUT {guest}/config delete=description,mp0 > guest.config disk.destroy
        PUT {guest}/config delete=unused0 force=1 > guest.config disk.destroy guest.force
        PUT {guest}/config delete=description > guest.config
        PUT {guest}/config protection=1 > guest.config
        PUT {guest}/config protection=0 > guest.config guest.unprotect
        PUT {guest}/config delete=protection > guest.config guest.unprotect
        PUT {guest}/config revert=protection > guest.config guest.unprotect
        PUT {guest}/config template=1 > guest.config guest.template
        PUT {guest}/config args=-S > guest.config guest.args
        PUT {guest}/config hookscript=local:snippets/x > guest.config guest.hookscript
        PUT {guest}/config hostpci3=01:00 > guest.config guest.passthrough
        PUT {guest}/config usb0=host=1234:5678 > guest.config guest.passthrough
        PUT {guest}/config virtiofs0=dir > guest.config guest.passthrough
        PUT {guest}/config dev0=/dev/dri/card0 > guest.config guest.passthrough
        PUT {guest}/config ivshmem=size=32 > guest.config guest.passthrough
        PUT {guest}/config lxc.apparmor.profile=unconfined > guest.config guest.passthrough
        PUT {guest}/config serial0=socket > guest.config
        PUT {guest}/config serial0=/dev/ttyS0 > guest.config guest.passthrough
        PUT {guest}/config scsi1=/dev/sda > guest.config guest.passthrough
        PUT {guest}/config scsi1=file=/dev/sda,ssd=1 > guest.config guest.passthrough
        PUT {guest}/config mp0=/etc,mp=/x > guest.config guest.passthrough
        PUT {guest}/config mp0=volume=/etc,mp=/x > guest.config guest.passthrough
        PUT {guest}/config mp0=local-lvm:8,mp=/srv > guest.config
        PUT {guest}/config lock=backup > guest.config guest.force
        PUT {guest}/config delete=lock > guest.config guest.force
        PUT {guest}/config skiplock=1 > guest.config guest.force
        PUT {guest}/config features=nesting=1 > guest.config
        PUT {guest}/config features=keyctl=0 > guest.config
        PUT {guest}/config features=fuse=1,nesting=1 > guest.config guest.privileged
        PUT {guest}/config unprivileged=0 > guest.config guest.privileged
        PUT {guest}/config delete=unprivileged > guest.config guest.privileged
        PUT {guest}/config cipassword=x > guest.config guest.credentials
        PUT {guest}/config sshkeys=x > guest.config guest.credentials
        PUT {guest}/config ciuser=root > guest.config guest.credentials
        PUT {guest}/config cicustom=user=local:snippets/x > guest.config guest.credentials
        PUT {guest}/config boot=order=net0 > guest.config
        PUT {guest}/config vmgenid=1 > guest.config
        PUT {guest}/cloudinit > guest.config
        PUT {guest}/unlink idlist=scsi1 > guest.config disk.destroy
        POST {guest}/clone newid=105 full=1 > guest.clone
        POST {guest}/template > guest.template
        POST {guest}/migrate target=pve2 > guest.migrate
        POST {guest}/migrate target=pve2 restart=1 > guest.migrate guest.shutdown
        POST {guest}/migrate target=pve2 force=1 > guest.migrate guest.force
        POST {guest}/migrate target=pve2 targetstorage=other > guest.migrate disk.move
        POST {guest}/migrate target=pve2 target-storage=other > guest.migrate disk.move
        POST {guest}/remote_migrate target-endpoint=x > guest.migrate guest.migrate.remote
        POST {guest}/remote_migrate delete=1 > guest.migrate guest.migrate.remote guest.destroy
        PUT {guest}/resize disk=scsi0 size=+1G > disk.resize
        POST {guest}/move_disk disk=scsi0 storage=x > disk.move
        POST {guest}/move_disk disk=scsi0 storage=x delete=1 > disk.move disk.destroy
        POST {guest}/move_disk disk=scsi0 target-vmid=102 > disk.move guest.config
        POST {guest}/move_volume volume=mp0 storage=x > disk.move

        POST {guest}/snapshot snapname=a1 > snapshot.create
        DELETE {guest}/snapshot/a1 > snapshot.delete
        DELETE {guest}/snapshot/a1 force=1 > snapshot.delete guest.force
        PUT {guest}/snapshot/a1/config description=x > snapshot.config
        POST {guest}/snapshot/a1/rollback > snapshot.rollback
        POST {guest}/snapshot/a1/rollback start=1 > snapshot.rollback guest.start
        POST {guest}/monitor command=quit > guest.monitor
        PUT {guest}/sendkey key=ctrl-alt-delete > guest.sendkey
        POST {guest}/vncproxy > guest.console
        POST {guest}/termproxy > guest.console
        POST {guest}/spiceproxy > guest.console
        {any} {guest}/firewall/rules/0 > guest.firewall

        POST nodes/pve1/qemu/101/agent/exec command=id > agent.exec
        POST nodes/pve1/qemu/101/agent/file-write file=/x > agent.file.write
        POST nodes/pve1/qemu/101/agent/set-user-password username=root > agent.password
        POST nodes/pve1/qemu/101/agent/fsfreeze-freeze > agent.freeze
        POST nodes/pve1/qemu/101/agent/fsfreeze-thaw > agent.thaw
        POST nodes/pve1/qemu/101/agent/fstrim > agent.trim
        POST nodes/pve1/qemu/101/agent/shutdown > guest.shutdown
        POST nodes/pve1/qemu/101/agent/suspend-disk > guest.suspend
        POST nodes/pve1/qemu/101/agent/suspend-hybrid > guest.suspend
        POST nodes/pve1/qemu/101/agent/suspend-ram > guest.suspend
        POST nodes/pve1/qemu/101/agent/ping > read.guest
        POST nodes/pve1/qemu/101/agent/fsfreeze-status > read.guest
        POST nodes/pve1/qemu/101/agent command=fstrim > api.unknown

        POST nodes/pve1/storage/local/content vmid=101 > storage.content.create
        POST nodes/pve1/storage/local/upload content=iso > storage.content.create
        POST nodes/pve1/storage/local/download-url url=http://x > storage.download
        POST nodes/pve1/storage/local/content/local:iso/a target=x > storage.content.create
        PUT nodes/pve1/storage/local/content/local:iso/a notes=n > storage.content.config
        PUT nodes/pve1/storage/local/content/local:backup/x notes=n > backup.config
        PUT nodes/pve1/storage/local/content/local:backup/x protected=1 > backup.config
        PUT nodes/pve1/storage/local/content/local:backup/x protected=0 > backup.config backup.unprotect
        DELETE nodes/pve1/storage/local/content/local:backup/x > backup.delete
        DELETE nodes/pve1/storage/local/content/backup/x > backup.delete
        DELETE nodes/pve1/storage/local/content/local:iso/a > storage.content.delete
        DELETE nodes/pve1/storage/local/content/local:vztmpl/a > storage.content.delete
        DELETE nodes/pve1/storage/local/content/local:snippets/a > storage.content.delete
        DELETE nodes/pve1/storage/local/content/local:import/a > storage.content.delete
        DELETE nodes/pve1/storage/z/content/z:vm-101-disk-0 > storage.content.delete disk.destroy
        DELETE nodes/pve1/storage/local/prunebackups > backup.delete
        POST storage storage=x type=nfs > storage.create
        PUT storage/local content=iso > storage.config
        DELETE storage/local > storage.destroy

        POST nodes/pve1/vzdump vmid=101 > backup.create
        POST nodes/pve1/vzdump vmid=101 remove=0 > backup.create
        POST nodes/pve1/vzdump vmid=101 remove=1 > backup.create backup.delete
        POST nodes/pve1/vzdump vmid=101 prune-backups=keep-last=1 > backup.create backup.delete
        POST nodes/pve1/vzdump vmid=101 maxfiles=1 > backup.create backup.delete
        POST nodes/pve1/vzdump vmid=101 mode=stop > backup.create guest.shutdown
        POST nodes/pve1/vzdump vmid=101 mode=suspend > backup.create guest.suspend
        POST nodes/pve1/vzdump vmid=101 mode=snapshot > backup.create
        POST nodes/pve1/vzdump stop=1 > backup.create task.stop
        POST nodes/pve1/vzdump vmid=101 script=/x > backup.create backup.hookscript
        DELETE nodes/pve1/tasks/UPID:x > task.stop
        POST nodes/pve1/status command=reboot > node.power
        POST nodes/pve1/startall > guest.start
        POST nodes/pve1/startall force=1 > guest.start guest.force
        POST nodes/pve1/stopall > guest.shutdown guest.stop
        POST nodes/pve1/suspendall > guest.suspend
        POST nodes/pve1/migrateall target=pve2 > guest.migrate
        POST nodes/pve1/execute commands=x > api.unknown
        PUT nodes/pve1/network > api.unknown
        POST nodes/pve1/vncshell > api.unknown

        POST cluster/bulk-action/guest/start > guest.start
        POST cluster/bulk-action/guest/shutdown > guest.shutdown guest.stop
        POST cluster/bulk-action/guest/suspend > guest.suspend
        POST cluster/bulk-action/guest/migrate > guest.migrate
        POST cluster/ha/resources sid=vm:103 > ha.config guest.start
        POST cluster/ha/resources sid=vm:103 state=ignored > ha.config guest.start guest.shutdown
        PUT cluster/ha/resources/vm:101 comment=x > ha.config
        PUT cluster/ha/resources/vm:101 state=stopped > ha.config guest.start guest.shutdown
        PUT cluster/ha/resources/vm:101 delete=state > ha.config guest.start
        DELETE cluster/ha/resources/vm:101 > ha.config
        POST cluster/ha/resources/vm:101/migrate node=pve2 > guest.migrate
        POST cluster/ha/resources/vm:101/relocate node=pve2 > guest.migrate guest.shutdown
        POST cluster/backup vmid=101 > backup.job
        POST cluster/backup vmid=101 prune-backups=keep-last=1 > backup.job backup.delete
        PUT cluster/backup/j script=/x > backup.job backup.hookscript
        DELETE cluster/backup/j > backup.job
        POST pools poolid=x > pool.create
        PUT pools poolid=x vms=101 > pool.config
        PUT pools/x vms=101 > pool.config
        DELETE pools poolid=x > pool.destroy
        DELETE pools/x > pool.destroy

        {any} access/users/a@pve/token/t > access.token
        {any} access/ticket > access.login
        {any} access/openid/login > access.login
        {any} access/password > access.password
        {any} access/acl > access.acl
        {any} access/tfa/a@pve > access.tfa
        {any} access/users > access.user
        {any} access/users/a@pve > access.user
        {any} access/groups > access.group
        {any} access/groups/g > access.group
        {any} access/roles > access.role
        {any} access/roles/r > access.role
        {any} access/domains > access.realm
        {any} access/domains/r/sync > access.realm
        {any} access/new > access.other
        """
}

extension String {
    fileprivate var trimmed: String {
        var text = self[...]
        while text.first == " " { text = text.dropFirst() }
        while text.last == " " { text = text.dropLast() }
        return String(text)
    }
}

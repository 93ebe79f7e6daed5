// SPDX-License-Identifier: Apache-2.0
import Policy
import Testing

struct CallStoragesTests {
    @Test(
        arguments: [
            ("POST nodes/n/qemu/1/status/stop", [:], []),
            ("DELETE nodes/n/storage/local/content/iso/x.iso", [:], ["local"]),
            ("DELETE nodes/n/storage/local/content/ceph:vm-1-disk-0", [:], ["ceph", "local"]),
            ("PUT storage/nfs", [:], ["nfs"]),
            ("POST nodes/n/qemu/1/move_disk", ["disk": "scsi0", "storage": "ceph"], ["ceph"]),
            (
                "POST nodes/n/qemu",
                ["vmid": "9", "scsi0": "local-lvm:32,size=1G", "ide2": "iso:iso/a.iso,media=cdrom"],
                ["iso", "local-lvm"]
            ),
            (
                "POST nodes/n/qemu", ["scsi0": "file=ceph:0,import-from=nfs:import/x.vmdk", "net0": "virtio=AA:BB"],
                ["ceph", "nfs"]
            ),
            ("POST nodes/n/qemu", ["archive": "pbs:backup/vm/1/2026-01-01T00:00:00Z"], nil),
            ("POST nodes/n/qemu", ["archive": "pbs:backup/vm/1/x", "storage": "local"], ["local", "pbs"]),
            ("POST nodes/n/lxc", ["ostemplate": "local:vztmpl/a.tar", "rootfs": "volume=ceph:8"], ["ceph", "local"]),
            ("POST nodes/n/qemu/1/migrate", ["target": "pve2", "targetstorage": "a:b,c"], ["a", "b", "c"]),
            ("POST nodes/n/qemu/1/migrate", ["target": "pve2", "targetstorage": "1"], []),
            ("POST nodes/n/qemu/1/clone", ["newid": "2"], nil), ("POST nodes/n/vzdump", ["vmid": "1"], nil),
            ("POST nodes/n/vzdump", ["storage": "nfs", "fleecing": "enabled=1,storage=fast"], ["fast", "nfs"]),
            (
                "PUT nodes/n/qemu/1/config", ["cicustom": "user=local:snippets/u.yml", "hookscript": "nfs:snippets/h"],
                ["local", "nfs"]
            ),
            ("PUT nodes/n/qemu/1/config", ["scsi0": "/dev/sdb", "cdrom": "none"], []),
            ("PUT pools", ["storage": "a b;c"], ["a", "b", "c"]),
        ] as [(String, [String: String], [String]?)])
    func findsEveryStorageThatACallNames(_ call: String, _ parameters: [String: String], _ expected: [String]?) throws {
        let words = call.split(separator: " ").map(String.init)
        let found = CallStorages.named(
            method: words[0], path: [words[1]], parameters: parameters.map { (name: $0.key, value: $0.value) })
        #expect(found == expected)
    }
}

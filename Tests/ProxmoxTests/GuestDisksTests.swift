// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Proxmox
import Testing

/// What a configuration says of disks.
@Suite struct GuestDisksTests {
    private static let machine: JSONValue = [
        "scsi10": "shared:vm-101-disk-2,size=1T", "scsi2": "local-lvm:vm-101-disk-1,cache=writeback,size=512M,ssd=1",
        "scsi0": "file=local-lvm:vm-101-disk-0,size=32G", "scsihw": "virtio-scsi-single", "ide2": "none,media=cdrom",
        "ide0": "local:iso/debian.iso,media=cdrom,size=600M", "ide3": "cdrom,media=cdrom",
        "sata0": "shared:vm-101-cloudinit,media=cdrom,size=4M", "virtio0": "/dev/sdb,size=100G",
        "virtio1": "nfs:101/vm-101-disk-0.qcow2,size=8G,shared=1", "efidisk0": "local-lvm:vm-101-disk-3,size=528K",
        "unused0": "local-lvm:vm-101-disk-9", "vmstate": "local-lvm:vm-101-state-suspend-2026-01-01", "ide9x": "no",
        "name": "web-1", "net0": "virtio=AA:BB:CC:DD:EE:FF,bridge=vmbr0", "scsi": "local-lvm:x", "memory": 2048,
    ]

    @Test func `every disk of a virtual machine is read, in the order of their numbers`() throws {
        let disks = try GuestDisks.of(#require(Self.machine.object), .qemu)
        #expect(
            disks.map { "\($0.key) \($0.medium.rawValue) \($0.storage?.rawValue ?? "-") \($0.size ?? 0)" } == [
                "efidisk0 disk local-lvm 540672", "ide0 cdrom local 629145600", "ide2 cdrom - 0", "ide3 cdrom - 0",
                "sata0 cloudinit shared 4194304", "scsi0 disk local-lvm 34359738368",
                "scsi2 disk local-lvm 536870912", "scsi10 disk shared 1099511627776", "unused0 unused local-lvm 0",
                "virtio0 host-path - 107374182400", "virtio1 disk nfs 8589934592", "vmstate vmstate local-lvm 0",
            ])
        #expect(disks.filter(\.isOfNode).map(\.key) == ["ide3", "virtio0"])
        #expect(disks.filter(\.isDeclaredShared).map(\.key) == ["virtio1"])
        #expect(disks.filter(\.isMovable).map(\.key) == ["efidisk0", "scsi0", "scsi2", "scsi10", "virtio1"])
        #expect(disks.first { $0.key == "scsi2" }?.options == ["cache": "writeback", "size": "512M", "ssd": "1"])
    }

    @Test func `every disk of a container is read, and its binds are the node's`() throws {
        let config: JSONValue = [
            "rootfs": "local-lvm:vm-110-disk-0,size=8G", "mp0": "volume=shared:vm-110-disk-1,mp=/srv,size=4G",
            "mp1": "/mnt/photos,mp=/photos", "mp2": "/mnt/every,mp=/every,shared=1",
            "unused1": "local-lvm:vm-110-disk-7",
            "scsi0": "local-lvm:vm-110-disk-5", "hostname": "ct", "lxc": [["lxc.cgroup2.x", "y"]],
        ]
        let disks = try GuestDisks.of(#require(config.object), .lxc)
        #expect(
            disks.map { "\($0.key) \($0.medium.rawValue) \($0.file)" } == [
                "mp0 disk shared:vm-110-disk-1", "mp1 host-path /mnt/photos", "mp2 host-path /mnt/every",
                "rootfs disk local-lvm:vm-110-disk-0", "unused1 unused local-lvm:vm-110-disk-7",
            ])
        #expect(disks.filter(\.isDeclaredShared).map(\.key) == ["mp2"])
    }

    @Test(arguments: ["", ",", "=", "none", ",,,=,", "local-lvm:", "a=b=c"])
    func `a broken entry is no volume`(_ text: String) {
        #expect(GuestDisks.disk("scsi0", text, .qemu)?.volume == nil)
    }

    @Test(arguments: ["scsi", "0", "", "scsi99999999999999999999", "numa0", "rootfs"])
    func `a key of something else is no disk`(_ key: String) {
        #expect(GuestDisks.disk(key, "local-lvm:vm-101-disk-0", .qemu) == nil)
    }
}

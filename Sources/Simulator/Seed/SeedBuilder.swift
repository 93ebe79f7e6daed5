// SPDX-License-Identifier: Apache-2.0
internal import Model

/// Fills in what every guest has and nobody wants to write: identifiers, disks, network cards.
struct SeedBuilder {
    var numbers: RandomNumbers
    /// The moment the made-up dates are counted from, in seconds since 1970.
    var epoch: Double

    init(seed: UInt64, epoch: Double = 1_735_689_600) {
        numbers = RandomNumbers(seed: seed)
        self.epoch = epoch
    }

    /// A virtual machine's configuration with the given options over the usual ones.
    mutating func machine(
        _ vmid: Int, name: String, storage: String, size: String = "32G", options: [(String, String)] = []
    )
        -> GuestConfig
    {
        var config = GuestConfig([
            "agent": "1", "boot": "order=scsi0;net0", "cores": "2", "memory": "2048",
            "meta": "creation-qemu=9.2.0,ctime=\(Int(epoch) + vmid * 3607)", "name": name,
            "net0": "virtio=\(numbers.hardwareAddress()),bridge=vmbr0", "ostype": "l26",
            "scsi0": "\(volume(storage, vmid, "vm-\(vmid)-disk-0")),size=\(size)", "scsihw": "virtio-scsi-single",
            "smbios1": "uuid=\(numbers.uuid())", "sockets": "1", "vmgenid": numbers.uuid(),
        ])
        for (key, value) in options { config[key] = value }
        return config
    }

    /// A container's configuration.
    mutating func container(
        _ vmid: Int, name: String, storage: String, size: String = "8G", options: [(String, String)] = []
    )
        -> GuestConfig
    {
        var config = GuestConfig([
            "arch": "amd64", "cores": "1", "features": "nesting=1", "hostname": name, "memory": "512",
            "net0": "name=eth0,bridge=vmbr0,hwaddr=\(numbers.hardwareAddress()),ip=dhcp,type=veth",
            "ostype": "debian", "rootfs": "\(volume(storage, vmid, "vm-\(vmid)-disk-0")),size=\(size)",
            "swap": "512", "unprivileged": "1",
        ])
        for (key, value) in options { config[key] = value }
        return config
    }

    /// The volume id of an image, in a folder of its own where volumes are files.
    func volume(_ storage: String, _ vmid: Int, _ name: String) -> String {
        storage.hasSuffix("lvm") || storage.hasSuffix("zfs")
            ? "\(storage):\(name)" : "\(storage):\(vmid)/\(name).qcow2"
    }
}

extension ClusterSeed {
    /// Adds the image of every disk that the guests have and no volume stands for.
    mutating func addMissingImages(created: Double) {
        var known = Set(volumes.map(\.volid))
        for guest in guests {
            for entry in guest.config.entries where GuestOptions.isDisk(entry.key) {
                let volid = String(entry.value.prefix { $0 != "," })
                guard let storage = storages.first(where: { volid.hasPrefix($0.name + ":") }),
                    known.insert(volid).inserted
                else { continue }
                let format = volid.contains(".") ? String(volid.split(separator: ".").last ?? "raw") : "raw"
                volumes.append(
                    SimulatedVolume(
                        volid, node: storage.shared ? nil : guest.node,
                        content: guest.kind == .qemu ? "images" : "rootdir", format: format,
                        size: DiskSize.of(entry.value) ?? 0, vmid: guest.vmid, created: created))
            }
        }
    }
}

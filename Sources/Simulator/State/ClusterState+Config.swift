// SPDX-License-Identifier: Apache-2.0
internal import Model

extension ClusterState {
    /// Options of a running machine that take effect at once; every other waits for the next start.
    private static let immediate: Set<String> = [
        "name", "onboot", "shares", "startup", "description", "protection", "vmstatestorage", "hookscript", "tags",
    ]
    /// Options of a running container that wait for the next start.
    private static let delayedInContainer: Set<String> = [
        "hostname", "arch", "features", "unprivileged", "ostype", "cmode", "tty", "console",
    ]

    private func waits(_ name: String, _ guest: SimulatedGuest) -> Bool {
        guard guest.isRunning else { return false }
        if guest.kind == .lxc { return Self.delayedInContainer.contains(name) }
        let prefix = name.prefix { !$0.isNumber }
        return !Self.immediate.contains(name) && !["net", "scsi", "virtio", "usb", "ide"].contains(String(prefix))
    }

    /// Changes a configuration, keeping what a running guest still uses as live values.
    mutating func apply(_ change: ConfigChange, to vmid: Int) throws(Refusal) {
        guard var guest = guests[vmid] else { return }
        for name in change.revert {
            guard let old = guest.live.removeValue(forKey: name) else { continue }
            guest.config[name] = old
        }
        for name in change.delete {
            if waits(name, guest), guest.live[name] == nil { guest.live.updateValue(guest.config[name], forKey: name) }
            if GuestOptions.isDisk(name), let old = guest.config[name] {
                if name.hasPrefix("unused") || change.force {
                    let volid = old.prefix { $0 != "," }
                    if !old.contains("media=cdrom") { volumes.removeAll { $0.volid == volid } }
                } else {
                    keepUnused(old, &guest.config)
                }
            }
            guest.config[name] = nil
        }
        for (name, given) in change.set {
            let value = try completed(name, given, guest)
            if waits(name, guest) {
                if guest.live[name] == nil, guest.config[name] != value {
                    guest.live.updateValue(guest.config[name], forKey: name)
                } else if let old = guest.live[name], old == value {
                    guest.live[name] = nil
                }
            }
            guest.config[name] = value
        }
        guests[vmid] = guest
    }

    func keepUnused(_ disk: String, _ config: inout GuestConfig) {
        guard !disk.contains("media=cdrom"), disk != "none" else { return }
        let free = (0..<256).first { config["unused\($0)"] == nil } ?? 0
        config["unused\(free)"] = String(disk.prefix { $0 != "," })
    }

    /// An option as the file gets it: new disks allocated, network cards with an address.
    mutating func completed(_ name: String, _ value: String, _ guest: SimulatedGuest) throws(Refusal) -> String {
        if GuestOptions.isDisk(name) { return try allocated(name, value, guest) }
        if name.hasPrefix("net"), Int(name.dropFirst(3)) != nil {
            var parts = value.split(separator: ",").map(String.init)
            if guest.kind == .lxc {
                if !value.contains("hwaddr=") { parts.append("hwaddr=\(numbers.hardwareAddress())") }
                if !value.contains("type=") { parts.append("type=veth") }
            } else if let model = parts.first, !model.contains("=") {
                parts[0] = "\(model)=\(numbers.hardwareAddress())"
            }
            return parts.joined(separator: ",")
        }
        if name == "tags" { return value.split { ",; ".contains($0) }.joined(separator: ";") }
        return value
    }

    /// The storage named in `storage:…` must exist and be usable.
    func checkDiskStorage(_ value: String, on node: String) throws(Refusal) {
        let first = value.prefix { $0 != "," }
        guard first.contains(":"), !first.hasPrefix("/") else { return }
        _ = try storage(String(first.prefix { $0 != ":" }), on: node)
    }

    /// Turns `storage:SIZE` into a fresh volume; everything else stays.
    private mutating func allocated(_ name: String, _ value: String, _ guest: SimulatedGuest) throws(Refusal) -> String
    {
        var parts = value.split(separator: ",").map(String.init)
        guard let first = parts.first, let colon = first.firstIndex(of: ":") else { return value }
        let storageName = String(first[..<colon])
        if first[first.index(after: colon)...] == "cloudinit" { return try cloudInitDrive(storageName, guest) }
        let source = parts.first { $0.hasPrefix("import-from=") }.flatMap { part in
            volume(String(part.dropFirst(12)), on: guest.node)
        }
        guard let asked = Double(first[first.index(after: colon)...]), asked < 1_000_000 else { return value }
        // An image brings its own size; 0 stands for it.
        let gigabytes = asked == 0 ? Double(source?.size ?? 0) / 1_073_741_824 : asked
        guard gigabytes > 0 else { return value }
        let storage = try storage(storageName, on: guest.node)
        let kibibytes = Int((gigabytes * 1_048_576).rounded(.up))
        let wanted = parts.first { $0.hasPrefix("format=") }.map { String($0.dropFirst(7)) }
        let format = storage.isFileBased ? wanted ?? (guest.kind == .qemu ? "qcow2" : "raw") : "raw"
        let volid = freeVolume(storage, guest.vmid, format)
        volumes.append(
            SimulatedVolume(
                volid, node: storage.shared ? nil : guest.node, content: guest.kind == .qemu ? "images" : "rootdir",
                format: format, size: kibibytes * 1024, vmid: guest.vmid, created: now))
        parts.removeAll { $0.hasPrefix("format=") || $0.hasPrefix("import-from=") }
        parts[0] = volid
        return DiskSize.replacing(parts.joined(separator: ","), kibibytes * 1024)
    }

    /// The small drive that carries cloud-init's settings.
    private mutating func cloudInitDrive(
        _ name: String, _ guest: SimulatedGuest
    ) throws(Refusal) -> String {
        let storage = try storage(name, on: guest.node)
        let file = "vm-\(guest.vmid)-cloudinit"
        let volid = storage.isFileBased ? "\(name):\(guest.vmid)/\(file).qcow2" : "\(name):\(file)"
        if !volumes.contains(where: { $0.volid == volid }) {
            volumes.append(
                SimulatedVolume(
                    volid, node: storage.shared ? nil : guest.node, content: "images",
                    format: storage.isFileBased ? "qcow2" : "raw", size: 4 << 20, vmid: guest.vmid, created: now))
        }
        return "\(volid),media=cdrom"
    }

    /// A volume id that nothing has yet.
    func freeVolume(_ storage: SimulatedStorage, _ vmid: Int, _ format: String, prefix: String = "vm") -> String {
        let taken = Set(volumes.map(\.volid))
        for number in 0..<1000 {
            let name = "\(prefix)-\(vmid)-disk-\(number)"
            let volid =
                storage.isFileBased ? "\(storage.name):\(vmid)/\(name).\(format)" : "\(storage.name):\(name)"
            if !taken.contains(volid) { return volid }
        }
        return "\(storage.name):\(prefix)-\(vmid)-disk-1000"
    }

    /// What `qemu-img` says about a new image.
    func formattingLine(_ volid: String) -> String? {
        guard let volume = volumes.first(where: { $0.volid == volid }),
            let storage = storages.first(where: { $0.name == volume.storage }), let path = storage.path
        else { return nil }
        return "Formatting '\(path)/images/\(volume.name)', fmt=\(volume.format) size=\(volume.size)"
    }
}

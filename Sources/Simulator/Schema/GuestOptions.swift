// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

/// The options that a guest's configuration may have, with their types and the privilege that changing them takes.
struct GuestOptions: Sendable {
    private let plain: [String: Parameter]
    private let numbered: [String: Int]

    /// The declaration of an option; `net0` is found as `net[n]`.
    func parameter(_ name: String) -> Parameter? {
        if let parameter = plain[name] { return parameter }
        let prefix = String(name.prefix { !$0.isNumber })
        let digits = name.dropFirst(prefix.count)
        guard let limit = numbered[prefix], let number = Int(digits), number < limit, String(number) == digits else {
            return nil
        }
        return .string(name)
    }

    /// All declarations, as the API's description lists them: `net[n]` stands for `net0`, `net1` and so on.
    var declarations: [Parameter] { plain.values + numbered.keys.map { .string("\($0)[n]") } }

    /// An option's value as the API shows it: whole numbers and flags as numbers, everything else as text.
    func json(_ name: String, _ value: String) -> JSONValue {
        switch parameter(name)?.kind {
        case .integer, .boolean: Int(value).map { JSONValue($0) } ?? .string(value)
        default: .string(value)
        }
    }

    /// Whether the option is one of the numbered kinds that name a disk.
    static func isDisk(_ name: String) -> Bool {
        let prefix = name.prefix { !$0.isNumber }
        return ["scsi", "virtio", "sata", "ide", "mp", "efidisk", "tpmstate", "unused"].contains(String(prefix))
            || name == "rootfs"
    }

    /// Whether an option asks for a fresh disk: `storage:SIZE`.
    static func isNewDisk(_ name: String, _ value: String) -> Bool {
        guard isDisk(name), let colon = value.firstIndex(of: ":") else { return false }
        let size = value[value.index(after: colon)...].prefix { $0 != "," }
        return !value.hasPrefix("/") && Double(size) != nil
    }

    /// The privilege for changing the option of a virtual machine, or nil where only root may.
    static func privilege(_ name: String) -> String? {
        let prefix = String(name.prefix { !$0.isNumber })
        if isDisk(name) { return "VM.Config.Disk" }
        switch prefix {
        case "net", "ipconfig": return "VM.Config.Network"
        case "cores", "sockets", "cpu", "vcpus", "cpulimit", "cpuunits", "numa", "smp": return "VM.Config.CPU"
        case "memory", "balloon", "shares", "swap": return "VM.Config.Memory"
        case "vga", "machine", "scsihw", "serial", "usb", "watchdog", "audio", "bios", "keyboard", "kvm", "acpi",
            "arch", "tablet", "hotplug", "rng":
            return "VM.Config.HWType"
        case "ciuser", "cipassword", "citype", "sshkeys", "searchdomain", "nameserver", "ciupgrade":
            return "VM.Config.Cloudinit"
        case "args", "lock", "hookscript", "hostpci", "parallel", "affinity", "ivshmem": return nil
        default: return "VM.Config.Options"
        }
    }

    static func of(_ kind: GuestKind) -> GuestOptions { kind == .qemu ? .qemu : .lxc }

    static let qemu = GuestOptions(
        plain: [
            .flag("acpi"), .flag("autostart"), .flag("ciupgrade"), .flag("freeze"), .flag("keephugepages"),
            .flag("kvm"), .flag("localtime"), .flag("numa"), .flag("onboot"), .flag("protection"), .flag("reboot"),
            .flag("tablet"), .flag("tdf"), .flag("template"),
            .integer("balloon", 0...), .integer("cores", 1...), .integer("sockets", 1...), .integer("vcpus", 1...),
            .integer("cpuunits", 1..., maximum: 262_144), .integer("shares", 0..., maximum: 50_000),
            .integer("smp", 1...), .integer("migrate_speed", 0...), .number("migrate_downtime", 0...),
            .number("cpulimit", 0..., maximum: 128),
            .string("name", .dnsName), .string("memory"), .string("description", length: 8192),
            .string("tags", .tagList), .choice("bios", ["seabios", "ovmf"]),
            .choice(
                "lock",
                [
                    "backup", "clone", "create", "migrate", "rollback", "snapshot", "snapshot-delete", "suspending",
                    "suspended",
                ]),
            .choice(
                "ostype",
                [
                    "other", "wxp", "w2k", "w2k3", "w2k8", "wvista", "win7", "win8", "win10", "win11", "l24", "l26",
                    "solaris",
                ]),
        ]
            + [
                "affinity", "agent", "amd-sev", "arch", "args", "audio0", "boot", "bootdisk", "cdrom", "cicustom",
                "cipassword", "citype", "ciuser", "cpu", "efidisk0", "hookscript", "hotplug", "hugepages", "ivshmem",
                "keyboard", "machine", "nameserver", "rng0", "scsihw", "searchdomain", "smbios1",
                "spice_enhancements", "sshkeys", "startdate", "startup", "tpmstate0", "vga", "vmgenid",
                "vmstatestorage", "watchdog", "meta", "parent", "vmstate", "runningmachine", "runningcpu",
            ].map { .string($0) },
        numbered: [
            "hostpci": 16, "ide": 4, "ipconfig": 32, "net": 32, "numa": 8, "parallel": 3, "sata": 6, "scsi": 31,
            "serial": 4, "unused": 256, "usb": 14, "virtio": 16, "virtiofs": 10,
        ])

    static let lxc = GuestOptions(
        plain: [
            .flag("console"), .flag("debug"), .flag("onboot"), .flag("protection"), .flag("template"),
            .flag("unprivileged"),
            .integer("cores", 1..., maximum: 8192), .integer("cpuunits", 0..., maximum: 500_000),
            .integer("memory", 16...), .integer("swap", 0...), .integer("tty", 0..., maximum: 6),
            .number("cpulimit", 0..., maximum: 8192),
            .string("hostname", length: 255, .dnsName), .string("description", length: 8192),
            .string("tags", .tagList), .choice("arch", ["amd64", "i386", "arm64", "armhf", "riscv32", "riscv64"]),
            .choice("cmode", ["shell", "console", "tty"]),
        ]
            + [
                "features", "hookscript", "lock", "nameserver", "ostype", "rootfs", "searchdomain", "startup",
                "timezone", "parent",
            ].map { .string($0) },
        numbered: ["dev": 256, "mp": 256, "net": 32, "unused": 256])

    private init(plain: [Parameter], numbered: [String: Int]) {
        self.plain = Dictionary(plain.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        self.numbered = numbered
    }
}

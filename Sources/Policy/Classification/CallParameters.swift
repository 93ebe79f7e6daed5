// SPDX-License-Identifier: Apache-2.0

/// The parameters of a call, read the way Proxmox reads them.
///
/// A name may stand more than once.
struct CallParameters: Sendable {
    let all: [(name: String, value: String)]

    /// Every value given for a name.
    func values(_ name: String) -> [String] { all.filter { $0.name == name }.map(\.value) }

    func has(_ name: String) -> Bool { all.contains { $0.name == name } }

    /// Whether a flag may be on: it is given and not plainly off.
    func isOn(_ name: String) -> Bool {
        values(name).contains { !["0", "off", "no", "false"].contains($0.lowercased()) }
    }

    /// Whether a flag may be off: it is given and not plainly on.
    func isOff(_ name: String) -> Bool {
        values(name).contains { !["1", "on", "yes", "true"].contains($0.lowercased()) }
    }

    /// The elements of a list parameter, which Proxmox splits at commas, semicolons, white space and NUL.
    ///
    /// PVE::Tools::split_list splits decoded text at `\s`, which for Perl is any white space of Unicode.
    func list(_ name: String) -> [String] {
        values(name).flatMap { value in
            value.unicodeScalars.split { ",;\0".unicodeScalars.contains($0) || $0.properties.isWhitespace }
                .map(String.init)
        }
    }
}

/// What the keys of a guest's configuration mean.
enum ConfigKey {
    /// Whether a key holds a disk or a volume: `scsi0`, `mp1`, `rootfs`, `unused0`; `cdrom` is another name for `ide2`.
    static func isDisk(_ key: String) -> Bool {
        key == "rootfs" || key == "cdrom"
            || isNumbered(
                key, ["ide", "sata", "scsi", "virtio", "efidisk", "tpmstate", "unused", "mp"])
    }

    /// Whether a key hands the guest a piece of its host: a PCI or USB device, a serial port, a shared directory.
    static func isHostDevice(_ key: String) -> Bool {
        isNumbered(key, ["hostpci", "usb", "serial", "parallel", "virtiofs", "dev"]) || key.hasPrefix("lxc.")
            || key == "ivshmem"
    }

    /// Whether a disk's value names a device, file or directory of the host; `mp` names one inside of the container.
    static func isHostPath(_ value: String) -> Bool {
        value.split(separator: ",").contains { part in
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let path = sides.count == 2 ? sides[1] : part
            return path.hasPrefix("/") && !(sides.count == 2 && sides[0] == "mp")
        }
    }

    /// Whether a key says who may log in to the guest, or what it runs on its next start (`cicustom`).
    static func isCredential(_ key: String) -> Bool {
        ["cipassword", "ciuser", "sshkeys", "cicustom"].contains(key)
    }

    /// Whether `features` lets a container do more to its host's kernel than `nesting` does, which is all that Proxmox lets
    /// anybody but root set.
    static func isPrivilege(_ features: String) -> Bool {
        features.split(separator: ",").contains { part in
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return sides.first != "nesting" && (sides.count < 2 || sides[1] != "0")
        }
    }

    /// Whether a serial port is a socket for Proxmox's own console, and no device of the host.
    static func isConsole(_ key: String, _ value: String) -> Bool {
        isNumbered(key, ["serial"]) && value == "socket"
    }

    private static func isNumbered(_ key: String, _ prefixes: [String]) -> Bool {
        prefixes.contains { prefix in
            let digits = key.utf8.dropFirst(prefix.utf8.count)
            return key.hasPrefix(prefix) && !digits.isEmpty && digits.allSatisfy { (0x30...0x39).contains($0) }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
public import JSON
public import Model

/// The devices of its node that a guest uses, read off its configuration as PVE::QemuServer does.
public enum LocalDevices {
    /// The keys of the devices that no other node has: `hostpci0`, `usb1`, `serial0`, a container's `dev0`.
    public static func of(_ config: JSONObject, _ kind: GuestKind) -> [String] {
        config.members.filter { key, value in
            guard let last = key.last, last.isNumber, let text = value.perlText else { return false }
            let bus = String(key.reversed().drop(while: \.isNumber).reversed())
            switch (bus, kind) {
            // A device by its mapping is looked up on the target; what SPICE brings belongs to no node.
            case ("hostpci", .qemu), ("usb", .qemu):
                return PropertyText.value("mapping", in: text) == nil && !text.hasPrefix("spice")
                    && PropertyText.value("host", in: text) != "spice"
            case ("serial", .qemu), ("parallel", .qemu):
                return text.hasPrefix("/dev/")
            case ("dev", .lxc): return true
            default: return false
            }
        }.map(\.key).sorted()
    }
}

// SPDX-License-Identifier: Apache-2.0

/// A path of an operation's row with its gaps filled with names of the demo cluster.
///
/// - Parameter kind: `qemu` or `lxc`.
public func filledPath(_ path: String, kind: String = "qemu", others: [String: String] = [:]) -> String {
    var values = [
        "kind": kind, "vmid": kind == "lxc" ? "110" : "101", "node": kind == "lxc" ? "pve2" : "pve1",
        "snapname": "clean", "storage": "shared", "pool": "web", "disk": "scsi0",
        "volume": "shared:backup%2Fvzdump-qemu-101-2026_11_21-01_20_00.vma.zst",
        "upid": "UPID:pve1:0:0:0:x::root@pam:", "sid": "vm:101",
    ]
    values.merge(others) { $1 }
    return values.reduce(path) { $0.replacing("{\($1.key)}", with: $1.value) }
}
